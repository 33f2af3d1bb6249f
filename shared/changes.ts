// What did the last cell change? Compares two network states row by row: which neighbours and
// which routes of each namespace are new, changed or gone. Pure.
// Not here: links, addresses, FDB and VLANs, which no view marks yet.

import type { Neighbour, NetworkState, Route } from "./network.ts";

/** How one row differs from before. */
export type RowChange<Row> =
  | { readonly type: "new"; readonly row: Row }
  | { readonly type: "changed"; readonly row: Row; readonly old: Row }
  | { readonly type: "gone"; readonly old: Row };

/** What makes two neighbours of two moments the same row: address, device, and proxy or not. */
export function neighbourKey(row: Neighbour): string {
  return [row.address, row.device, row.proxy ? "proxy" : ""].join(" ");
}

/** What makes two routes of two moments the same row. */
export function routeKey(row: Route): string {
  return [
    row.family,
    row.table,
    row.type,
    row.destination,
    row.device ?? "",
    row.gateway ?? "",
    row.metric ?? "",
  ].join(" ");
}

/**
 * The neighbours of the namespace of this name that are not as before, by their keys. Without a state
 * before there is nothing to compare with, so nothing is marked. A namespace that is new has new
 * rows; one that is gone has rows that are gone.
 */
export function changedNeighbours(
  before: NetworkState | undefined,
  after: NetworkState,
  namespace: string,
): ReadonlyMap<string, RowChange<Neighbour>> {
  const rows = rowsOf(before, after, namespace);
  return compareRows(rows.old?.neighbours, rows.now?.neighbours, neighbourKey);
}

/** The routes of the namespace of this name that are not as before, by their keys. */
export function changedRoutes(
  before: NetworkState | undefined,
  after: NetworkState,
  namespace: string,
): ReadonlyMap<string, RowChange<Route>> {
  const rows = rowsOf(before, after, namespace);
  return compareRows(rows.old?.routes, rows.now?.routes, routeKey);
}

function rowsOf(before: NetworkState | undefined, after: NetworkState, namespace: string) {
  const find = ({ namespaces }: NetworkState) => namespaces.find(({ name }) => name === namespace);
  return before === undefined ? {} : { old: find(before), now: find(after) };
}

function compareRows<Row extends object>(
  before: readonly Row[] | undefined,
  after: readonly Row[] | undefined,
  keyOf: (row: Row) => string,
): Map<string, RowChange<Row>> {
  const old = new Map(before?.map((row) => [keyOf(row), row]));
  const changes = new Map<string, RowChange<Row>>();
  const kept = new Set<string>();
  for (const row of after ?? []) {
    const key = keyOf(row);
    const was = old.get(key);
    kept.add(key);
    if (was === undefined) changes.set(key, { type: "new", row });
    else if (!sameRow(was, row)) changes.set(key, { type: "changed", row, old: was });
  }
  for (const [key, row] of old) if (!kept.has(key)) changes.set(key, { type: "gone", old: row });
  return changes;
}

/** The same also where properties stand in another order; a list is its text. */
function sameRow(a: object, b: object): boolean {
  const values = new Map<string, unknown>(Object.entries(b));
  const properties: readonly [string, unknown][] = Object.entries(a);
  return (
    properties.length === values.size &&
    properties.every(([name, value]) => String(value) === String(values.get(name)))
  );
}
