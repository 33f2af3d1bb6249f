// `arp` (arp(8), net-tools 2.10): shows the ARP cache as a table or in BSD's style, adds and deletes
// entries and proxied addresses as the ioctls of linux/net/ipv4/arp.c do.
// Not simulated: names of hosts; kinds of hardware other than Ethernet.

import { errnoText } from "../net/core/errno.ts";
import { print, readAll, warn } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { ip4Text, macText } from "../wire/address.ts";
import { type ArpRequest, deleteArp, setArp } from "./arpRequests.ts";
import { type ArpRow, type ArpStyle, arpRows, arpText } from "./arpText.ts";
import { getopt } from "./getopt.ts";
import { looseMac, parseHost, unknownHostText } from "./hostWords.ts";
import { addressOfName, nameOfAddress } from "./resolver.ts";

/** What the options said. */
type Options = {
  style: ArpStyle;
  verbose: boolean;
  numeric: boolean;
  device: string | undefined;
  useDevice: boolean;
  action: "show" | "set" | "delete" | "file";
  hardware: string | undefined;
};

const LONG = {
  all: "a",
  delete: "d",
  device: "i:",
  file: "f",
  numeric: "n",
  set: "s",
  protocol: "A:",
  "hw-type": "H:",
  "use-device": "D",
  symbolic: "N",
  verbose: "v",
  version: "V",
  help: "h",
};

/** Families and hardware that net-tools knows and the kernel's ARP does not have here. */
const FAMILIES = new Set("unix inet inet6 ax25 netrom rose ipx ddp ec ash x25".split(" "));
const HARDWARE = new Set(
  "ash ether ax25 netrom rose arcnet dlci fddi hippi irda x25 eui64".split(" "),
);

/** The program `arp`. */
export const arp: Program = function* (self) {
  const given = getopt(self.argv, { short: "A:H:adfp:nsei:t:vh?DNV", long: LONG });
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return yield* usage(self, 3);
  }
  const options: Options = {
    style: "linux",
    verbose: false,
    numeric: false,
    device: undefined,
    useDevice: false,
    action: "show",
    hardware: undefined,
  };
  for (const { name, value = "" } of given.options) {
    const end = yield* readOption(self, options, { name, value });
    if (end !== undefined) return end;
  }
  const { operands } = given;
  if (options.action === "delete") return yield* remove(self, options, operands);
  if (options.action === "set") return yield* set(self, options, operands);
  if (options.action === "file") return yield* setFromFile(self, options, operands[0]);
  return yield* show(self, options, operands[0]);
};

function* readOption(
  self: Process,
  options: Options,
  { name, value }: { name: string; value: string },
): Steps<number | undefined> {
  if (name === "a") options.style = "bsd";
  else if (name === "e") options.style = "linux";
  else if (name === "v") options.verbose = true;
  else if (name === "n") options.numeric = true;
  else if (name === "i") options.device = value;
  else if (name === "D") options.useDevice = true;
  else if (name === "d") options.action = "delete";
  else if (name === "s") options.action = "set";
  else if (name === "f") options.action = "file";
  else if (name === "A" || name === "p") {
    if (value === "inet") return undefined;
    const text = FAMILIES.has(value) ? "kernel only supports 'inet'" : "unknown address family";
    return yield* refuse(self, `${value}: ${text}.`);
  } else if (name === "H" || name === "t") {
    if (!HARDWARE.has(value)) return yield* refuse(self, `${value}: unknown hardware type.`);
    options.hardware = value;
  } else if (name === "V") {
    const { ARP_VERSION } = yield* self.machine.scheduler.fetch(import("./netToolsUsage.ts"));
    yield* print(self, ARP_VERSION);
    return 0;
  } else if (name === "h" || name === "?") return yield* usage(self, 0);
  return undefined;
}

function* refuse(self: Process, text: string): Execution {
  yield* warn(self, `arp: ${text}\n`);
  return 255;
}

function* usage(self: Process, status: number): Execution {
  const texts = yield* self.machine.scheduler.fetch(import("./netToolsUsage.ts"));
  return yield* texts.printUsage(self, texts.ARP_USAGE, status);
}

function* hostAddress(self: Process, host: string): Steps<number | undefined> {
  return parseHost(host) ?? (yield* addressOfName(self, host));
}

/** Lines of /proc/net/arp in one read of 1024 bytes; the first one is the heading. */
const READ_LINES = 13;

