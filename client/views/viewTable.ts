// What an inline view shows, as data: a title, a sentence and rows whose differences from before
// the last run are marked. The columns are the words of `ip neigh` and `ip route`.
// Not here: how it is drawn (elements/viewElement.ts).

import type { TableView } from "../../shared/chapter.ts";
import type { NetworkState } from "../../shared/network.ts";
import { arpRows } from "./arpRows.ts";
import { fdbRows, vlanRows } from "./bridgeTables.ts";
import { linkRows } from "./linkRows.ts";
import { routeRows } from "./routeRows.ts";
import { ruleRows } from "./ruleRows.ts";
import { sysctlRows } from "./sysctlRows.ts";

export type Mark = "new" | "changed" | "gone";

/** What stands beside the word of a mark, since colour alone is no signal. */
export const MARK_SIGNS: Readonly<Record<Mark, string>> = { new: "+", changed: "~", gone: "−" };

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

type Noun = {
  readonly title: string;
  readonly entry: string;
  readonly entries: string;
  /** What is said, with the namespace behind it, when there is none. */
  readonly empty: string;
  readonly columns: readonly string[];
  readonly rows: (moments: Moments, namespace: string) => Row[];
};

const nouns: Readonly<Record<TableView, Noun>> = {
  arp: {
    ...{ title: "ARP cache", entry: "entry", entries: "entries", rows: arpRows },
    empty: "Nothing is in the ARP cache of",
    columns: ["address", "device", "MAC", "state"],
  },
  routes: {
    ...{ title: "Route table", entry: "route", entries: "routes", rows: routeRows },
    empty: "Nothing is in the route table of",
    columns: ["destination", "via", "device", "source", "scope"],
  },
  rules: {
    ...{ title: "Rules", entry: "rule", entries: "rules", rows: ruleRows },
    empty: "There are no rules in",
    columns: ["priority", "from", "table"],
  },
  links: {
    ...{ title: "Devices", entry: "device", entries: "devices", rows: linkRows },
    empty: "There are no devices in",
    columns: ["device", "state", "flags", "MAC", "MTU", "bridge", "addresses"],
  },
  fdb: {
    ...{ title: "Bridge FDB", entry: "entry", entries: "entries", rows: fdbRows },
    empty: "No bridge has learnt anything in",
    columns: ["MAC", "device", "VLAN", "bridge", "state"],
  },
  vlans: {
    ...{ title: "Bridge VLANs", entry: "entry", entries: "entries", rows: vlanRows },
    empty: "No port of a bridge has VLANs in",
    columns: ["port", "VLAN", "PVID", "leaves as"],
  },
  sysctls: {
    ...{ title: "Sysctls", entry: "is not 0", entries: "are not 0", rows: sysctlRows },
    empty: "All of these are 0 in",
    columns: ["name", "value"],
  },
};

/** The table of one view for one namespace. */
export function viewTable(
  view: TableView,
  namespace: string,
  moments: Moments | undefined,
): ViewTable {
  const noun = nouns[view];
  const title = `${noun.title} of ${namespace}`;
  const none = { title, columns: noun.columns, rows: [] };
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
  const held = shown === 0 ? `${noun.empty} ${namespace}.` : `${many}.`;
  return { ...none, rows, sentence: `${held}${marks(rows)}` };
}

function marks(rows: readonly Row[]): string {
  const told = (["new", "changed", "gone"] as const).flatMap((mark) => {
    const number = rows.filter((row) => !row.aside && row.mark === mark).length;
    return number > 0 ? [`${number} ${mark}`] : [];
  });
  return told.length > 0 ? ` Since the last cell began: ${told.join(", ")}.` : "";
}
