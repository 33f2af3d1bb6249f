// Multicast groups of devices, and what Multicast Listener Discovery reports of them
// (linux/net/ipv6/mcast.c, RFC 3810).
// Policy: a change is reported after some milliseconds and once more within
// mldv2_unsolicited_report_interval (mld_qrv = 2 times); when duplicate address detection of the
// link-local address ends, all groups are reported again, now with a source. Setting IPv6 up anew on
// a device (an address is added, the carrier comes back) reports all groups as if just joined.
// ff02::1 and node-local groups are never reported. Queries are answered; a query of version 1, or
// force_mld_version=1, makes the device speak version 1.
// Not simulated: source filters of sockets.

import { ICMPV6 } from "../../wire/icmpv6.ts";
import { groupMac6, IN6, isMulticast6 } from "../../wire/ipv6.ts";
import { MLD_RECORD, type MldQuery, type MldRecord, mldReport, mldV1 } from "../../wire/mld.ts";
import { devMcAdd, devMcDel } from "../core/devAddrLists.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { conf6 } from "./createIpv6Net.ts";
import type { Group6, Inet6Device } from "./inet6Device.ts";
import { later6, sendKernelMessage6 } from "./ip6Xmit.ts";
import { linkLocalOf, SCOPE6, scope6 } from "./sourceAddress6.ts";

const JIFFY = 4000;

/** Linux adds this to every delay that it draws here. */
const SLACK = 2 * JIFFY;

/** Groups of a device in the order in which `ip maddr` and /proc/net/igmp6 list them. */
export function groupsInOrder6(dev: NetDevice): Group6[] {
  return [...(dev.ip6?.groups.values() ?? [])].reverse();
}

/** True when a device listens to a group (ipv6_chk_mcast_addr). */
export function listensTo6(dev: NetDevice, group: string): boolean {
  return dev.ip6?.groups.has(group) ?? false;
}

/** One more user of a group on a device (ipv6_dev_mc_inc). */
export function joinGroup6(dev: NetDevice, address: string): void {
  const ip6 = dev.ip6;
  if (ip6 === undefined || !isMulticast6(address)) return;
  const known = ip6.groups.get(address);
  if (known !== undefined) {
    known.users += 1;
    return;
  }
  const group: Group6 = { address, users: 1, loaded: false, changes: 0, timer: undefined };
  ip6.groups.set(address, group);
  noteTails(ip6);
  ip6.mld.left.delete(address);
  groupAdded(ip6, group);
}

/** One user less (ipv6_dev_mc_dec). */
export function leaveGroup6(dev: NetDevice, address: string): void {
  const ip6 = dev.ip6;
  const group = ip6?.groups.get(address);
  if (ip6 === undefined || group === undefined) return;
  group.users -= 1;
  if (group.users > 0) return;
  ip6.groups.delete(address);
  noteTails(ip6);
  groupDropped(ip6, group);
}

function noteTails(ip6: Inet6Device): void {
  const tails = new Set<number>();
  for (const address of ip6.groups.keys()) tails.add(Number.parseInt(address.slice(24), 16));
  const { listening } = ip6.dev.net.kernel;
  for (const tail of tails) {
    if (!ip6.groupTails.has(tail)) listening.set(tail, (listening.get(tail) ?? 0) + 1);
  }
  for (const tail of ip6.groupTails) {
    if (tails.has(tail)) continue;
    const devices = listening.get(tail) ?? 0;
    if (devices > 1) listening.set(tail, devices - 1);
    else listening.delete(tail);
  }
  ip6.groupTails = tails;
}

function isReported(group: Group6): boolean {
  return group.address !== IN6.ALL_NODES && scope6(group.address) >= SCOPE6.LINK;
}

function groupAdded(ip6: Inet6Device, group: Group6): void {
  const { dev } = ip6;
  if (scope6(group.address) < SCOPE6.LINK) return;
  // lo has no link-layer groups.
  if (!group.loaded && dev.driver.type !== "loopback") {
    group.loaded = true;
    devMcAdd(dev, groupMac6(group.address));
  }
  if ((dev.flags & IFF.UP) === 0 || !isReported(group)) return;
  if (speaksVersionOne(ip6)) {
    reportVersionOne(ip6, group);
    return;
  }
  group.changes = robustness(ip6);
  changesToReport(ip6);
}

