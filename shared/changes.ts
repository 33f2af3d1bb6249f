// What did the last cell change? Compares two network states row by row: which neighbours and
// which routes of each namespace are new, changed or gone. Pure.
// Not here: links, addresses, FDB and VLANs, which no view marks yet.

import type { Namespace, Neighbour, NetworkState, Route } from "./network.ts";

/** How one row differs from before. */
export type RowChange<Row> =
  | { readonly type: "new"; readonly row: Row }
  | { readonly type: "changed"; readonly row: Row; readonly old: Row }
  | { readonly type: "gone"; readonly old: Row };

/** The changed rows of one namespace by their keys; rows that are as before are not in it. */
export type NamespaceChanges = {
  readonly neighbours: ReadonlyMap<string, RowChange<Neighbour>>;
  readonly routes: ReadonlyMap<string, RowChange<Route>>;
};

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
 * The changed rows by namespace name. Without a state before there is nothing to compare with, so
 * nothing is marked. A namespace that is new has new rows; one that is gone has rows that are gone.
 */
export function changedRows(
  before: NetworkState | undefined,
  after: NetworkState,
): ReadonlyMap<string, NamespaceChanges> {
  const result = new Map<string, NamespaceChanges>();
  if (before === undefined) return result;
  const old = new Map(before.namespaces.map((one) => [one.name, one]));
  const now = new Map(after.namespaces.map((one) => [one.name, one]));
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const changes = compareNamespaces(old.get(name), now.get(name));
    if (changes.neighbours.size + changes.routes.size > 0) result.set(name, changes);
  }
  return result;
}

function compareNamespaces(
  old: Namespace | undefined,
  now: Namespace | undefined,
): NamespaceChanges {
  return {
    neighbours: compareRows(old?.neighbours ?? [], now?.neighbours ?? [], neighbourKey),
    routes: compareRows(old?.routes ?? [], now?.routes ?? [], routeKey),
  };
}

function compareRows<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, RowChange<Row>> {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const changes = new Map<string, RowChange<Row>>();
  const kept = new Set<string>();
  for (const row of after) {
    const key = keyOf(row);
    const was = old.get(key);
    kept.add(key);
    if (was === undefined) changes.set(key, { type: "new", row });
    else if (!sameRow(was, row)) changes.set(key, { type: "changed", row, old: was });
  }
  for (const [key, row] of old) if (!kept.has(key)) changes.set(key, { type: "gone", old: row });
  return changes;
}

function sameRow(a: object, b: object): boolean {
  return textOfRow(a) === textOfRow(b);
}

/** The same for two rows whose properties stand in another order. */
function textOfRow(row: object): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
