// /sys, as far as networks go: /sys/class/net with a folder for each device of the namespace that
// /sys was mounted for (net/core/net-sysfs.c). `ip netns exec` mounts it anew, nsenter does not.
// Not here: what bridges add (sysBridge.ts).
// What changes nothing is in sysQueues.ts.
// Not simulated: everything else in /sys, the bytes of brforward.

import { devicesInOrder } from "../net/core/devChange.ts";
import type { Errno } from "../net/core/errno.ts";
import type { LinkChange } from "../net/core/linkRequest.ts";
import { iflinkOf } from "../net/core/linkWatch.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import { setLink } from "../net/core/rtnetlink.ts";
import { macText } from "../wire/address.ts";
import {
  type ComputedFile,
  type ComputedFolder,
  computedFolder,
  type FileError,
  type FileNode,
  link,
} from "./fileNodes.ts";
import { hardwareType } from "./procNet.ts";
import { attribute, numberOf } from "./sysAttribute.ts";
import { bridgeFolder, bridgePortFolder } from "./sysBridge.ts";
import { idleEntries } from "./sysQueues.ts";

/** The folder /sys. */
export function sysFolder(): ComputedFolder {
  const devices = fixedFolder({ virtual: fixedFolder({ net: deviceList(deviceFolder) }) });
  const links = deviceList((dev) => link(`../../devices/virtual/net/${dev.name}`));
  return fixedFolder({ class: fixedFolder({ net: links }), devices });
}

/** A folder of /sys with these entries: nothing can be made in it. */
function fixedFolder(entries: Record<string, FileNode>): ComputedFolder {
  return { ...computedFolder(() => entries, "EACCES"), mode: 0o755 };
}

function deviceList(node: (dev: NetDevice) => FileNode): ComputedFolder {
  const folder = computedFolder((self) => {
    const devices = devicesInOrder(self.sysNet);
    return Object.fromEntries(devices.map((dev) => [dev.name, node(dev)]));
  }, "EACCES");
  return {
    ...folder,
    mode: 0o755,
    entry: (self, name) => {
      const dev = self.sysNet.byName.get(name);
      return dev === undefined ? undefined : node(dev);
    },
  };
}

/** Writes a number by changing the link. */
function changing(
  dev: NetDevice,
  change: (value: number) => LinkChange,
): (text: string) => Errno | undefined {
  return (text) => {
    const value = numberOf(text);
    return value === undefined ? "EINVAL" : setLink(dev, change(value))?.errno;
  };
}

const INVALID: FileError = { errno: "EINVAL" };
const UNSUPPORTED: FileError = { errno: "EOPNOTSUPP" };

function deviceFolder(dev: NetDevice): ComputedFolder {
  const folder = computedFolder(() => deviceEntries(dev), "EACCES");
  return { ...folder, mode: 0o755 };
}

function deviceEntries(dev: NetDevice): Record<string, FileNode | undefined> {
  const whenUp = (value: string | number) =>
    attribute(() => ((dev.flags & IFF.UP) === 0 ? INVALID : value));
  const changes = dev.stats.carrierChanges;
  const { driver } = dev;
  return {
    addr_assign_type: attribute(() => ASSIGN_TYPES.indexOf(dev.macAssign)),
    addr_len: attribute(() => 6),
    address: attribute(() => macText(dev.mac)),
    bridge: driver.type === "bridge" ? bridgeFolder(driver.bridge) : undefined,
    brforward: driver.type === "bridge" ? attribute(() => ({ errno: "EIO" })) : undefined,
    brif:
      driver.type === "bridge" ? portList(driver.bridge.ports.map((port) => port.dev)) : undefined,
    broadcast: attribute(() => macText(driver.type === "loopback" ? 0 : dev.broadcast)),
    brport: dev.port === undefined ? undefined : bridgePortFolder(dev.port),
    carrier: carrierFile(dev),
    carrier_changes: attribute(() => changes),
    carrier_down_count: attribute(() => changes - Math.floor(changes / 2)),
    carrier_up_count: attribute(() => Math.floor(changes / 2)),
    dev_id: attribute(() => "0x0"),
    dev_port: attribute(() => 0),
    dormant: whenUp(Number(dev.operstate === "DORMANT")),
    duplex: attribute(() => linkSpeed(dev)?.duplex ?? INVALID),
    flags: attribute(
      () => `0x${allFlags(dev).toString(16)}`,
      changing(dev, (value) => flagChange(value)),
    ),
    ifalias: aliasFile(dev),
    ifindex: attribute(() => dev.ifindex),
    iflink: attribute(() => iflinkOf(dev)),
    link_mode: attribute(() => Number(dev.linkMode === "DORMANT")),
    mtu: attribute(
      () => dev.mtu,
      changing(dev, (value) => ({ mtu: value })),
    ),
    netdev_group: attribute(
      () => dev.group,
      changing(dev, (value) => ({ group: value })),
    ),
    name_assign_type: attribute(() => dev.nameAssign),
    operstate: attribute(() => dev.operstate.toLowerCase()),
    phys_port_id: attribute(() => UNSUPPORTED),
    phys_port_name: attribute(() => UNSUPPORTED),
    phys_switch_id: attribute(() => UNSUPPORTED),
    proto_down: attribute(
      () => Number(dev.protoDown),
      changing(dev, (value) => ({ protodown: value !== 0 })),
    ),
    speed: attribute(() => linkSpeed(dev)?.speed ?? INVALID),
    statistics: statistics(dev),
    subsystem: link("../../../../class/net"),
    testing: whenUp(Number(dev.operstate === "TESTING")),
    tx_queue_len: attribute(
      () => dev.txqlen,
      changing(dev, (value) => ({ txqlen: value })),
    ),
    type: attribute(() => hardwareType(dev)),
    uevent: attribute(
      () => uevent(dev),
      (text) =>
        /^(add|remove|change|move|online|offline|bind|unbind)\n?$/.test(text)
          ? undefined
          : "EINVAL",
    ),
    ...idleEntries(dev),
    ...neighbourLinks(dev),
  };
}

