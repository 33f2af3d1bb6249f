// Spanning tree BPDUs (print-stp.c): configurations, rapid ones, topology changes.
// Not simulated: multiple spanning trees and shortest path bridging beyond their names.

import {
  bitNames,
  has,
  hex,
  type Printer,
  put,
  putCut,
  putInvalid,
  u8,
  u16,
  u32,
} from "./printer.ts";

const VERSIONS: Readonly<Record<number, string>> = {
  0: "802.1d",
  2: "802.1w",
  3: "802.1s",
  4: "802.1aq",
};

const FLAGS = [
  [0x01, "Topology change"],
  [0x02, "Proposal"],
  [0x10, "Learn"],
  [0x20, "Forward"],
  [0x40, "Agreement"],
  [0x80, "Topology change ACK"],
] as const;

const ROLES = ["Unknown", "Alternate", "Root", "Designated"];

const CONFIG = 0;
const RAPID = 2;
const TOPOLOGY_CHANGE = 0x80;

/** Prints the BPDU at `at`. */
export function printStp(printer: Printer, at: number, length: number): void {
  printer.protocol = "stp";
  if (length < 4) {
    putInvalid(printer);
    return;
  }
  const protocol = u16(printer, at);
  if (protocol !== 0) {
    put(printer, `unknown STP version, length ${length}`);
    return;
  }
  const version = u8(printer, at + 2);
  const name = VERSIONS[version];
  if (name === undefined) {
    put(printer, `STP Unknown STP protocol (0x${hex(version, 2)})`);
    return;
  }
  put(printer, `STP ${name}`);
  const type = u8(printer, at + 3);
  if (type === TOPOLOGY_CHANGE) put(printer, ", Topology Change");
  else if (type === CONFIG || type === RAPID) {
    put(printer, type === CONFIG ? ", Config" : ", Rapid STP");
    if (length < (type === CONFIG ? 35 : 36)) putInvalid(printer);
    else putConfig(printer, at, length, type);
  } else put(printer, `, Unknown BPDU Type (0x${hex(type, 2)})`);
}

function putConfig(printer: Printer, at: number, length: number, type: number): void {
  const flags = u8(printer, at + 4);
  put(printer, `, Flags [${bitNames(FLAGS, flags, "none")}]`);
  put(
    printer,
    `, bridge-id ${bridgeText(printer, at + 17)}.${hex(u16(printer, at + 25), 4)}, length ${length}`,
  );
  if (printer.options.verbose === 0) return;
  if (!has(printer, at + 35)) {
    putCut(printer);
    return;
  }
  const seconds = (place: number) => `${(u16(printer, at + place) / 256).toFixed(2)}s`;
  put(
    printer,
    `\n\tmessage-age ${seconds(27)}, max-age ${seconds(29)}, hello-time ${seconds(31)}, ` +
      `forwarding-delay ${seconds(33)}` +
      `\n\troot-id ${bridgeText(printer, at + 5)}, root-pathcost ${u32(printer, at + 13)}`,
  );
  if (type === RAPID) put(printer, `, port-role ${ROLES[(flags >> 2) & 3]}`);
}

/** "8000.02:00:00:00:00:01". */
function bridgeText(printer: Printer, at: number): string {
  const mac = [2, 3, 4, 5, 6, 7].map((place) => hex(u8(printer, at + place), 2)).join(":");
  return `${hex(u16(printer, at), 4)}.${mac}`;
}
