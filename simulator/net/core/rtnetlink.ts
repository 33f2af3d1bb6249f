// Making, changing and deleting links on request (linux/net/core/rtnetlink.c: rtnl_newlink,
// do_setlink, rtnl_dellink), in the order in which Linux carries out the parts of one request.
// Policy: what was done before a refusal stays done, as on Linux.
// Not simulated: VFs, XDP, AF_SPEC attributes (the address families' own).

import {
  announceState,
  changeFlags,
  changeMac,
  changeMtu,
  renameDevice,
  setCarrier,
  setLinkState,
} from "./devChange.ts";
import type { Refusal } from "./errno.ts";
import type { LinkChange, LinkRequest } from "./linkRequest.ts";
import { moveDevice } from "./moveDevice.ts";
import type { NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { configureLink, flagsOf } from "./newDevice.ts";
import { notifyDevice } from "./notifier.ts";

/** Makes a link; `net` is the namespace of whoever asks. */
export function newLink(net: Net, request: LinkRequest): Refusal | undefined {
  if (isTooLong(request.name) || isTooLong(request.peer?.name)) return POLICY;
  const kind = net.kernel.linkKinds.get(request.kind);
  if (kind === undefined) return refuseKind(net, request);
  const invalid = kind.validate?.(request);
  if (invalid !== undefined) return invalid;
  const exists = refuseExisting(net, request);
  if (exists !== undefined) return exists;
  const dev = kind.create(request.netns ?? net, request, net);
  if ("errno" in dev) return dev;
  const refusal = configureLink(dev, request);
  if (refusal !== undefined) {
    kind.remove?.(dev);
    return refusal;
  }
  return request.master === undefined ? undefined : setMaster(dev, request.master);
}

/** What netlink itself says of a name with more than 15 characters. */
const POLICY: Refusal = { errno: "ERANGE", message: "Attribute failed policy validation" };

function isTooLong(name: string | undefined): boolean {
  return name !== undefined && name.length > 15;
}

/** Linux looks for the name where the request was made, wherever the link shall be. */
function refuseExisting(net: Net, request: LinkRequest): Refusal | undefined {
  const byName = request.name !== undefined && net.byName.has(request.name);
  const byIndex = request.ifindex !== undefined && net.devices.has(request.ifindex);
  return byName || byIndex ? { errno: "EEXIST" } : undefined;
}

/** Kinds that the kernel we follow has and we have not. */
const NOT_SIMULATED: ReadonlySet<string> = new Set(
  "bond erspan geneve gre gretap ifb ipip ipvlan macvtap sit team vrf vxlan".split(" "),
);

function refuseKind(net: Net, request: LinkRequest): Refusal {
  const { kind } = request;
  return (
    refuseExisting(net, request) ??
    (NOT_SIMULATED.has(kind)
      ? { errno: "EOPNOTSUPP", notSimulated: `a link of type ${kind}` }
      : { errno: "EOPNOTSUPP", message: "Unknown device type" })
  );
}

/** Deletes a link. */
export function delLink(dev: NetDevice): Refusal | undefined {
  const remove = dev.net.kernel.linkKinds.get(dev.driver.type)?.remove;
  if (remove === undefined) return { errno: "EOPNOTSUPP" };
  remove(dev);
  return undefined;
}

/** How much a request did: nothing, something that told itself, something to be told. */
type Status = { done: boolean; tell: boolean };

type Step = (dev: NetDevice, change: LinkChange, status: Status) => Refusal | undefined;

/** Changes a link. */
export function setLink(dev: NetDevice, change: LinkChange): Refusal | undefined {
  const status: Status = { done: false, tell: false };
  let refusal: Refusal | undefined;
  for (const step of STEPS) {
    refusal = step(dev, change, status);
    if (refusal !== undefined) break;
  }
  if (status.tell) announceState(dev);
  return refusal;
}

const STEPS: readonly Step[] = [
  changeKind,
  changeNamespace,
  (dev, { address }) => (address === undefined ? undefined : changeMac(dev, address)),
  (dev, { mtu }) => (mtu === undefined ? undefined : changeMtu(dev, mtu)),
  changeGroup,
  (dev, { name }) => (name === undefined ? undefined : renameDevice(dev, name)),
  changeAlias,
  changeBroadcast,
  (dev, { master }) => (master === undefined ? undefined : setMaster(dev, master)),
  (dev, change) => changeFlags(dev, flagsOf(change)),
  changeCarrier,
  changeQueueLength,
  changeLinkMode,
  changeOperState,
  (_dev, { vf }) => (vf ? { errno: "EOPNOTSUPP" } : undefined),
  changeProtoDown,
  changeAltNames,
];

function changeKind(dev: NetDevice, change: LinkChange, status: Status): Refusal | undefined {
  if (change.kind === undefined) return undefined;
  const { linkKinds } = dev.net.kernel;
  status.tell = true;
  if (change.kind.endsWith("_slave")) {
    if (change.options === undefined) return undefined;
    const master = dev.master;
    const kind = master === undefined ? undefined : linkKinds.get(master.driver.type);
    const mine = master !== undefined && change.kind === `${master.driver.type}_slave`;
    if (!mine || kind?.changeSlave === undefined) return { errno: "EOPNOTSUPP" };
    return kind.changeSlave(dev, change.options);
  }
  const kind = linkKinds.get(change.kind);
  const invalid = kind?.validate?.(change);
  if (invalid !== undefined) return invalid;
  if ((change.options ?? change.vlan ?? change.macvlan) === undefined) return undefined;
  if (change.kind !== dev.driver.type || kind?.change === undefined) return { errno: "EOPNOTSUPP" };
  return kind.change(dev, change);
}

function changeNamespace(dev: NetDevice, change: LinkChange): Refusal | undefined {
  if (change.netns === undefined) return undefined;
  return moveDevice(dev, change.netns, {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.newIfindex === undefined ? {} : { ifindex: change.newIfindex }),
  });
}

