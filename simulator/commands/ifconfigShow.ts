// What `ifconfig` of net-tools 2.10 shows: devices and their aliases (addresses with a label such as
// v0:1), long or as the table of -s.
// Policy: names are sorted as net-tools sorts them, by what stands before the number, then by number.
// Not simulated: hardware other than Ethernet and loopback, interrupts and memory.

import { isRunning } from "../net/core/devChange.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { Ifaddr4 } from "../net/ipv4/inDevice.ts";
import { ip4Text, ip6Text, macText, mask4 } from "../wire/address.ts";

/** A name that ifconfig lists: a device, or an alias of one. */
export type Interface = {
  readonly name: string;
  readonly dev: NetDevice;
  readonly alias: boolean;
};

/** All of a namespace in ifconfig's order. */
export function interfacesOf(net: Net): Interface[] {
  const found = new Map<string, Interface>();
  for (const dev of net.devices.values()) {
    found.set(dev.name, { name: dev.name, dev, alias: false });
    for (const { label } of dev.ip4?.addresses ?? []) {
      if (!found.has(label) && !net.byName.has(label)) {
        const base = net.byName.get(label.split(":")[0] ?? "");
        if (base !== undefined) found.set(label, { name: label, dev: base, alias: true });
      }
    }
  }
  return [...found.values()].sort((a, b) => compareNames(a.name, b.name));
}

/** The interface of a name; an alias need not have an address. */
export function interfaceOf(net: Net, name: string): Interface | undefined {
  const dev = net.byName.get(name.split(":")[0] ?? "");
  return dev === undefined ? undefined : { name, dev, alias: name.includes(":") };
}

type NameKey = { readonly stem: string; readonly number: number; readonly alias: number };

function keyOf(name: string): NameKey {
  const alias = /^(.*):([0-9]+)$/.exec(name);
  const device = alias?.[1] ?? name;
  const numbered = /^(.*?)([0-9]+)$/.exec(device);
  return {
    stem: numbered?.[1] ?? device,
    number: numbered === null ? -1 : Number(numbered[2]),
    alias: alias === null ? -1 : Number(alias[2]),
  };
}

function compareNames(a: string, b: string): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  if (left.stem !== right.stem) return left.stem < right.stem ? -1 : 1;
  return left.number - right.number || left.alias - right.alias || (a < b ? -1 : 1);
}

/** True while the device is set up. */
export function isUp({ dev }: Interface): boolean {
  return (dev.flags & IFF.UP) !== 0;
}

/** The address of a name: the first with its label. */
export function addressOf({ dev, name }: Interface): Ifaddr4 | undefined {
  return dev.ip4?.addresses.find(({ label }) => label === name);
}

const RUNNING = 0x40;
const NOTRAILERS = 0x20;

/** Flags in the order of their bits, with the letters of -s. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [IFF.UP, "UP"],
  [IFF.BROADCAST, "BROADCAST"],
  [IFF.LOOPBACK, "LOOPBACK"],
  [IFF.POINTOPOINT, "POINTOPOINT"],
  [NOTRAILERS, "NOTRAILERS"],
  [RUNNING, "RUNNING"],
  [IFF.NOARP, "NOARP"],
  [IFF.PROMISC, "PROMISC"],
  [IFF.ALLMULTI, "ALLMULTI"],
  [IFF.MULTICAST, "MULTICAST"],
  [IFF.DYNAMIC, "DYNAMIC"],
];

const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [IFF.ALLMULTI, "A"],
  [IFF.BROADCAST, "B"],
  [IFF.LOOPBACK, "L"],
  [IFF.MULTICAST, "M"],
  [IFF.DYNAMIC, "d"],
  [IFF.PROMISC, "P"],
  [NOTRAILERS, "N"],
  [IFF.NOARP, "O"],
  [IFF.POINTOPOINT, "P"],
  [RUNNING, "R"],
  [IFF.UP, "U"],
];

function flagsOf(dev: NetDevice): number {
  return dev.flags | (isRunning(dev) ? RUNNING : 0);
}

/** The paragraph of an interface, with the empty line behind it. */
export function longText(one: Interface): string {
  const { dev } = one;
  const flags = flagsOf(dev);
  const names = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  // The system call has 16 bits with a sign for the flags.
  const number = (flags << 16) >> 16;
  const lines = [`${one.name}: flags=${number}<${names.join(",")}>  mtu ${dev.mtu}`];
  lines.push(...inetLines(one, flags), ...(one.alias ? [] : inet6Lines(dev)));
  const queue = `txqueuelen ${dev.txqlen}`;
  lines.push(
    dev.driver.type === "loopback"
      ? `        loop  ${queue}  (Local Loopback)`
      : `        ether ${macText(dev.mac)}  ${queue}  (Ethernet)`,
  );
  if (!one.alias) lines.push(...statisticsLines(dev));
  return `${lines.join("\n")}\n\n`;
}

