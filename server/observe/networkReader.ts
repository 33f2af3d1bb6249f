// What is the network now, when only parts of it may have changed? Keeps what it read of every
// namespace, notes which tables are due, and reads those alone.
// Not here: when to read (observer.ts), how one namespace is read (readNamespace.ts).

import type { NamespaceRef } from "../../shared/namespaceNames.ts";
import { namespaceNames } from "../../shared/namespaceNames.ts";
import type { Namespace, NetworkState } from "../../shared/network.ts";
import type { NamespaceChange } from "../agent/protocol.ts";
import type { ObservedAgent } from "./observedAgent.ts";
import { matchPeers } from "./peers.ts";
import {
  allTables,
  readBridge,
  readFileSysctls,
  readIp,
  type Table,
  withinTime,
} from "./readNamespace.ts";
import type { BridgeTables, IpTables } from "./readState.ts";

/** Reads on demand, and remembers. */
export type NetworkReader = {
  /** Notes what a netlink change makes due. */
  note(change: NamespaceChange): void;
  /** Notes as due what changes without a netlink message: namespaces, neighbour states, proxies. */
  noteRun(): void;
  /** Reads what is due. A namespace that does not answer keeps what was read before. */
  readDue(): Promise<void>;
  /** Reads the sysctls that no message reports. */
  readSysctls(): Promise<void>;
  state(): NetworkState;
};

/** What has been read of one namespace. */
type Seen = {
  ref: NamespaceRef;
  readonly due: Set<Table>;
  bridgeDue: boolean;
  /** A read that was given up but has not ended; until then no other one is started. */
  stuck: boolean;
  tables: IpTables;
  bridge: BridgeTables;
  fileSysctls: Readonly<Record<string, string>>;
};

/** IPv4 routes vanish with a link or an address without a message of their own. */
const dueAfter: Readonly<Record<NamespaceChange["group"], readonly Table[]>> = {
  link: allTables,
  address: ["address", "route", "neighbour", "netconf"],
  route: ["route"],
  rule: ["rule"],
  neighbour: ["neighbour"],
};

const noTables: IpTables = {
  ...{ links: [], addresses: [], routes: [], rules: [], neighbours: [] },
  ...{ nsidNames: new Map(), netconf: {} },
};

/** A VM of one processor gains nothing by more. */
const readsAtOnce = 4;

/** A reader that has seen nothing yet; everything is due. `patience` is per namespace, in ms. */
export function networkReader(agent: ObservedAgent, patience: number): NetworkReader {
  const seen = new Map<number, Seen>();
  let listDue = true;

  async function list(): Promise<void> {
    listDue = false;
    try {
      const refs = await withinTime(agent.namespaces(), patience);
      takeList(seen, refs);
    } catch {
      // The list of before still holds; the next run asks again.
    }
  }

  /** Reads one namespace; never rejects. */
  async function visit(one: Seen, read: () => Promise<void>): Promise<void> {
    if (one.stuck) return;
    one.stuck = true;
    const work = read()
      // It vanished, or it cannot be read: the next list tells.
      .catch(() => {
        listDue = true;
      })
      .finally(() => {
        one.stuck = false;
      });
    await withinTime(work, patience).catch(() => {});
  }

  return {
    note({ inode, group }) {
      if (group === "link") listDue = true;
      const one = seen.get(inode);
      // One that is not known yet is read whole as soon as it is listed.
      if (one === undefined) listDue = true;
      else {
        for (const table of dueAfter[group]) one.due.add(table);
        one.bridgeDue ||= group === "link" || group === "neighbour";
      }
    },
    noteRun() {
      listDue = true;
      for (const one of seen.values()) one.due.add("neighbour").add("netconf");
    },
    async readDue() {
      if (listDue) await list();
      const due = [...seen.values()].filter((one) => one.due.size > 0 || one.bridgeDue);
      await fewAtOnce(due, (one) => visit(one, () => readTables(agent, one)));
    },
    async readSysctls() {
      await fewAtOnce([...seen.values()], (one) =>
        visit(one, async () => {
          const devices = one.tables.links.map((link) => link.name);
          one.fileSysctls = await readFileSysctls(agent, one.ref.inode, devices);
        }),
      );
    },
    state: () => ({ time: Date.now(), namespaces: namespacesOf([...seen.values()]) }),
  };
}

function takeList(seen: Map<number, Seen>, refs: readonly NamespaceRef[]): void {
  const alive = new Set(refs.map((ref) => ref.inode));
  for (const inode of seen.keys()) if (!alive.has(inode)) seen.delete(inode);
  for (const ref of refs) {
    const known = seen.get(ref.inode);
    if (known) known.ref = ref;
    else {
      seen.set(ref.inode, {
        ...{ ref, due: new Set(allTables), bridgeDue: false, stuck: false },
        ...{ tables: noTables, bridge: { fdb: [], portVlans: [] }, fileSysctls: {} },
      });
    }
  }
}

async function readTables(agent: ObservedAgent, one: Seen): Promise<void> {
  const due = new Set(one.due);
  const hadBridge = hasBridge(one.tables);
  // What changes while it is being read is due again.
  one.due.clear();
  if (due.size > 0) {
    try {
      one.tables = merged(one.tables, await readIp(agent, one.ref.inode, due), due);
    } catch (error) {
      for (const table of due) one.due.add(table);
      throw error;
    }
  }
  if (!one.bridgeDue && hadBridge === hasBridge(one.tables)) return;
  one.bridgeDue = false;
  one.bridge = hasBridge(one.tables)
    ? await readBridge(agent, one.ref.inode)
    : { fdb: [], portVlans: [] };
}

function hasBridge(tables: IpTables): boolean {
  return tables.links.some((link) => link.kind === "bridge");
}

function merged(old: IpTables, read: IpTables, due: ReadonlySet<Table>): IpTables {
  const from = (table: Table) => (due.has(table) ? read : old);
  return {
    links: from("address").links,
    addresses: from("address").addresses,
    nsidNames: from("address").nsidNames,
    routes: from("route").routes,
    rules: from("rule").rules,
    neighbours: from("neighbour").neighbours,
    netconf: from("netconf").netconf,
  };
}

/** The initial namespace first, the others in the order in which they were made. */
function namespacesOf(seen: readonly Seen[]): Namespace[] {
  const ordered = seen.toSorted(
    (a, b) => Number(b.ref.initial) - Number(a.ref.initial) || a.ref.inode - b.ref.inode,
  );
  const names = namespaceNames(ordered.map((one) => one.ref));
  const peers = matchPeers(
    ordered.map(({ ref, tables }) => ({
      ...{ inode: ref.inode, netnsNames: ref.netnsNames },
      ...{ links: tables.links, nsidNames: tables.nsidNames },
    })),
  );
  return ordered.map(({ ref, tables, bridge, fileSysctls }) => ({
    inode: ref.inode,
    name: names.get(ref.inode) ?? "",
    netnsNames: ref.netnsNames,
    hostname: ref.hostname,
    pid: ref.pid,
    links: tables.links.map(({ peerNsid, ...link }) => {
      const inode = peerNsid === undefined ? undefined : peers.get(ref.inode)?.get(peerNsid);
      return inode === undefined ? link : { ...link, peerNamespace: inode };
    }),
    addresses: tables.addresses,
    routes: tables.routes,
    rules: tables.rules,
    neighbours: tables.neighbours,
    fdb: bridge.fdb,
    portVlans: bridge.portVlans,
    sysctls: { ...fileSysctls, ...tables.netconf },
  }));
}

async function fewAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: readsAtOnce }, worker));
}
