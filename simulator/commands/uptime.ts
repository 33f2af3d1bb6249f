// `uptime` of procps 4.0.2 (uptime(1)): since when the machine runs. Nobody logs in, and the load is
// 0, because programs of this machine take no processor time.
// Not simulated: load averages.

import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { calendar, two } from "./calendar.ts";
import { getopt } from "./getopt.ts";

const USAGE = `
Usage:
 uptime [options]

Options:
 -p, --pretty   show uptime in pretty format
 -h, --help     display this help and exit
 -s, --since    system up since
 -V, --version  output version information and exit

For more details see uptime(1).
`;

/** Says how long the machine has run. */
export function* uptime(self: Process): Execution {
  const long = { pretty: "p", help: "h", since: "s", version: "V" };
  const given = getopt(self.argv, { short: "phsV", long });
  const { clock } = self.machine;
  const seconds = Math.floor((clock.now - clock.start) / 1e6);
  for (const { name } of given.options) {
    if (name === "h") yield* print(self, USAGE);
    if (name === "V") yield* print(self, "uptime from procps-ng 4.0.2\n");
    if (name === "p") yield* print(self, `${pretty(seconds)}\n`);
    if (name === "s") yield* print(self, `${dateTime(clock.start)}\n`);
    return 0;
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${USAGE}`);
    return 1;
  }
  const now = calendar(clock.now);
  const time = `${two(now.hour)}:${two(now.minute)}:${two(now.second)}`;
  yield* print(self, ` ${time} ${up(seconds)},  0 user,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
}

function up(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = hours > 0 ? `${String(hours).padStart(2)}:${two(minutes)}` : `${minutes} min`;
  return days > 0 ? `up ${days} day${days > 1 ? "s" : ""}, ${rest}` : `up ${rest}`;
}

function pretty(seconds: number): string {
  const units: [string, number][] = [
    ["week", Math.floor(seconds / 604800)],
    ["day", Math.floor(seconds / 86400) % 7],
    ["hour", Math.floor(seconds / 3600) % 24],
    ["minute", Math.floor(seconds / 60) % 60],
  ];
  const shown = units.filter(([unit, count]) => count > 0 || (unit === "minute" && seconds < 60));
  return `up ${shown.map(([unit, count]) => `${count} ${unit}${count === 1 ? "" : "s"}`).join(", ")}`;
}

function dateTime(time: number): string {
  const { year, month, day, hour, minute, second } = calendar(time);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}
