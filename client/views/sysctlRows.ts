// The sysctls of one namespace that decide about ARP and forwarding, in the words of `sysctl`. What is
// off everywhere stands aside.

import { byNumber } from "./macOwners.ts";
import { changedField, markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

type Setting = { readonly name: string; readonly value: string };

/** Rows by name. */
export function sysctlRows(moments: Moments, namespace: string): Row[] {
  const rows = markedRows<Setting>(moments, namespace, {
    itemsOf: ({ sysctls }) => Object.entries(sysctls).map(([name, value]) => ({ name, value })),
    keyOf: ({ name }) => name,
    show: ({ name, value }, old) => ({
      aside: value === "0" && old === undefined,
      fields: [{ text: `net.${name}` }, changedField(value, old?.value)],
    }),
  });
  return rows.sort((one, other) => byNumber.compare(one.key, other.key));
}