function groupDropped(ip6: Inet6Device, group: Group6): void {
  const { dev } = ip6;
  if (scope6(group.address) < SCOPE6.LINK) return;
  if (group.loaded) {
    group.loaded = false;
    devMcDel(dev, groupMac6(group.address));
  }
  group.timer?.cancel();
  if (!isReported(group) || !ip6.alive || (dev.flags & IFF.UP) === 0) return;
  if (speaksVersionOne(ip6)) sendVersionOne(ip6, ICMPV6.MLD_DONE, group.address);
  else {
    ip6.mld.left.set(group.address, robustness(ip6));
    changesToReport(ip6);
  }
}

function robustness(ip6: Inet6Device): number {
  return Number(ip6.dev.net.kernel.initNet.ip6.values.get("mld_qrv") ?? 2);
}

function speaksVersionOne(ip6: Inet6Device): boolean {
  const forced =
    conf6(ip6.dev.net.ip6.confAll, "force_mld_version") || conf6(ip6.conf, "force_mld_version");
  if (forced === 2) return false;
  return forced === 1 || ip6.mld.versionOneUntil > ip6.dev.net.kernel.clock.now;
}

/** Up to, not including, `limit` microseconds, in whole jiffies. */
function someJiffies(ip6: Inet6Device, limit: number): number {
  return ip6.dev.net.kernel.random.below(Math.max(1, Math.floor(limit / JIFFY))) * JIFFY;
}

/** How long a repeated report may wait, microseconds. */
function reportInterval(ip6: Inet6Device): number {
  const version = speaksVersionOne(ip6) ? 1 : 2;
  return conf6(ip6.conf, `mldv${version}_unsolicited_report_interval`) * 1000;
}

function changesToReport(ip6: Inet6Device): void {
  ip6.mld.changeCount = robustness(ip6);
  startChangeTimer(ip6, JIFFY);
}

function startChangeTimer(ip6: Inet6Device, limit: number): void {
  const { mld, dev } = ip6;
  mld.changeTimer?.cancel();
  mld.changeTimer = later6(dev, someJiffies(ip6, limit) + SLACK, () => {
    mld.changeTimer = undefined;
    sendChanges(ip6);
    if (mld.changeCount === 0) return;
    mld.changeCount -= 1;
    if (mld.changeCount > 0) startChangeTimer(ip6, reportInterval(ip6));
  });
}

/** Reports what changed and has not been reported often enough (mld_send_cr). */
function sendChanges(ip6: Inet6Device): void {
  const records: MldRecord[] = [];
  for (const [group, changes] of ip6.mld.left) {
    records.push({ type: MLD_RECORD.TO_INCLUDE, group, sources: [] });
    if (changes > 1) ip6.mld.left.set(group, changes - 1);
    else ip6.mld.left.delete(group);
  }
  for (const group of groupsInOrder6(ip6.dev)) {
    if (!isReported(group) || group.changes === 0) continue;
    group.changes -= 1;
    records.push({ type: MLD_RECORD.TO_EXCLUDE, group: group.address, sources: [] });
  }
  sendReport(ip6, records, "groups changed");
}

function sendReport(ip6: Inet6Device, records: readonly MldRecord[], why: string): void {
  const { dev } = ip6;
  if (records.length === 0 || !ip6.alive) return;
  sendKernelMessage6({
    dev,
    source: linkLocalOf(dev) ?? IN6.ANY,
    destination: IN6.MLD2_ROUTERS,
    hopLimit: 1,
    message: mldReport(records),
    routerAlert: true,
    cause: { text: `MLD on ${dev.name}: ${why}` },
  });
}

/** All groups are reported, because the link-local address is settled (ipv6_mc_dad_complete). */
export function reportAfterDad6(ip6: Inet6Device): void {
  const { mld } = ip6;
  mld.dadCount = robustness(ip6);
  reportAll(ip6);
  mld.dadCount -= 1;
  startDadTimer(ip6);
}

