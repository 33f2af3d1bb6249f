// The FIB of one namespace as rows, in the words of `ip route`. As with `ip route`, only IPv4 of
// table main is of interest; the local table, IPv6 and multicast stand aside.

import type { Route } from "../../shared/network.ts";
import { changedField, markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

/** Rows in the kernel's order; those that are gone come last. */
export function routeRows(moments: Moments, namespace: string): Row[] {
  return markedRows<Route>(moments, namespace, {
    itemsOf: ({ routes }) => routes,
    keyOf: ({ family, table, type, destination, device, gateway, metric }) =>
      [family, table, type, destination, device ?? "", gateway ?? "", metric ?? ""].join(" "),
    show: (row, old) => ({
      aside: row.family === "inet6" || row.table !== "main" || row.type === "multicast",
      fields: [
        {
          text: row.type === "unicast" ? row.destination : `${row.type} ${row.destination}`,
          ...(row.metric === undefined ? {} : { note: `metric ${row.metric}` }),
        },
        { text: row.gateway ?? "" },
        { text: row.device ?? "" },
        changedField(row.source ?? "", old && (old.source ?? "")),
        changedField(row.scope, old?.scope),
      ],
    }),
  });
}
