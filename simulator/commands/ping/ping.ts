// ping of iputils 20221126 (ping(8)), for IPv4 and IPv6.
// Not here: its parts in this folder. Not simulated: record route, header timestamps, node information.

import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { nameOfAddress } from "../resolver.ts";
import type { EchoChannel, NoChannel } from "./channel.ts";
import { openChannel4 } from "./channel4.ts";
import { openChannel6 } from "./channel6.ts";
import { runPing } from "./runPing.ts";
import { type PingSettings, readSettings } from "./settings.ts";
import { findTarget } from "./target.ts";

/** Runs it. */
export function* ping(self: Process): Execution {
  const read = readSettings(self.argv);
  if ("complaint" in read) {
    if (read.code === 0) yield* print(self, read.complaint);
    else yield* warn(self, ownName(self, read.complaint));
    if (read.usage) {
      const { PING_USAGE } = yield* self.machine.scheduler.fetch(import("./usage.ts"));
      yield* warn(self, PING_USAGE);
    }
    return read.code;
  }
  const { settings, targets } = read;
  yield* warn(self, read.warning);
  if (settings.pattern !== undefined) yield* print(self, `PATTERN: 0x${settings.patternText}\n`);
  const name = targets.at(-1) ?? "";
  if (targets.length > 1 && !("problem" in (yield* findTarget(self, name, settings.family)))) {
    yield* warn(self, "vethbook simulator: ping along given routers is not simulated\n");
    return 2;
  }
  const opened = yield* open(self, name, settings);
  if ("complaint" in opened) {
    yield* warn(self, ownName(self, opened.complaint));
    return opened.code;
  }
  try {
    yield* warn(self, ownName(self, opened.warning));
    return yield* runPing(self, opened, opened.target, settings);
  } finally {
    opened.close();
  }
}

/** `target` is what the closing lines call it. */
type Opened = EchoChannel & { readonly warning: string; readonly target: string };

function* open(self: Process, name: string, settings: PingSettings): Steps<Opened | NoChannel> {
  if (settings.verbose) yield* warn(self, `${socketsText(settings)}\n`);
  const found = yield* findTarget(self, name, settings.family);
  if ("problem" in found) return { complaint: `ping: ${name}: ${found.problem}\n`, code: 2 };
  settings.identifier ??= self.pid & 0xffff;
  if (settings.verbose) {
    const family = found.family === "inet" ? "AF_INET" : "AF_INET6";
    yield* print(
      self,
      `ai->ai_family: ${family}, ai->ai_canonname: '${found.canonical ?? found.name}'\n`,
    );
  }
  // Who asks for a number hears of numbers alone.
  if (found.numeric) settings.numeric = true;
  const target = found.name;
  if (found.family === "inet") {
    const whom = { address: found.address, name: target };
    return { target, ...openChannel4(self, whom, settings) };
  }
  const { address, scope } = found;
  const silent = settings.numeric || scope !== undefined;
  const shown = silent ? undefined : yield* nameOfAddress(self, address);
  const whom = { address, scope, name: target, shown };
  return { target, ...openChannel6(self, whom, settings) };
}

/** With -v it tells of the sockets that it opened before it looked the target up. */
function socketsText({ family }: PingSettings): string {
  const four = family === "inet6" ? "-1 (socktype: 0)" : "3 (socktype: SOCK_RAW)";
  const number = family === "inet6" ? 3 : 4;
  const six = family === "inet" ? "-1 (socktype: 0)" : `${number} (socktype: SOCK_RAW)`;
  const hint = family === undefined ? "UNSPEC" : family === "inet" ? "INET" : "INET6";
  return `ping: sock4.fd: ${four}, sock6.fd: ${six}, hints.ai_family: AF_${hint}\n`;
}

/** Complaints open with the name that it was called by. */
function ownName(self: Process, text: string): string {
  const [name] = /ping[46]$/.exec(self.argv[0] ?? "") ?? [];
  return name === undefined ? text : text.replace(/^ping:/gm, `${name}:`);
}
