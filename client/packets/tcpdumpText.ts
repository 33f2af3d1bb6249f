// Frames in tcpdump's words, and filters in tcpdump's language: the simulator's own tcpdump, which
// prints what the real one was recorded to print.

import { compileFilter } from "../../simulator/commands/tcpdump/filter/compileFilter.ts";
import { createPacketPrinter } from "../../simulator/commands/tcpdump/print/packet.ts";
import type { PrintOptions } from "../../simulator/commands/tcpdump/print/printer.ts";
import type { Captured } from "./captured.ts";
import { payloadOf } from "./headers.ts";

const PLAIN: PrintOptions = {
  ...{ verbose: 0, ether: true, numeric: true, quick: 0, hex: 0, hexAscii: 0, ascii: 0 },
  // Without the time, which stands in a column of its own.
  ...{ absolute: true, noChecksums: false, numbered: false, stamp: 1, nano: false },
};

const LOOKS: Readonly<Record<"plain" | "macs" | "detailed", PrintOptions>> = {
  plain: { ...PLAIN, ether: false },
  macs: PLAIN,
  detailed: { ...PLAIN, verbose: 3, hexAscii: 2 },
};

/** Prints frames as `tcpdump -n -t` does, with MACs as with -e, or with all details as with -e -vvv -XX. */
export function framePrinter(look: keyof typeof LOOKS = "macs"): (frame: Captured) => string {
  const options = LOOKS[look];
  const names = { numeric: true, hosts: new Map(), wanted: new Set<number>(), ports: new Map() };
  const printer = createPacketPrinter(options, "EN10MB", names);
  return ({ bytes, time }) => {
    const seconds = Math.floor(time / 1e6);
    const moment = { seconds, nanoseconds: (time - seconds * 1e6) * 1000 };
    return printer.print({ bytes, length: bytes.length, time: moment }, 1).trimEnd();
  };
}

/** Which frames a filter of tcpdump lets through, or a sentence that says what is wrong with it. */
export function frameFilter(text: string): ((frame: Captured) => boolean) | string {
  const target = { link: "EN10MB", live: false, netmask: 0 } as const;
  const compiled = compileFilter(text, target, {
    ...{ hosts: new Map(), networks: new Map(), services: new Map() },
  });
  if ("error" in compiled) return `tcpdump does not know this filter: ${compiled.error}.`;
  if ("notSimulated" in compiled) return `${compiled.notSimulated} is not simulated.`;
  if ("wanted" in compiled) return `Write the address of ${compiled.wanted} instead of its name.`;
  const { accept } = compiled;
  return ({ bytes, out }) =>
    accept({ bytes, length: bytes.length, out, tag: -1, ifindex: Number.NaN });
}

/** Whether a frame carries IPv6, with or without VLAN tags. */
export function isIp6({ bytes }: Captured): boolean {
  return payloadOf(bytes).type === 0x86dd;
}
