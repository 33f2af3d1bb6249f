// `traceroute` (traceroute(8)), version 2.1.2 as Debian has it: shows the routers on the way to a host
// by packets that do not live long enough to reach it.
// Not here: its parts in this folder. Not simulated: see settings.ts.

import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";
import { findTarget } from "../ping/target.ts";
import { lookUp } from "../resolver.ts";
import type { ProbeChannel } from "./probes.ts";
import { openProbes4 } from "./probes4.ts";
import { openProbes6 } from "./probes6.ts";
import { runTraceroute } from "./runTraceroute.ts";
import {
  readLength,
  readTraceroute,
  type TracerouteSettings,
  type TracerouteStop,
  type Word,
  wrongNumbers,
} from "./settings.ts";

const VERSION =
  "Modern traceroute for Linux, version 2.1.2\n" +
  "Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later\n";

type Target = Exclude<
  Awaited<ReturnType<typeof findTarget> extends Steps<infer T> ? T : never>,
  {
    readonly problem: string;
  }
>;

/** Runs it. */
export function* traceroute(self: Process): Execution {
  if (self.argv.length === 1) return yield* stop(self, { code: 0, show: "usage" });
  const settings = readTraceroute(self.argv);
  if ("code" in settings) return yield* stop(self, settings);
  const { host, source } = settings;
  const target = yield* resolve(self, host?.text ?? "", settings);
  if ("problem" in target) return yield* stop(self, hostFailed(target.problem, host));
  if (source !== undefined) {
    const from = yield* findTarget(self, source, undefined);
    if ("problem" in from) {
      const at = self.argv.indexOf(source);
      const handled = `Cannot handle \`-s' option with arg \`${source}' (argc ${at})`;
      return yield* stop(self, { text: `${source}: ${from.problem}\n${handled}\n`, code: 2 });
    }
    if (from.family !== target.family) {
      return yield* stop(self, { text: "IP version mismatch in addresses specified\n", code: 2 });
    }
    settings.probe.source = from.address;
  }
  const wrong = wrongNumbers(settings);
  if (wrong !== undefined) return yield* stop(self, { text: wrong, code: 2 });
  return yield* trace(self, target, settings);
}

function* stop(self: Process, { text = "", code, show }: TracerouteStop): Execution {
  yield* warn(self, text);
  if (show === "version") yield* print(self, VERSION);
  if (show === "usage") {
    const { TRACEROUTE_USAGE } = yield* self.machine.scheduler.fetch(import("./usage.ts"));
    yield* warn(self, TRACEROUTE_USAGE);
  }
  return code;
}

function hostFailed(problem: string, host: Word | undefined): TracerouteStop {
  const { text = "", position, at } = host ?? {};
  const place = `cmdline arg \`${text}' on position ${position} (argc ${at})`;
  return { text: `${text}: ${problem}\nCannot handle "host" ${place}\n`, code: 2 };
}

/** The address; of a name's addresses IPv4 comes first. */
function* resolve(
  self: Process,
  word: string,
  { family }: TracerouteSettings,
): Steps<Target | { readonly problem: string }> {
  if (word === "") return { problem: "Name or service not known" };
  const found = yield* findTarget(self, word, family);
  if ("problem" in found || found.numeric || family !== undefined) return found;
  if (found.family === "inet") return found;
  const all = yield* lookUp(self, word, "both");
  const four = "problem" in all ? undefined : all.four[0];
  return four === undefined ? found : { family: "inet", address: four, numeric: false, name: word };
}

function* trace(self: Process, target: Target, settings: TracerouteSettings): Execution {
  const { probe } = settings;
  const length = readLength(settings) ?? -1;
  const isFour = target.family === "inet";
  const headers = (isFour ? 20 : 40) + 8;
  probe.dataLength = Math.max(0, (length < 0 ? headers + 32 : length) - headers);
  const opened = isFour
    ? openProbes4(self, target.address, probe)
    : openProbes6(self, { address: target.address, scope: target.scope }, probe);
  const early = probe.method === "icmp" || probe.method === "tcp";
  const address = isFour ? ip4Text(target.address) : ip6Text(target.address);
  const shown = `${target.name === settings.host?.text ? target.name : settings.host?.text} (${address})`;
  const size = `${headers + probe.dataLength} byte packets`;
  const opening = `traceroute to ${shown}, ${settings.most} hops max, ${size}`;
  if (typeof opened === "string") {
    if (!early) yield* print(self, opening);
    yield* warn(self, `\n${opened}`);
    return 1;
  }
  return yield* withChannel(self, opened, settings, opening);
}

function* withChannel(
  self: Process,
  channel: ProbeChannel,
  settings: TracerouteSettings,
  opening: string,
): Execution {
  try {
    yield* print(self, opening);
    return yield* runTraceroute(self, settings, channel);
  } finally {
    channel.close();
  }
}
