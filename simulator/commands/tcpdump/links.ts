// Link layers of captures and their names.

import { LINKTYPE } from "../../wire/pcap.ts";
import type { LinkType } from "./print/packet.ts";

/** Link type → what is printed of it, and its number in files. */
export const LINKS: Readonly<Record<LinkType, { readonly text: string; readonly number: number }>> =
  {
    EN10MB: { text: "EN10MB (Ethernet)", number: LINKTYPE.ETHERNET },
    LINUX_SLL: { text: "LINUX_SLL (Linux cooked v1)", number: LINKTYPE.LINUX_SLL },
    LINUX_SLL2: { text: "LINUX_SLL2 (Linux cooked v2)", number: LINKTYPE.LINUX_SLL2 },
  };

/** The link type of a number in a file. */
export function linkOf(number: number): LinkType | undefined {
  const types: readonly LinkType[] = ["EN10MB", "LINUX_SLL", "LINUX_SLL2"];
  return types.find((type) => LINKS[type].number === number);
}
