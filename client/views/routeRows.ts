// The FIB of one namespace as rows, in the words of `ip route`. As with `ip route`, only IPv4 of
// table main is of interest; the local table, IPv6 and multicast stand aside.

import { changedRoutes, routeKey } from "../../shared/changes.ts";
import type { Route } from "../../shared/network.ts";
import { changedField } from "./arpRows.ts";
import type { Moments, Row } from "./viewTable.ts";

/** Rows in the kernel's order; those that are gone come last. */
export function routeRows(moments: Moments, namespace: string): Row[] {
  const changes = changedRoutes(moments.before, moments.state, namespace);
  const now = moments.state.namespaces.find(({ name }) => name === namespace)?.routes ?? [];
  const rows = now.map((row): Row => {
    const change = changes.get(routeKey(row));
    if (change?.type === "changed") return { ...plainRow(row, change.old), mark: "changed" };
    return { ...plainRow(row), ...(change ? { mark: change.type } : {}) };
  });
  for (const change of changes.values()) {
    if (change.type === "gone") rows.push({ ...plainRow(change.old), mark: "gone" });
  }
  return rows;
}

function plainRow(row: Route, old?: Route): Row {
  return {
    key: routeKey(row),
    aside: row.family === "inet6" || row.table !== "main" || row.type === "multicast",
    fields: [
      {
        text: row.type === "unicast" ? row.destination : `${row.type} ${row.destination}`,
        ...(row.metric === undefined ? {} : { note: `metric ${row.metric}` }),
      },
      { text: row.gateway ?? "" },
      { text: row.device ?? "" },
      changedField(row.source ?? "", old && (old.source ?? "none")),
      changedField(row.scope, old?.scope),
    ],
  };
}
