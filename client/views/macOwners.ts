// Whose MAC is it? Tables that show a MAC say the device beside it.

import type { NetworkState } from "../../shared/network.ts";
import type { Field } from "./viewTable.ts";

/** 10.0.0.9 before 10.0.0.10; made once, because making one takes longer than sorting a table. */
export const byNumber = new Intl.Collator("en", { numeric: true });

/** MAC → device. A bridge has the MAC of one of its ports; then the port is meant. */
export function macOwners(state: NetworkState): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { links } of state.namespaces) {
    for (const link of links) {
      if (link.kind === undefined || (link.kind === "bridge" && owners.has(link.mac))) continue;
      const known = owners.get(link.mac);
      if (known === undefined || link.kind !== "bridge") owners.set(link.mac, link.name);
    }
  }
  return owners;
}

/** The note of a field that shows this MAC. */
export function ownerNote(
  owners: ReadonlyMap<string, string>,
  mac: string | undefined,
): Pick<Field, "note"> {
  const note = mac === undefined ? undefined : owners.get(mac);
  return note === undefined ? {} : { note };
}