function changeGroup(dev: NetDevice, { group }: LinkChange, status: Status): undefined {
  if (group === undefined) return;
  dev.group = group;
  status.tell = true;
}

function changeAlias(dev: NetDevice, change: LinkChange, status: Status): Refusal | undefined {
  if (change.alias === undefined) return undefined;
  if (change.alias.length >= 256) return { errno: "EINVAL" };
  dev.alias = change.alias;
  status.tell = true;
  return undefined;
}

function changeBroadcast(dev: NetDevice, { broadcast }: LinkChange): undefined {
  if (broadcast === undefined) return;
  dev.broadcast = broadcast;
  notifyDevice(dev, "CHANGEADDR");
}

/** Enslaves a device to another one or sets it free (do_set_master). */
function setMaster(dev: NetDevice, master: NetDevice | "none"): Refusal | undefined {
  const old = dev.master;
  if (old === master) return undefined;
  if (old !== undefined) {
    if (old.ops.removeSlave === undefined) return { errno: "EOPNOTSUPP" };
    const refusal = old.ops.removeSlave(old, dev);
    if (refusal !== undefined) return refusal;
  }
  if (master === "none") return undefined;
  if (master.ops.addSlave === undefined) return { errno: "EOPNOTSUPP" };
  return master.ops.addSlave(master, dev);
}

function changeCarrier(dev: NetDevice, { carrier }: LinkChange): Refusal | undefined {
  if (carrier === undefined) return undefined;
  if (dev.ops.changeCarrier === undefined) return { errno: "EOPNOTSUPP" };
  dev.ops.changeCarrier(dev, carrier);
  return undefined;
}

function changeQueueLength(dev: NetDevice, { txqlen }: LinkChange): Refusal | undefined {
  if (txqlen === undefined || txqlen === dev.txqlen) return undefined;
  // The kernel reads it as a number with sign here.
  if (txqlen > 0x7fffffff || txqlen < 0) return { errno: "ERANGE" };
  dev.txqlen = txqlen;
  notifyDevice(dev, "CHANGE_TX_QUEUE_LEN");
  return undefined;
}

function changeLinkMode(dev: NetDevice, { linkMode }: LinkChange, status: Status): undefined {
  if (linkMode === undefined) return;
  if (dev.linkMode !== linkMode) status.tell = true;
  dev.linkMode = linkMode;
}

function changeOperState(dev: NetDevice, { operstate }: LinkChange): undefined {
  const old = dev.linkState;
  const mayRise = old === "DORMANT" || old === "TESTING" || old === "UNKNOWN";
  if (operstate === "UP" && mayRise) setLinkState(dev, "UP");
  if (operstate === "DORMANT" && (old === "UP" || old === "UNKNOWN")) setLinkState(dev, "DORMANT");
  if (dev.linkState !== old) announceState(dev);
}

function changeProtoDown(dev: NetDevice, { protodown }: LinkChange): Refusal | undefined {
  if (protodown === undefined) return undefined;
  if (!dev.ops.protoDown) {
    return { errno: "EOPNOTSUPP", message: "Protodown not supported by device" };
  }
  dev.protoDown = protodown;
  setCarrier(dev, !protodown);
  return undefined;
}

function changeAltNames(dev: NetDevice, change: LinkChange): Refusal | undefined {
  const refusal = addAltNames(dev, change.addAltNames ?? []) ?? delAltNames(dev, change);
  const asked = change.addAltNames ?? change.delAltNames;
  if (asked !== undefined && refusal === undefined) announceState(dev);
  return refusal;
}

function addAltNames(dev: NetDevice, names: readonly string[]): Refusal | undefined {
  for (const name of names) {
    if (dev.net.byName.has(name)) return { errno: "EEXIST" };
    dev.altNames.push(name);
    dev.net.byName.set(name, dev);
  }
  return undefined;
}

function delAltNames(dev: NetDevice, { delAltNames: names = [] }: LinkChange): Refusal | undefined {
  for (const name of names) {
    const at = dev.altNames.indexOf(name);
    if (at < 0) return { errno: dev.net.byName.has(name) ? "EINVAL" : "ENOENT" };
    dev.altNames.splice(at, 1);
    dev.net.byName.delete(name);
  }
  return undefined;
}
