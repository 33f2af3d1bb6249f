// The tables of `ip -s link`: what was received and sent, in columns as wide as their numbers; with
// -s -s the errors in detail; with -h numbers such as 43.8k.
// Not simulated: errors that only hardware has; they are zero.

import type { DeviceStats, NetDevice } from "../../net/core/netDevice.ts";
import type { IpOptions } from "./options.ts";
import type { Output } from "./output.ts";

/** Least widths of the columns; a longer number widens its column in all lines. */
const WIDTHS = [10, 7, 6, 7, 7, 7, 10] as const;

const OTHERHOST_WIDTH = 9;

type Line = {
  readonly title: string;
  readonly heads: readonly string[];
  readonly values: readonly number[];
};

/** Prints the counters of a device, beginning with a line's end. */
export function printStatistics(out: Output, dev: NetDevice, options: IpOptions): void {
  if (out.json) printJson(out, dev.stats, options.stats > 1);
  else out.text(statisticsText(dev.stats, options));
}

function statisticsText(stats: DeviceStats, options: IpOptions): string {
  const lines = linesOf(stats, options.stats > 1);
  const widths = WIDTHS.map((least, column) =>
    Math.max(
      least,
      ...lines.map(({ title, values }) => {
        const shift = title.includes("errors") ? 1 : 0;
        return String(values[column - shift] ?? 0).length;
      }),
    ),
  );
  const end = options.lineEnd;
  return lines.map((line) => end + lineText(line, widths, options)).join("");
}

function linesOf(stats: DeviceStats, detailed: boolean): Line[] {
  const { rxBytes, rxPackets, rxErrors, rxDropped, multicast } = stats;
  const { txBytes, txPackets, txErrors, txDropped, carrierChanges } = stats;
  const received: Line = {
    title: "RX:",
    heads: ["bytes", "packets", "errors", "dropped", "missed", "mcast", ""],
    values: [rxBytes, rxPackets, rxErrors, rxDropped, 0, multicast],
  };
  const sent: Line = {
    title: "TX:",
    heads: ["bytes", "packets", "errors", "dropped", "carrier", "collsns", ""],
    values: [txBytes, txPackets, txErrors, txDropped, 0, 0],
  };
  if (!detailed) return [received, sent];
  const rare = rareCounts(stats);
  const receivedBadly: Line = {
    title: "RX errors:",
    heads: ["length", "crc", "frame", "fifo", "overrun", ...rare.map(([name]) => name)],
    values: [0, 0, 0, 0, 0, ...rare.map(([, count]) => count)],
  };
  const sentBadly: Line = {
    title: "TX errors:",
    heads: ["aborted", "fifo", "window", "heartbt", "transns"],
    values: [0, 0, 0, 0, carrierChanges],
  };
  return [received, receivedBadly, sent, sentBadly];
}

/** What is told only when it happened. */
function rareCounts({ rxNohandler, rxOtherhost }: DeviceStats): (readonly [string, number])[] {
  const counts = [["nohandler", rxNohandler] as const, ["otherhost", rxOtherhost] as const];
  return counts.filter(([, count]) => count > 0);
}

function lineText(line: Line, widths: readonly number[], options: IpOptions): string {
  const errors = line.title.includes("errors");
  const first = (widths[0] ?? 10) - line.title.length - 1;
  const heads = errors ? ["", ...line.heads] : line.heads;
  // A column of its own, after that of nohandler.
  const widthOf = (column: number) =>
    heads[column] === "otherhost" ? OTHERHOST_WIDTH : (widths[column] ?? 0);
  const head = heads
    .map((text, column) => text.padStart(column === 0 ? first + 1 : widthOf(column)))
    .join(" ");
  const values = errors ? ["", ...line.values] : line.values;
  const numbers = values
    .map((value, column) => {
      const text = typeof value === "number" ? numberText(value, options) : value;
      return `${text.padStart(widthOf(column))} `;
    })
    .join("");
  return `    ${line.title}${head}${options.lineEnd}    ${numbers}`;
}

/** A number, with -h shortened to three digits and a letter. */
function numberText(value: number, options: Pick<IpOptions, "human" | "iec">): string {
  const base = options.iec ? 1024 : 1000;
  if (!options.human || value < base) return String(value);
  let unit = base;
  let letter = 0;
  while (value >= unit * base && letter < 5) {
    unit *= base;
    letter += 1;
  }
  const scaled = value / unit;
  const digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return `${scaled.toFixed(digits)}${"kMGTPE"[letter]}${options.iec ? "i" : ""}`;
}

function printJson(out: Output, stats: DeviceStats, detailed: boolean): void {
  const table = (key: string, entries: readonly (readonly [string, number])[]) => {
    out.openObject(key);
    for (const [name, value] of entries) out.property(name, value);
    out.closeObject();
  };
  const zeros = (names: readonly string[]) => names.map((name) => [name, 0] as const);
  out.openObject("stats64");
  table("rx", [
    ["bytes", stats.rxBytes],
    ["packets", stats.rxPackets],
    ["errors", stats.rxErrors],
    ["dropped", stats.rxDropped],
    ["over_errors", 0],
    ["multicast", stats.multicast],
    ...(detailed
      ? zeros(["length_errors", "crc_errors", "frame_errors", "fifo_errors", "missed_errors"])
      : []),
    ...(detailed ? rareCounts(stats) : []),
  ]);
  table("tx", [
    ["bytes", stats.txBytes],
    ["packets", stats.txPackets],
    ["errors", stats.txErrors],
    ["dropped", stats.txDropped],
    ["carrier_errors", 0],
    ["collisions", 0],
    ...(detailed
      ? zeros(["aborted_errors", "fifo_errors", "window_errors", "heartbeat_errors"])
      : []),
    ...(detailed ? [["carrier_changes", stats.carrierChanges] as const] : []),
  ]);
  out.closeObject();
}
