// Rows of links for the views.
// Not here: what the words mean (net/core/netDevice.ts).

import type { Link } from "../../shared/network.ts";
import { deviceFlags, devicesInOrder } from "../net/core/devChange.ts";
import type { NetDevice } from "../net/core/netDevice.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { macText } from "../wire/address.ts";

/** The devices of a namespace in the order of their indices. */
export function linkRows(net: Net): Link[] {
  return devicesInOrder(net).map(linkRow);
}

function linkRow(dev: NetDevice): Link {
  const { driver } = dev;
  const other = driver.type === "veth" ? driver.peer : "lower" in driver ? driver.lower : undefined;
  return {
    index: dev.ifindex,
    name: dev.name,
    mac: macText(dev.mac),
    mtu: dev.mtu,
    flags: deviceFlags(dev),
    operstate: dev.operstate,
    ...(driver.type === "loopback" ? {} : { kind: driver.type }),
    ...(dev.master === undefined ? {} : { master: dev.master.name }),
    ...(other === undefined ? {} : { peerIndex: other.ifindex }),
    ...(other === undefined || other.net === dev.net ? {} : { peerNamespace: other.net.inode }),
    ...(driver.type === "vlan" ? { vlanId: driver.vid } : {}),
    ...(driver.type === "bridge" ? { vlanFiltering: driver.bridge.vlanFiltering } : {}),
  };
}
