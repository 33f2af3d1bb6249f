// Rows of forwarding tables and port VLANs for the views.
// Not here: what the words mean (net/bridge).

import type { FdbEntry, PortVlan } from "../../shared/network.ts";
import { fdbDump, fdbStateOf } from "../net/bridge/brFdbAdmin.ts";
import { devicesInOrder } from "../net/core/devChange.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { macText } from "../wire/address.ts";

const STATES = { permanent: "permanent", noarp: "static", reachable: "", stale: "stale" } as const;

/** Both tables of a namespace; empty where it has no bridge. */
export function bridgeRows(net: Net): { fdb: FdbEntry[]; portVlans: PortVlan[] } {
  const bridges = devicesInOrder(net).flatMap((dev) =>
    dev.driver.type === "bridge" ? [dev.driver.bridge] : [],
  );
  const members = bridges.flatMap((bridge) => [
    ...bridge.ports.map(({ dev, vlans }) => ({ dev, vlans })),
    { dev: bridge.dev, vlans: bridge.vlans },
  ]);
  return {
    fdb: bridges.length === 0 ? [] : fdbRows(net),
    portVlans: members.flatMap(({ dev, vlans }) =>
      [...vlans.members.values()].map(({ vid, untagged }) => ({
        device: dev.name,
        vlan: vid,
        pvid: vlans.pvid === vid,
        untagged,
      })),
    ),
  };
}

function fdbRows(net: Net): FdbEntry[] {
  return fdbDump(devicesInOrder(net)).map((row) => {
    if ("listed" in row) {
      return { mac: macText(row.listed), device: row.dev.name, state: "permanent" };
    }
    const { entry, dev } = row;
    return {
      mac: macText(entry.mac),
      device: dev.name,
      state: STATES[fdbStateOf(entry)],
      ...(entry.vid === 0 ? {} : { vlan: entry.vid }),
      ...(dev.master === undefined ? { master: dev.name } : { master: dev.master.name }),
    };
  });
}
