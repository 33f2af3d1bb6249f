// ping of iputils 20221126 (ping(8)), for IPv4 and IPv6.
// Not here: its parts in this folder. Not simulated: names that are not in /etc/hosts, record route,
// header timestamps, node information.

import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import type { EchoChannel, NoChannel } from "./channel.ts";
import { openChannel4 } from "./channel4.ts";
import { openChannel6, scopedText } from "./channel6.ts";
import { runPing } from "./runPing.ts";
import { type PingSettings, readSettings } from "./settings.ts";
import { findTarget, hostName } from "./target.ts";

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
  if (targets.length > 1 && !("problem" in findTarget(self, name, settings.family))) {
    yield* warn(self, "vethbook simulator: ping along given routers is not simulated\n");
    return 2;
  }
  const opened = open(self, name, settings);
  if ("complaint" in opened) {
    yield* warn(self, ownName(self, opened.complaint));
    return opened.code;
  }
  try {
    yield* warn(self, ownName(self, opened.warning));
    return yield* runPing(self, opened, name, settings);
  } finally {
    opened.close();
  }
}

function open(
  self: Process,
  name: string,
  settings: PingSettings,
): (EchoChannel & { readonly warning: string }) | NoChannel {
  const found = findTarget(self, name, settings.family);
  if ("problem" in found) return { complaint: `ping: ${name}: ${found.problem}\n`, code: 2 };
  settings.identifier ??= self.machine.random.below(0x10000);
  const named = (text: string) => {
    const host =
      found.numeric || settings.numeric ? undefined : hostName(self, text.split("%")[0] ?? "");
    return host === undefined ? text : `${host} (${text})`;
  };
  if (found.family === "inet") {
    const shown = (address: number) => named(ip4Text(address));
    return openChannel4(self, { address: found.address, name, shown }, settings);
  }
  const target = { address: found.address, scope: found.scope, name };
  return openChannel6(
    self,
    { ...target, shown: (address, dev) => named(scopedText(address, dev)) },
    settings,
  );
}

/** Complaints open with the name that it was called by. */
function ownName(self: Process, text: string): string {
  return self.argv[0]?.endsWith("ping6") ? text.replace(/^ping:/gm, "ping6:") : text;
}
