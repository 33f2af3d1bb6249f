// What holds for a VLAN in a whole bridge (linux/net/bridge/br_vlan_options.c,
// br_vlan_process_global_one): options of multicast, as `bridge vlan global set` asks over netlink.
// Policy: a VLAN has its options as long as the bridge or a port has the VLAN. What was done before a
// refusal stays done. Times are kept in jiffies of 4 ms, as those of the bridge itself.
// Not simulated: queries and snooping for each VLAN; the options are kept and printed.

import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { bridgeOf } from "./brIf.ts";
import type { BridgeState } from "./bridgeState.ts";
import { bridgeLog } from "./brStp.ts";

/** Names of the options, in the order of printing, and the value of a new VLAN. */
export const GLOBAL_OPTIONS = {
  mcast_snooping: 1,
  mcast_querier: 0,
  mcast_igmp_version: 2,
  mcast_mld_version: 1,
  mcast_last_member_count: 2,
  mcast_last_member_interval: 100,
  mcast_startup_query_count: 2,
  mcast_startup_query_interval: 3124,
  mcast_membership_interval: 26000,
  mcast_querier_interval: 25500,
  mcast_query_interval: 12500,
  mcast_query_response_interval: 1000,
} as const;

/** An option's name. */
export type GlobalOption = keyof typeof GLOBAL_OPTIONS;

/** Options with the values that somebody asked for. */
export type GlobalValues = ReadonlyMap<GlobalOption, number>;

/** The first version of each protocol, which has one more. */
const FIRST_VERSIONS: Partial<Record<GlobalOption, number>> = {
  mcast_igmp_version: 2,
  mcast_mld_version: 1,
};

/** Queries come a second after each other at the earliest. */
const QUERIES: Partial<Record<GlobalOption, string>> = {
  mcast_query_interval: "query",
  mcast_startup_query_interval: "startup query",
};

/** All VIDs that a bridge or one of its ports has, in order. */
export function globalVids(bridge: BridgeState): readonly number[] {
  const vids = new Set(bridge.vlans.members.keys());
  for (const port of bridge.ports) for (const vid of port.vlans.members.keys()) vids.add(vid);
  return [...vids].sort((a, b) => a - b);
}

/** One option of a VLAN. */
export function globalValue(bridge: BridgeState, vid: number, name: GlobalOption): number {
  return bridge.vlanGlobals.get(vid)?.get(name) ?? GLOBAL_OPTIONS[name];
}

/** Changes options of a row of VLANs. */
export function setGlobals(
  dev: NetDevice,
  { from, to }: { readonly from: number; readonly to: number },
  values: GlobalValues,
): Refusal | undefined {
  const bridge = bridgeOf(dev);
  if (bridge === undefined) {
    const message = "bridge: Global vlan options can only be set on bridge device";
    return { errno: "EINVAL", message };
  }
  for (const vid of [from, to]) {
    if (vid < 1 || vid > 4094) return { errno: "EINVAL", message: "bridge: Vlan id is invalid" };
  }
  const vids = globalVids(bridge);
  for (let vid = from; vid <= to; vid++) {
    if (!vids.includes(vid)) {
      const message = "bridge: Vlan in range doesn't exist, can't process global options";
      return { errno: "ENOENT", message };
    }
    for (const [name, value] of values) {
      const refusal = setOne(bridge, vid, name, value);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function setOne(
  bridge: BridgeState,
  vid: number,
  name: GlobalOption,
  value: number,
): Refusal | undefined {
  const first = FIRST_VERSIONS[name];
  if (first !== undefined && value !== first && value !== first + 1) return { errno: "EINVAL" };
  const kept = bridge.vlanGlobals.get(vid) ?? new Map<GlobalOption, number>();
  bridge.vlanGlobals.set(vid, kept);
  kept.set(name, keptValue(bridge, name, value));
  return undefined;
}

function keptValue(bridge: BridgeState, name: GlobalOption, value: number): number {
  if (name === "mcast_snooping" || name === "mcast_querier") return value === 0 ? 0 : 1;
  if (!name.endsWith("_interval")) return value;
  const time = Math.floor((Math.floor(value * 2.5) * 4) / 10);
  const what = QUERIES[name];
  if (what === undefined || time >= 100) return time;
  const line = `trying to set multicast ${what} interval below minimum, setting to 100 (1000ms)`;
  bridgeLog(bridge, line);
  return 100;
}