function inetLines(one: Interface, flags: number): string[] {
  const address = addressOf(one);
  if (address === undefined) return [];
  let line = `        inet ${ip4Text(address.local)}  netmask ${ip4Text(mask4(address.prefixLength))}`;
  if ((flags & IFF.BROADCAST) !== 0) line += `  broadcast ${ip4Text(address.broadcast ?? 0)}`;
  if ((flags & IFF.POINTOPOINT) !== 0) line += `  destination ${ip4Text(address.peer)}`;
  return [line];
}

/** Scopes as /proc/net/if_inet6 has them. */
const SCOPES: Readonly<Record<number, string>> = {
  0: "0x0<global>",
  253: "0x20<link>",
  254: "0x10<host>",
  200: "0x40<site>",
};

/** The oldest first, as the kernel's table mostly has them. */
function inet6Lines(dev: NetDevice): string[] {
  return [...(dev.ip6?.addresses ?? [])]
    .reverse()
    .map(
      ({ local, prefixLength, scope }) =>
        `        inet6 ${ip6Text(local)}  prefixlen ${prefixLength}  scopeid ${SCOPES[scope] ?? "0x0<global>"}`,
    );
}

function statisticsLines({ stats }: NetDevice): string[] {
  const { rxPackets, rxBytes, rxErrors, rxDropped, txPackets, txBytes, txErrors, txDropped } =
    stats;
  return [
    `        RX packets ${rxPackets}  bytes ${rxBytes} (${sizeText(rxBytes)})`,
    `        RX errors ${rxErrors}  dropped ${rxDropped}  overruns 0  frame 0`,
    `        TX packets ${txPackets}  bytes ${txBytes} (${sizeText(txBytes)})`,
    `        TX errors ${txErrors}  dropped ${txDropped} overruns 0  carrier 0  collisions 0`,
  ];
}

/** Bytes with one decimal, cut off: "1.2 KiB". */
function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let scale = 1;
  while (unit < units.length - 1 && bytes > scale * 1024) {
    scale *= 1024;
    unit += 1;
  }
  return `${(Math.floor((bytes * 10) / scale) / 10).toFixed(1)} ${units[unit]}`;
}

/** The head of the table of -s. */
export const SHORT_HEAD =
  "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";

/** One line of it. */
export function shortText(one: Interface): string {
  const { dev } = one;
  const flags = flagsOf(dev);
  const letters = LETTERS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, letter]) => letter)
    .join("");
  const { rxPackets, rxErrors, rxDropped, txPackets, txErrors, txDropped } = dev.stats;
  const cell = (value: number, width: number) => String(value).padStart(width);
  const numbers = one.alias
    ? "     - no statistics available -                       "
    : [
        cell(rxPackets, 8),
        cell(rxErrors, 6),
        cell(rxDropped, 6),
        "0".padEnd(6),
        cell(txPackets, 8),
        cell(txErrors, 6),
        cell(txDropped, 6),
        cell(0, 6),
      ].join(" ");
  const name = one.name.slice(0, 15).padEnd(15);
  return `${name} ${cell(dev.mtu, 5)} ${numbers} ${letters}\n`;
}