function startDadTimer(ip6: Inet6Device): void {
  const { mld, dev } = ip6;
  if (mld.dadCount <= 0) return;
  mld.dadTimer?.cancel();
  mld.dadTimer = later6(dev, someJiffies(ip6, reportInterval(ip6)) + SLACK, () => {
    mld.dadTimer = undefined;
    reportAll(ip6);
    mld.dadCount -= 1;
    startDadTimer(ip6);
  });
}

function reportAll(ip6: Inet6Device): void {
  if (speaksVersionOne(ip6)) return;
  const records = groupsInOrder6(ip6.dev)
    .filter(isReported)
    .map(({ address }) => ({ type: MLD_RECORD.TO_EXCLUDE, group: address, sources: [] }));
  sendReport(ip6, records, "link-local address is settled");
}

function reportVersionOne(ip6: Inet6Device, group: Group6): void {
  sendVersionOne(ip6, ICMPV6.MLD_REPORT, group.address);
  group.timer?.cancel();
  group.timer = later6(ip6.dev, someJiffies(ip6, reportInterval(ip6)), () =>
    sendVersionOne(ip6, ICMPV6.MLD_REPORT, group.address),
  );
}

function sendVersionOne(ip6: Inet6Device, type: number, group: string): void {
  const { dev } = ip6;
  sendKernelMessage6({
    dev,
    source: linkLocalOf(dev) ?? IN6.ANY,
    destination: type === ICMPV6.MLD_DONE ? IN6.ALL_ROUTERS : group,
    hopLimit: 1,
    message: mldV1(type, group),
    routerAlert: true,
    cause: { text: `MLD on ${dev.name}` },
  });
}

/** Listens to and reports all groups anew (ipv6_mc_up). */
export function groupsUp6(ip6: Inet6Device): void {
  for (const group of ip6.groups.values()) {
    ip6.mld.left.delete(group.address);
    groupAdded(ip6, group);
  }
}

/** Stops listening; the groups are kept for when the device is up again (ipv6_mc_down). */
export function groupsDown6(ip6: Inet6Device): void {
  const { mld } = ip6;
  for (const group of ip6.groups.values()) groupDropped(ip6, group);
  for (const timer of [mld.changeTimer, mld.dadTimer, mld.answerTimer]) timer?.cancel();
  mld.changeTimer = undefined;
  mld.dadTimer = undefined;
  mld.answerTimer = undefined;
  mld.changeCount = 0;
  mld.dadCount = 0;
}

/** Forgets all groups, because IPv6 leaves the device (ipv6_mc_destroy_dev). */
export function destroyGroups6(ip6: Inet6Device): void {
  groupsDown6(ip6);
  ip6.groups.clear();
  noteTails(ip6);
  ip6.mld.left.clear();
}

/** A router asks which groups have listeners (igmp6_event_query). */
export function answerQuery6(ip6: Inet6Device, query: MldQuery): void {
  const { dev, mld } = ip6;
  const { now } = dev.net.kernel.clock;
  const delay = Math.max(query.maxDelayMs * 1000, JIFFY);
  if (query.version === 1) {
    mld.versionOneUntil = now + 260e6;
    for (const group of ip6.groups.values()) {
      if (!isReported(group) || (query.group !== IN6.ANY && query.group !== group.address))
        continue;
      group.timer?.cancel();
      group.timer = later6(dev, someJiffies(ip6, delay), () =>
        sendVersionOne(ip6, ICMPV6.MLD_REPORT, group.address),
      );
    }
    return;
  }
  mld.answerTimer?.cancel();
  mld.answerTimer = later6(dev, someJiffies(ip6, delay) + SLACK, () => {
    mld.answerTimer = undefined;
    const records = groupsInOrder6(dev)
      .filter((one) => isReported(one) && (query.group === IN6.ANY || query.group === one.address))
      .map(({ address }) => ({ type: MLD_RECORD.IS_EXCLUDE, group: address, sources: [] }));
    sendReport(ip6, records, "query");
  });
}
