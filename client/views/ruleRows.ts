// The rules of one namespace as rows, in the words of `ip rule`: which table is asked first.

import type { Rule } from "../../shared/network.ts";
import { markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

/** Rows in the order in which the kernel asks them; IPv6 stands aside. */
export function ruleRows(moments: Moments, namespace: string): Row[] {
  return markedRows<Rule>(moments, namespace, {
    itemsOf: ({ rules }) => rules,
    keyOf: ({ family, priority, source, table }) => [family, priority, source, table].join(" "),
    show: ({ family, priority, source, table }) => ({
      aside: family === "inet6",
      fields: [{ text: String(priority) }, { text: source }, { text: table }],
    }),
  });
}
