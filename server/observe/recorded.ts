// What did iproute2 6.1.0 on Linux 6.1.0-56-cloud-amd64 print in a VM with namespaces lab, netns11,
// netnsR (a bridge with VLANs, a multipath route, proxy ARP) and one unnamed one? For tests: the
// file holds one section per namespace and program, each behind a line "@@ NAME.PROGRAM". The first
// line of each batch was "nosuch show", which iproute2 refuses.

import { readFileSync } from "node:fs";

const sections = new Map(
  readFileSync(new URL("recordings/linux-6.1-iproute2-6.1.txt", import.meta.url), "utf8")
    .split(/^@@ /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf("\n");
      return [text.slice(0, end), text.slice(end + 1)] as const;
    }),
);

/** One section of the recording, such as "netnsR.ip". */
export function recorded(section: string): string {
  const text = sections.get(section);
  if (text === undefined) throw new Error(`no section ${section} in the recording`);
  return text;
}
