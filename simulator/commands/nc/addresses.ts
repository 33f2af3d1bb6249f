// The addresses of a host for nc: a number, or a name unless -n was given; IPv6 comes first, as
// getaddrinfo(3) sorts them on this machine.
// Not here: how names are looked up (resolver.ts).

import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { parseIp6 } from "../../wire/address.ts";
import { parseLoose4 } from "../ping/target.ts";
import { lookUp } from "../resolver.ts";
import type { NcSettings } from "./settings.ts";

/** Numbers are IPv4, hex digits are IPv6. */
export type FoundAddresses =
  | { readonly addresses: readonly (number | string)[] }
  | { readonly problem: string };

/** Looks them up. */
export function* findAddresses(
  self: Process,
  host: string,
  settings: NcSettings,
): Steps<FoundAddresses> {
  const { family, numeric } = settings;
  const address = parseLoose4(host) ?? parseIp6(host);
  if (address !== undefined) {
    const fits = family === undefined || (family === "inet") === (typeof address === "number");
    return fits
      ? { addresses: [address] }
      : { problem: "Address family for hostname not supported" };
  }
  if (numeric) return { problem: "Name or service not known" };
  const found = yield* lookUp(self, host, family === "inet" ? "inet" : "both");
  if ("problem" in found) return found;
  const six = family === "inet" ? [] : found.six;
  const four = family === "inet6" ? [] : found.four;
  if (six.length + four.length > 0) return { addresses: [...six, ...four] };
  return { problem: "Address family for hostname not supported" };
}
