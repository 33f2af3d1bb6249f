// Networks for tests of IPv4: hosts on bridges or chains of routers, quiet (no IPv6), with fixed MACs,
// and what a test wants to look at: frames by device, neighbours, replies to a ping.

import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { ip4Text, macText, parseIp4 } from "../../wire/address.ts";
import { parseArp } from "../../wire/arp.ts";
import { icmpBytes } from "../../wire/icmp.ts";
import { parseIpv4 } from "../../wire/ipv4.ts";
import { bootKernel } from "../bootKernel.ts";
import type { Kernel } from "../core/kernel.ts";
import { dumpNeigh } from "../core/neighAdmin.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { createNet } from "../core/netLifecycle.ts";
import type { Net } from "../core/netNamespace.ts";
import { newLink, setLink } from "../core/rtnetlink.ts";
import { writeSysctl } from "../core/sysctl.ts";
import { type CapturedFrame, openPacketSocket } from "../packet/afPacket.ts";
import { addAddress } from "./devinet.ts";
import { nextError, type QueuedError, type RawSocket, type SocketOptions } from "./inetSocket.ts";
import { openIcmpSocket } from "./raw.ts";

const SECOND = 1e6;

/** A kernel that started at a fixed moment. */
export function startKernel(seed = 1): Kernel {
  return bootKernel({ clock: createClock(1_700_000_000e6), random: createRandom(seed) });
}

/** A namespace without IPv6 noise. */
export function quietNet(kernel: Kernel): Net {
  const net = createNet(kernel);
  for (const name of ["all", "default"]) set(net, `net/ipv6/conf/${name}/disable_ipv6`, 1);
  return net;
}

/** Writes a setting; refusals fail the test. */
export function set(net: Net, path: string, value: number): void {
  const refusal = writeSysctl(net, path, String(value));
  if (refusal !== undefined) throw new Error(`${path}: ${refusal.errno}`);
}

/** The address of a text. */
export function ip(text: string): number {
  const address = parseIp4(text);
  if (address === undefined) throw new Error(text);
  return address;
}

/** A device by name. */
export function device(net: Net, name: string): NetDevice {
  const dev = net.byName.get(name);
  if (dev === undefined) throw new Error(`no device ${name}`);
  return dev;
}

/** A veth between two namespaces, both ends up. */
export function connect(
  a: { net: Net; name: string; mac?: number; address?: string },
  b: { net: Net; name: string; mac?: number; address?: string },
): void {
  const end = ({ net, name, mac }: typeof a) => ({
    netns: net,
    name,
    ...(mac === undefined ? {} : { address: mac }),
  });
  must(newLink(a.net.kernel.initNet, { kind: "veth", ...end(a), peer: end(b) }));
  for (const { net, name, address } of [a, b]) {
    if (address !== undefined) {
      const [local = "", length = "24"] = address.split("/");
      must(addAddress(device(net, name), { local: ip(local), prefixLength: Number(length) }));
    }
    must(setLink(device(net, name), { up: true }));
  }
}

function must(refusal: { errno: string; message?: string } | undefined): void {
  if (refusal !== undefined) throw new Error(`${refusal.errno} ${refusal.message ?? ""}`);
}

/** Sets lo up. */
export function loopbackUp(net: Net): void {
  must(setLink(device(net, "lo"), { up: true }));
}

/** Lets the machine run for some seconds. */
export function run(kernel: Kernel, seconds: number): void {
  const end = kernel.clock.now + seconds * SECOND;
  for (;;) {
    const due = kernel.clock.nextDue();
    if (due === undefined || due > end) break;
    kernel.clock.runNext();
  }
  kernel.clock.advanceTo(end);
}

/** What a ping saw. */
export type PingResult = { replies: string[]; errors: string[]; refused: string | undefined };

