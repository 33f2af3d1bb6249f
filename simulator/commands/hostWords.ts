// How net-tools reads hosts and MAC addresses from words, and what it says of those that it cannot.
// Not here: how names are looked up (resolver.ts).

import { parseLoose4 } from "./ping/target.ts";

/** An IPv4 address as inet_aton(3) takes it; "0" and "default" are 0. */
export function parseHost(text: string): number | undefined {
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) return Number.parseInt(text, 16);
  if (text === "0" || text === "default") return 0;
  return parseLoose4(text);
}

/** The line about a host that is not known; a name that could be one would have to be looked up. */
export function unknownHostText(text: string): string {
  const mayBeName = /^[a-z0-9][a-z0-9.-]*$/i.test(text) && /[a-z]/i.test(text);
  return `${text}: ${mayBeName ? "Host name lookup failure" : "Unknown host"}\n`;
}

/** Up to six bytes in hex, with or without colons; what is missing is zero. */
export function looseMac(text: string): number | undefined {
  let mac = 0;
  let at = 0;
  for (let byte = 0; byte < 6; byte++) {
    const digits = /^[0-9a-f]{1,2}/i.exec(text.slice(at))?.[0] ?? "";
    if (digits === "" && at < text.length) return undefined;
    mac = mac * 256 + Number.parseInt(digits || "0", 16);
    at += digits.length;
    if (text[at] === ":") at += 1;
  }
  return mac;
}
