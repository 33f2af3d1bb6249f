// A bridge that snoops listens to the groups of all snoopers, 224.0.0.106 and ff02::6a, while it is up
// (linux/net/bridge/br_multicast.c: br_multicast_join_snoopers), and says so: by MLD, which IPv6 does,
// and by two IGMPv3 reports.
// Policy: the first report comes after two jiffies, the second within a second after it. The source is
// the bridge's first address, or 0.0.0.0.
// Not simulated: IGMP of other groups and devices; no program here joins any.

import { JIFFY } from "../../clock.ts";
import { checksumOf, put16, put32, sum16 } from "../../wire/bytes.ts";
import { ETHERTYPE, ethernetFrame } from "../../wire/ethernet.ts";
import { devQueueXmit, newSkb } from "../core/dev.ts";
import { devMcAdd, devMcDel } from "../core/devAddrLists.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { joinGroup6, leaveGroup6 } from "../ipv6/mcast.ts";

const SNOOPERS4 = 0xe000006a;
const SNOOPERS4_MAC = 0x01005e00006a;
const SNOOPERS6 = `ff02${"0".repeat(26)}6a`;

/** Kinds of IGMPv3 record. */
const RECORD = { TO_INCLUDE: 3, TO_EXCLUDE: 4 } as const;

/** Joins the groups. */
export function joinSnoopers(dev: NetDevice): void {
  devMcAdd(dev, SNOOPERS4_MAC);
  report(dev, RECORD.TO_EXCLUDE);
  joinGroup6(dev, SNOOPERS6);
}

/** Leaves the groups; says so only while the bridge stays up. */
export function leaveSnoopers(dev: NetDevice, down: boolean): void {
  devMcDel(dev, SNOOPERS4_MAC);
  if (!down) report(dev, RECORD.TO_INCLUDE);
  leaveGroup6(dev, SNOOPERS6);
}

function report(dev: NetDevice, type: number): void {
  const { clock, random } = dev.net.kernel;
  clock.after(2 * JIFFY, () => {
    send(dev, type);
    const delay = Math.floor(random.fraction() * 250) + 2;
    clock.after(delay * JIFFY, () => send(dev, type));
  });
}

function send(dev: NetDevice, type: number): void {
  if (dev.ip4 === undefined || !dev.registered || (dev.flags & IFF.UP) === 0) return;
  const frame = reportFrame(dev, type);
  const cause = { text: `IGMP report of ${dev.name}: 224.0.0.106` };
  devQueueXmit(newSkb(dev.net.kernel, { frame, dev, cause }), dev);
}

/** An IPv4 packet with a router alert and one record without sources. */
function reportFrame(dev: NetDevice, type: number): Uint8Array {
  const packet = new Uint8Array(40);
  put16(packet, 0, 0x46c0);
  put16(packet, 2, packet.length);
  put16(packet, 6, 0x4000);
  put16(packet, 8, 0x0102);
  put32(packet, 12, dev.ip4?.addresses[0]?.local ?? 0);
  put32(packet, 16, 0xe0000016);
  put32(packet, 20, 0x94040000);
  put16(packet, 10, checksumOf(sum16(packet, 0, 24)));
  packet[24] = 0x22;
  put16(packet, 30, 1);
  packet[32] = type;
  put32(packet, 36, SNOOPERS4);
  put16(packet, 26, checksumOf(sum16(packet, 24, 40)));
  return ethernetFrame(
    { destination: 0x01005e000016, source: dev.mac, type: ETHERTYPE.IP },
    packet,
  );
}
