// Rows of one table of a namespace with what the last cell changed: new, changed and gone rows are marked.

import { compareRows, type RowChange } from "../../shared/changes.ts";
import type { Namespace } from "../../shared/network.ts";
import type { Moments, Row } from "./viewTable.ts";

/** How a table of a namespace becomes rows. */
export type RowSource<Item extends object> = {
  readonly itemsOf: (namespace: Namespace) => readonly Item[];
  /** What makes two items of two moments the same row. */
  readonly keyOf: (item: Item) => string;
  /** `old` is the item before, where it differs. */
  readonly show: (item: Item, old?: Item) => Omit<Row, "key" | "mark">;
};

/** Rows in the order of the items; those that are gone come last. */
export function markedRows<Item extends object>(
  { state, before }: Moments,
  namespace: string,
  { itemsOf, keyOf, show }: RowSource<Item>,
): Row[] {
  const find = (one: Moments["state"]) => one.namespaces.find(({ name }) => name === namespace);
  const present = find(state);
  const past = before && find(before);
  const now = present === undefined ? [] : itemsOf(present);
  const then = past === undefined ? [] : itemsOf(past);
  // Without a state before there is nothing to compare with, so nothing is marked.
  const changes =
    before === undefined ? new Map<string, RowChange<Item>>() : compareRows(then, now, keyOf);
  const rows = now.map((item): Row => {
    const key = keyOf(item);
    const change = changes.get(key);
    if (change?.type === "changed") return { key, ...show(item, change.old), mark: "changed" };
    return { key, ...show(item), ...(change ? { mark: change.type } : {}) };
  });
  for (const [key, change] of changes) {
    if (change.type === "gone") rows.push({ key, ...show(change.old), mark: "gone" });
  }
  return rows;
}

/** A field that says what it was, where that differs; nothing is told as "none". */
export function changedField(text: string, old: string | undefined): Row["fields"][number] {
  return old === undefined || old === text ? { text } : { text, was: old || "none" };
}