function carrierFile(dev: NetDevice): ComputedFile {
  return attribute(
    () => ((dev.flags & IFF.UP) === 0 ? INVALID : Number(dev.carrier)),
    // Drivers that cannot do it refuse before the number is read.
    (text) =>
      setLink(dev, { carrier: dev.carrier })?.errno ??
      changing(dev, (value) => ({ carrier: value !== 0 }))(text),
  );
}

/** No alias is nothing at all, not an empty line. */
function aliasFile(dev: NetDevice): ComputedFile {
  const file = attribute(
    () => dev.alias,
    (text) => setLink(dev, { alias: text.replace(/\n$/, "") })?.errno,
  );
  return { ...file, text: () => (dev.alias === "" ? "" : `${dev.alias}\n`) };
}

const ASSIGN_TYPES: readonly NetDevice["macAssign"][] = ["permanent", "random", "stolen", "set"];

/** Flags with those that devices set for each other: a bridge wants all frames of its ports. */
function allFlags({ flags, promiscuity, allmulti }: NetDevice): number {
  return flags | (promiscuity > 0 ? IFF.PROMISC : 0) | (allmulti > 0 ? IFF.ALLMULTI : 0);
}

function flagChange(value: number): LinkChange {
  const has = (bit: number) => (value & bit) !== 0;
  return {
    up: has(IFF.UP),
    arp: !has(IFF.NOARP),
    multicast: has(IFF.MULTICAST),
    allmulticast: has(IFF.ALLMULTI),
    promisc: has(IFF.PROMISC),
    dynamic: has(IFF.DYNAMIC),
  };
}

/** What the driver says of a link that is up: veth claims 10 Gb/s, subdevices ask their parent. */
function linkSpeed(dev: NetDevice): { speed: number; duplex: string } | undefined {
  const { driver } = dev;
  if ((dev.flags & IFF.UP) === 0) return undefined;
  if (driver.type === "veth") return { speed: 10000, duplex: "full" };
  if (driver.type === "vlan" || driver.type === "macvlan") return linkSpeed(driver.lower);
  if (driver.type !== "bridge") return undefined;
  const speeds = driver.bridge.ports.map((port) => linkSpeed(port.dev)?.speed ?? -1);
  return { speed: Math.max(-1, ...speeds), duplex: "unknown" };
}

/** Links to the devices above and below, and to the bridge. */
function neighbourLinks(dev: NetDevice): Record<string, FileNode> {
  const { driver, master } = dev;
  const links: Record<string, FileNode> = {};
  if (master !== undefined) links.master = link(`../${master.name}`);
  const uppers = [
    ...dev.vlans.values(),
    ...dev.macvlans,
    ...(master === undefined ? [] : [master]),
  ];
  for (const { name } of uppers) links[`upper_${name}`] = link(`../${name}`);
  const lowers =
    driver.type === "bridge"
      ? driver.bridge.ports.map((port) => port.dev)
      : driver.type === "vlan" || driver.type === "macvlan"
        ? [driver.lower]
        : [];
  for (const { name } of lowers) links[`lower_${name}`] = link(`../${name}`);
  return links;
}

function portList(ports: readonly NetDevice[]): ComputedFolder {
  const links = ports.map(({ name }) => [name, link(`../../${name}/brport`)] as const);
  return computedFolder(() => Object.fromEntries(links), "EACCES");
}

function uevent({ name, ifindex, driver }: NetDevice): string {
  const kind = driver.type === "vlan" || driver.type === "bridge" ? `DEVTYPE=${driver.type}\n` : "";
  return `${kind}INTERFACE=${name}\nIFINDEX=${ifindex}`;
}

const COUNTED: Record<string, keyof NetDevice["stats"]> = {
  multicast: "multicast",
  rx_bytes: "rxBytes",
  rx_dropped: "rxDropped",
  rx_errors: "rxErrors",
  rx_nohandler: "rxNohandler",
  rx_packets: "rxPackets",
  tx_bytes: "txBytes",
  tx_dropped: "txDropped",
  tx_errors: "txErrors",
  tx_packets: "txPackets",
};

const UNCOUNTED =
  "collisions rx_compressed rx_crc_errors rx_fifo_errors rx_frame_errors rx_length_errors " +
  "rx_missed_errors rx_over_errors tx_aborted_errors tx_carrier_errors tx_compressed tx_fifo_errors " +
  "tx_heartbeat_errors tx_window_errors";

function statistics({ stats }: NetDevice): ComputedFolder {
  const files: Record<string, FileNode> = {};
  for (const name of UNCOUNTED.split(" ")) files[name] = attribute(() => 0);
  for (const [name, counter] of Object.entries(COUNTED)) {
    files[name] = attribute(() => stats[counter]);
  }
  return fixedFolder(files);
}