/** Sends `count` pings a second apart, waits `wait` seconds and tells what came back. */
export function ping(
  net: Net,
  destination: string,
  how: { count?: number; wait?: number; options?: SocketOptions; size?: number } = {},
): PingResult {
  const { count = 1, wait = 4, size = 56 } = how;
  const socket: RawSocket = openIcmpSocket(net, { receiveErrors: true, ...how.options });
  const result: PingResult = { replies: [], errors: [], refused: undefined };
  const to = ip(destination);
  const errors: QueuedError[] = [];
  const collect = () => {
    for (let one = nextError(socket); one !== undefined; one = nextError(socket)) errors.push(one);
  };
  for (let sequence = 1; sequence <= count; sequence++) {
    const rest = (7 << 16) | sequence;
    const payload = new Uint8Array(size);
    result.refused ??= socket.send(icmpBytes({ type: 8, code: 0, rest, payload }), to);
    if (sequence < count) run(net.kernel, 1);
    collect();
  }
  run(net.kernel, wait);
  collect();
  for (const { source, ttl, payload } of socket.received) {
    if (payload[20] === 0 && payload[25] === 7) {
      result.replies.push(`${ip4Text(source)} ttl=${ttl} seq=${payload[27]}`);
    }
  }
  for (const { type, code, offender, original, errno } of errors) {
    result.errors.push(`${ip4Text(offender)} ${type}/${code} seq=${original[7]} ${errno}`);
  }
  socket.close();
  return result;
}

/** Records frames of a device as lines. */
export function record(net: Net, name: string): { lines(): string[]; stop(): void } {
  const socket = openPacketSocket(net, { device: device(net, name) });
  return {
    lines: () => socket.queue.splice(0).map(lineOf),
    stop: () => socket.close(),
  };
}

/** One frame in short: "arp who-has A tell B", "icmp 8 A > B ttl 64". */
export function lineOf({ frame }: CapturedFrame): string {
  const arp = frame[12] === 8 && frame[13] === 6 ? parseArp(frame, 14) : undefined;
  if (arp !== undefined) {
    if (arp.operation === 1) {
      const to = (frame[0] ?? 0) & 1 ? "" : " unicast";
      return `who-has ${ip4Text(arp.targetIp)} tell ${ip4Text(arp.senderIp)}${to}`;
    }
    return `${ip4Text(arp.senderIp)} is-at ${macText(arp.senderMac)}`;
  }
  const header = parseIpv4(frame, 14);
  if (header === undefined) return `frame of ${frame.length}`;
  const ends = `${ip4Text(header.source)} > ${ip4Text(header.destination)}`;
  const inner = 14 + header.headerLength;
  if (header.protocol === 1) return `icmp ${frame[inner]} ${ends} ttl ${header.ttl}`;
  return `proto ${header.protocol} ${ends} length ${header.totalLength}`;
}

/** The ARP cache as `ip neigh` shows it, without NOARP and NONE, sorted. */
export function cache(net: Net): string[] {
  return dumpNeigh(net, "inet")
    .neighbours.filter(({ state }) => state !== "NOARP" && state !== "NONE")
    .map(({ key, dev, mac, state }) => {
      const address = mac === undefined ? "" : ` ${macText(mac)}`;
      return `${ip4Text(Number(key))} ${dev?.name}${address} ${state}`;
    })
    .sort();
}

/** The course's two segments: S1 with .1 and .11, S2 with .2 and .22, netnsR with .100 and .200. */
export function twoSegments(kernel: Kernel) {
  const net = () => quietNet(kernel);
  const lab = { n11: net(), n12: net(), n21: net(), n22: net(), r: net(), b1: net(), b2: net() };
  for (const one of Object.values(lab)) loopbackUp(one);
  for (const [bridgeNet, name] of [
    [lab.b1, "brB1"],
    [lab.b2, "brB2"],
  ] as const) {
    must(newLink(bridgeNet, { kind: "bridge", name, up: true }));
  }
  const plugs = [
    [lab.n11, "veth11", 0x01, "192.168.5.1"],
    [lab.n12, "veth12", 0x11, "192.168.5.11"],
    [lab.n21, "veth21", 0x02, "192.168.5.2"],
    [lab.n22, "veth22", 0x22, "192.168.5.22"],
    [lab.r, "veth1R", 0x100, "192.168.5.100"],
    [lab.r, "veth2R", 0x200, "192.168.5.200"],
  ] as const;
  for (const [net, name, low, address] of plugs) {
    const [bridgeNet, bridge] = /^veth1/.test(name) ? [lab.b1, "brB1"] : [lab.b2, "brB2"];
    const mac = 0x020005000000 + low;
    connect({ net, name, mac, address }, { net: bridgeNet, name: `${name}B` });
    must(setLink(device(bridgeNet, `${name}B`), { master: device(bridgeNet, bridge) }));
  }
  run(kernel, 1);
  return lab;
}
