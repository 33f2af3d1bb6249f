// How is one namespace read? One `ip -batch` for all its tables that are asked for, one
// `bridge -batch` where it has a bridge, one `grep` for sysctls: a process costs 0.1 s in a VM
// without KVM. A read that takes too long is given up, so that it never holds up the others.
// Source: ip(8), bridge(8); spellings of iproute2 6.1.0.
// Not here: which tables are due (networkReader.ts), what the output means (readState.ts).

import { setTimeout as delay } from "node:timers/promises";
import type { ObservedAgent } from "./observedAgent.ts";
import { type BridgeTables, type IpTables, readBridgeTables, readIpTables } from "./readState.ts";
import { readSysctls, sysctlCommands } from "./readSysctls.ts";

/** What one batch of `ip` can be asked for. */
export type Table = "address" | "route" | "rule" | "neighbour" | "netconf";

/** Everything that a batch can read. */
export const allTables: readonly Table[] = ["address", "route", "rule", "neighbour", "netconf"];

const batchLines: Readonly<Record<Table, readonly string[]>> = {
  // Shows links too, addressless ones included.
  address: ["addr show", "netns list-id"],
  route: ["route show table all"],
  rule: ["rule show"],
  neighbour: ["neigh show nud all", "neigh show proxy"],
  netconf: ["netconf show"],
};

/** Reads these tables of a namespace; those that were not asked for are empty in the answer. */
export async function readIp(
  agent: ObservedAgent,
  inode: number,
  tables: Iterable<Table>,
): Promise<IpTables> {
  const stdin = `${[...tables].flatMap((table) => batchLines[table]).join("\n")}\n`;
  // With -force one refused line does not stop the lines after it.
  const argv = ["ip", "-j", "-d", "-force", "-batch", "-"];
  return readIpTables((await agent.run(argv, { inode, stdin })).output);
}

/** Reads FDB and port VLANs of a namespace. */
export async function readBridge(agent: ObservedAgent, inode: number): Promise<BridgeTables> {
  const argv = ["bridge", "-j", "-force", "-batch", "-"];
  const stdin = "fdb show\nvlan show\n";
  return readBridgeTables((await agent.run(argv, { inode, stdin })).output);
}

/** Reads the sysctls of a namespace that `ip netconf` does not tell. */
export async function readFileSysctls(
  agent: ObservedAgent,
  inode: number,
  devices: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const argv of sysctlCommands(devices)) {
    Object.assign(values, readSysctls((await agent.run(argv, { inode })).output));
  }
  return values;
}

/** Rejects when the work has not settled in time; the work itself goes on unseen. */
export async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const stop = new AbortController();
  const late = delay(milliseconds, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new Error(`no answer in ${milliseconds} ms`);
  });
  // Its rejection matters only to the race.
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
