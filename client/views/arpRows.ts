// The neighbour table of one namespace as rows, in the words of `ip neigh`. A MAC is shown with the
// device that owns it, since which device answered is what most experiments are about.

import { changedNeighbours, neighbourKey } from "../../shared/changes.ts";
import type { Neighbour, NetworkState } from "../../shared/network.ts";
import type { Field, Moments, Row } from "./viewTable.ts";

/** 10.0.0.9 before 10.0.0.10; made once, because making one takes longer than sorting a table. */
const byNumber = new Intl.Collator("en", { numeric: true });

/** Rows by address: the kernel lists them by a hash, in an order that says nothing and changes. */
export function arpRows(moments: Moments, namespace: string): Row[] {
  const changes = changedNeighbours(moments.before, moments.state, namespace);
  const owners = macOwners(moments.state);
  const now = moments.state.namespaces.find(({ name }) => name === namespace)?.neighbours ?? [];
  const rows = now.map((row): Row => {
    const key = neighbourKey(row);
    const change = changes.get(key);
    if (change?.type === "changed") {
      return { ...plainRow(row, owners, change.old), mark: "changed" };
    }
    return { ...plainRow(row, owners), ...(change ? { mark: change.type } : {}) };
  });
  for (const change of changes.values()) {
    if (change.type === "gone") rows.push({ ...plainRow(change.old, owners), mark: "gone" });
  }
  return rows.sort((one, other) => byNumber.compare(one.key, other.key));
}

function plainRow(row: Neighbour, owners: ReadonlyMap<string, string>, old?: Neighbour): Row {
  return {
    key: neighbourKey(row),
    aside: row.address.includes(":") || row.state === "NOARP" || isMulticast(row.address),
    fields: [
      { text: row.address },
      { text: row.device },
      macField(row, owners, old),
      changedField(row.proxy ? "proxy" : row.state, old && (old.proxy ? "proxy" : old.state)),
    ],
  };
}

function macField(row: Neighbour, owners: ReadonlyMap<string, string>, old?: Neighbour): Field {
  const owner = row.mac === undefined ? undefined : owners.get(row.mac);
  const before = old && (old.mac ?? "none");
  return {
    ...changedField(row.mac ?? "none", before),
    ...(owner === undefined ? {} : { note: owner }),
  };
}

/** A field that says what it was, where that differs. */
export function changedField(text: string, old: string | undefined): Field {
  return old === undefined || old === text ? { text } : { text, was: old };
}

function isMulticast(address: string): boolean {
  const first = Number(address.split(".")[0]);
  return first >= 224 && first <= 239;
}

/** MAC → device. A bridge has the MAC of one of its ports; then the port is meant. */
function macOwners(state: NetworkState): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { links } of state.namespaces) {
    for (const link of links) {
      if (link.kind === undefined || (link.kind === "bridge" && owners.has(link.mac))) continue;
      const known = owners.get(link.mac);
      if (known === undefined || link.kind !== "bridge") owners.set(link.mac, link.name);
    }
  }
  return owners;
}
