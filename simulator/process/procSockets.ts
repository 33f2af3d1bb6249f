// /proc/net/tcp, udp, raw and their kin: a line for each socket of a namespace (net/ipv4/tcp_ipv4.c,
// udp.c, raw.c, proc(5)). Where a kernel address stands they show zeros, as with kptr_restrict.
// Not simulated: inodes and queues of sockets, timers of TCP, sockets of IPv6 and of AF_UNIX.

import type { Net } from "../net/core/netNamespace.ts";
import type { TcpState } from "../net/ipv4/inetSocket.ts";
import { type ComputedFile, computed, type FileNode } from "./fileNodes.ts";

const STATES: readonly TcpState[] = [
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSED",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
];

const HEAD =
  "sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const HEAD6 =
  "  sl  local_address                         remote_address                        " +
  "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const MORE = " ref pointer drops";

/** The files of /proc/net that list sockets. */
export function socketFiles(net: Net): Record<string, FileNode> {
  const text = (head: string, width: number, rows: () => string[]): ComputedFile =>
    computed(() => [head, ...rows()].map((line) => `${line.padEnd(width)}\n`).join(""));
  const none = () => [];
  return {
    icmp: text(`  ${HEAD}${MORE}`, 127, none),
    icmp6: text(HEAD6 + MORE, 0, none),
    packet: text("sk               RefCnt Type Proto  Iface R Rmem   User   Inode", 0, none),
    raw: text(`  ${HEAD}${MORE}`, 0, () => rawRows(net)),
    raw6: text(HEAD6 + MORE, 0, none),
    tcp: text(`  ${HEAD}`, 149, () => tcpRows(net)),
    tcp6: text(HEAD6, 0, none),
    udp: text(`   ${HEAD}${MORE}`, 127, () => udpRows(net)),
    udp6: text(HEAD6 + MORE, 0, none),
    udplite: text(`   ${HEAD}${MORE}`, 127, none),
    udplite6: text(HEAD6 + MORE, 0, none),
    unix: text("Num       RefCount Protocol Flags    Type St Inode Path", 0, none),
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** An IPv4 address as the kernel prints it here: its bytes read as a little-endian number. */
export function rawAddress(address: number): string {
  const bytes = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return bytes.map((byte) => hex(byte, 2)).join("");
}

type End = readonly [address: number, port: number];

function row(slot: string, local: End, remote: End, state: number): string {
  const ends = [local, remote].map(([address, port]) => `${rawAddress(address)}:${hex(port, 4)}`);
  const queues = "00000000:00000000 00:00000000 00000000     0        0 0";
  return `${slot}: ${ends.join(" ")} ${hex(state, 2)} ${queues}`;
}

const POINTER = "0".repeat(16);

function tcpRows({ ip4 }: Net): string[] {
  const { inet } = ip4;
  if (inet === undefined) return [];
  const sockets = [...[...inet.tcpListeners.values()].flat(), ...inet.tcpConnections.values()];
  return sockets.map((socket, index) => {
    const { options, localPort, destination, destinationPort, state } = socket;
    const local: End = [options.source ?? 0, localPort];
    const remote: End = [destination, destinationPort];
    const line = row(String(index).padStart(4), local, remote, STATES.indexOf(state) + 1);
    const rest = state === "LISTEN" ? "100 0 0 10 0" : "21 0 0 10 -1";
    return `${line} 1 ${POINTER} ${rest}`;
  });
}

function udpRows({ ip4 }: Net): string[] {
  return [...(ip4.inet?.udp.values() ?? [])].flat().map((socket) => {
    const { options, localPort, destination, destinationPort } = socket;
    const local: End = [options.source ?? 0, localPort];
    const remote: End = [destination, destinationPort];
    const line = row(String(localPort & 255).padStart(5), local, remote, destination === 0 ? 7 : 1);
    return `${line} 2 ${POINTER} 0`;
  });
}

function rawRows({ ip4 }: Net): string[] {
  return [...(ip4.inet?.raw ?? [])].map(({ options, protocol, destination }) => {
    const local: End = [options.source ?? 0, protocol];
    return `${row(String(protocol).padStart(4), local, [destination, 0], destination === 0 ? 7 : 1)} 2 ${POINTER} 0`;
  });
}
