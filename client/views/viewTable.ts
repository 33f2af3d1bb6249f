// What an inline view shows, as data: a title, a sentence and rows whose differences from before
// the last run are marked. The columns are the words of `ip neigh` and `ip route`.
// Not here: how it is drawn (elements/viewElement.ts).

import type { NetworkState } from "../../shared/network.ts";
import { arpRows } from "./arpRows.ts";
import { routeRows } from "./routeRows.ts";

export type Mark = "new" | "changed" | "gone";

/** One field of a row: its text, what it was before, and what is known about it. */
export type Field = { readonly text: string; readonly was?: string; readonly note?: string };

export type Row = {
  readonly key: string;
  readonly mark?: Mark;
  readonly fields: readonly Field[];
  /** Of little interest in most chapters: shown when asked for. */
  readonly aside: boolean;
};

export type ViewTable = {
  readonly title: string;
  readonly sentence: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
};

/** The network now and as it was when the last run began. */
export type Moments = { readonly state: NetworkState; readonly before?: NetworkState };

const nouns = {
  arp: { title: "ARP cache", entry: "entry", entries: "entries", rows: arpRows },
  routes: { title: "Route table", entry: "route", entries: "routes", rows: routeRows },
};

const columns = {
  arp: ["address", "device", "MAC", "state"],
  routes: ["destination", "via", "device", "source", "scope"],
};

/** The table of one view for one namespace. */
export function viewTable(
  view: keyof typeof nouns,
  namespace: string,
  moments: Moments | undefined,
): ViewTable {
  const noun = nouns[view];
  const title = `${noun.title} of ${namespace}`;
  const none = { title, columns: columns[view], rows: [] };
  if (!moments) {
    return { ...none, sentence: "Nothing has run yet, so there is no network to look at." };
  }
  const present = moments.state.namespaces.some(({ name }) => name === namespace);
  if (!present) {
    return { ...none, sentence: `There is no namespace ${namespace} yet; a set-up cell makes it.` };
  }
  const rows = noun.rows(moments, namespace);
  const shown = rows.filter((row) => !row.aside && row.mark !== "gone").length;
  const many = `${shown} ${shown === 1 ? noun.entry : noun.entries}`;
  const held = shown === 0 ? `The ${lower(title)} is empty.` : `${many}.`;
  return { ...none, rows, sentence: `${held}${marks(rows)}` };
}

function lower(title: string): string {
  return title.startsWith("ARP") ? title : title[0]?.toLowerCase() + title.slice(1);
}

function marks(rows: readonly Row[]): string {
  const told = (["new", "changed", "gone"] as const).flatMap((mark) => {
    const number = rows.filter((row) => !row.aside && row.mark === mark).length;
    return number > 0 ? [`${number} ${mark}`] : [];
  });
  return told.length > 0 ? ` Since the last cell began: ${told.join(", ")}.` : "";
}
