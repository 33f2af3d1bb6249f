// How `arp` of net-tools 2.10 prints entries: a table, or a sentence each in BSD's style.
// Not here: which entries, and what their hosts are called (arp.ts).

import { dumpNeigh } from "../net/core/neighAdmin.ts";
import { isValid } from "../net/core/neighNotify.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { ip4Text, macText } from "../wire/address.ts";

/** The table of -e, or the sentences of -a. */
export type ArpStyle = "linux" | "bsd";

/** One entry as /proc/net/arp has it. */
export type ArpRow = {
  readonly address: number;
  readonly mac: number | undefined;
  readonly permanent: boolean;
  readonly proxy: boolean;
  readonly device: string;
};

/** All entries of a namespace, those that need no resolution left out, then proxied addresses. */
export function arpRows(net: Net): ArpRow[] {
  const { neighbours, proxies } = dumpNeigh(net, "inet");
  const rows: ArpRow[] = neighbours
    .filter(({ state }) => state !== "NOARP" && state !== "NONE")
    .map((record) => ({
      address: Number(record.key),
      mac: isValid(record.state) ? record.hardwareAddress : undefined,
      permanent: record.state === "PERMANENT",
      proxy: false,
      device: record.dev?.name ?? "*",
    }));
  for (const { key, dev } of proxies) {
    rows.push({
      address: Number(key),
      mac: undefined,
      permanent: true,
      proxy: true,
      device: dev?.name ?? "*",
    });
  }
  return rows;
}

const HEAD = "Address                  HWtype  HWaddress           Flags Mask            Iface\n";

/** The lines of entries; the table's head only if there are any. */
export function arpText(
  rows: readonly ArpRow[],
  style: ArpStyle,
  names: ReadonlyMap<number, string>,
): string {
  if (style === "bsd") return rows.map((row) => sentence(row, names.get(row.address))).join("");
  const lines = rows.map((row) => line(row, names.get(row.address)));
  return rows.length === 0 ? "" : HEAD + lines.join("");
}

function line(row: ArpRow, host: string | undefined): string {
  const { mac, permanent, proxy } = row;
  let hardware = "        (incomplete)";
  if (mac !== undefined) hardware = `ether   ${macText(mac)}`;
  else if (proxy) hardware = "*       <from_interface>";
  const flags = `${mac === undefined ? "" : "C"}${permanent ? "M" : ""}${proxy ? "P" : ""}`;
  const name = (host ?? ip4Text(row.address)).slice(0, 23).padEnd(25);
  return `${name}${hardware.padEnd(28)}${flags.padEnd(22)}${row.device}\n`;
}

function sentence(row: ArpRow, host: string | undefined): string {
  const { mac, permanent, proxy } = row;
  let hardware = proxy ? "<from_interface>" : "<incomplete>";
  if (mac !== undefined) hardware = `${macText(mac)} [ether]`;
  const flags = `${permanent ? "PERM " : ""}${proxy ? "PUB " : ""}`;
  return `${host ?? "?"} (${ip4Text(row.address)}) at ${hardware} ${flags}on ${row.device}\n`;
}
