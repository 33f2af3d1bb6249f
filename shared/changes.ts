// What did the last cell change? Compares two tables of two moments row by row. Pure.

/** How one row differs from before. */
export type RowChange<Row> =
  | { readonly type: "new"; readonly row: Row }
  | { readonly type: "changed"; readonly row: Row; readonly old: Row }
  | { readonly type: "gone"; readonly old: Row };

/** The rows that are not as before, by their keys; of two rows with one key the later counts. */
export function compareRows<Row extends object>(
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

/** The same also where properties stand in another order; a list is its text. */
function sameRow(a: object, b: object): boolean {
  const values = new Map<string, unknown>(Object.entries(b));
  const properties: readonly [string, unknown][] = Object.entries(a);
  return (
    properties.length === values.size &&
    properties.every(([name, value]) => String(value) === String(values.get(name)))
  );
}