function* show(self: Process, options: Options, host: string | undefined): Execution {
  const address = host === undefined ? undefined : yield* hostAddress(self, host);
  if (host !== undefined && address === undefined) {
    yield* warn(self, unknownHostText(host));
    return 255;
  }
  const { device, style, hardware } = options;
  const isWanted = (row: ArpRow) =>
    (address === undefined || row.address === address) &&
    (device === undefined || row.device === device) &&
    (hardware === undefined || (hardware === "ether" && !row.proxy));
  const names = new Map<number, string>();
  const rows: ArpRow[] = [];
  // The file is read a piece at a time, by places in a table that goes on changing: to ask a name
  // server may need a neighbour, and then an entry that has moved is read again.
  for (let lines = READ_LINES - 1; ; lines = READ_LINES) {
    const piece = arpRows(self.net).slice(rows.length, rows.length + lines);
    if (piece.length === 0) break;
    rows.push(...piece);
    for (const row of options.numeric ? [] : piece.filter(isWanted)) {
      const name = names.has(row.address) ? undefined : yield* nameOfAddress(self, row.address);
      if (name !== undefined) names.set(row.address, name);
    }
  }
  const shown = rows.filter(isWanted);
  let text = arpText(shown, style, names);
  if (options.verbose) {
    const counts = [rows.length, rows.length - shown.length, shown.length];
    text += `Entries: ${counts[0]}\tSkipped: ${counts[1]}\tFound: ${counts[2]}\n`;
  }
  if (shown.length === 0) {
    if (host !== undefined && style === "linux") {
      text += `${host} (${ip4Text(address ?? 0)}) -- no entry\n`;
    } else if (host !== undefined || device !== undefined || hardware !== undefined) {
      text += `arp: in ${rows.length} entries no match found.\n`;
    }
  }
  yield* print(self, text);
  return 0;
}

function* remove(self: Process, options: Options, operands: readonly string[]): Execution {
  const [host, ...words] = operands;
  if (host === undefined) return yield* refuse(self, "need host name");
  const address = yield* hostAddress(self, host);
  if (address === undefined) {
    yield* warn(self, unknownHostText(host));
    return 255;
  }
  const request = readWords(options, address, words);
  if (request === undefined) return yield* usage(self, 3);
  if (options.verbose) yield* warn(self, "arp: SIOCDARP(dontpub)\n");
  const refusal = deleteArp(self.net, request);
  if (refusal === undefined) return 0;
  const text =
    refusal.errno === "ENXIO"
      ? `No ARP entry for ${host}\n`
      : `SIOCDARP(dontpub): ${errnoText(refusal.errno)}\n`;
  yield* warn(self, text);
  return 255;
}

/** The words behind an address; undefined when one is not known. */
function readWords(
  options: Options,
  address: number,
  words: readonly string[],
): ArpRequest | undefined {
  let request: ArpRequest = {
    address,
    mac: 0,
    permanent: true,
    published: false,
    device: options.device,
    invalid: false,
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "temp") request = { ...request, permanent: false };
    else if (word === "pub") request = { ...request, published: true };
    else if (word === "priv") request = { ...request, published: false };
    else if (word === "dontpub") request = { ...request, invalid: true };
    else if (word === "dev" || word === "netmask") {
      at += 1;
      const value = words[at];
      if (value === undefined) return undefined;
      if (word === "dev") request = { ...request, device: value };
      // A mask is only good for a published host.
      else request = { ...request, invalid: parseHost(value) !== 0xffffffff };
    } else if (word !== "trail" && word !== "auto") return undefined;
  }
  return request;
}

function* set(self: Process, options: Options, operands: readonly string[]): Execution {
  const [host, hardware, ...words] = operands;
  if (host === undefined) return yield* refuse(self, "need host name");
  const address = yield* hostAddress(self, host);
  if (address === undefined) {
    yield* warn(self, unknownHostText(host));
    return 255;
  }
  if (hardware === undefined) return yield* refuse(self, "need hardware address");
  const own = options.useDevice ? self.net.byName.get(hardware)?.mac : undefined;
  if (options.useDevice && own === undefined) {
    return yield* refuse(self, `cant get HW-Address for \`${hardware}': No such device.`);
  }
  const mac = own ?? looseMac(hardware);
  if (mac === undefined) return yield* refuse(self, "invalid hardware address");
  if (options.useDevice && options.verbose) {
    const text = `arp: device \`${hardware}' has HW address ether \`${macText(mac)}'.\n`;
    yield* warn(self, text);
  }
  const request = readWords(options, address, words);
  if (request === undefined) return yield* usage(self, 3);
  if (options.verbose) yield* warn(self, "arp: SIOCSARP()\n");
  const refusal = setArp(self.net, { ...request, mac });
  if (refusal === undefined) return 0;
  yield* warn(self, `SIOCSARP: ${errnoText(refusal.errno)}\n`);
  return 255;
}

function* setFromFile(self: Process, options: Options, name = "/etc/ethers"): Execution {
  const file = self.machine.files.open(self, name, { read: true });
  if ("errno" in file) return yield* refuse(self, `cannot open etherfile ${name} !`);
  let descriptor = 3;
  while (self.files.has(descriptor)) descriptor += 1;
  self.files.set(descriptor, file);
  const lines = (yield* readAll(self, descriptor)).split("\n");
  let status = 0;
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    if (options.verbose) yield* warn(self, `>> ${line}\n`);
    const words = line.replace(/#.*$/, "").trim().split(/\s+/);
    if (words[0] === "") continue;
    if (words.length < 2) {
      yield* warn(self, `arp: format error on line ${index + 1} of etherfile ${name} !\n`);
      continue;
    }
    const code = yield* set(self, options, words);
    if (code !== 0) status = 1;
  }
  return status;
}
