// `bridge fdb` (bridge(8)): the forwarding databases of bridges, and the addresses that other devices
// listen to; which words mean which command, and `show`.
// Policy: a dump goes through the devices by number: for each port what the bridge knows behind it, the
// newest first, then its own addresses.
// Not here: the commands that change or look up (fdbModify.ts).

import { type FdbRow, type FdbState, fdbDump, fdbStateOf } from "../../net/bridge/brFdbAdmin.ts";
import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { duplicateArgument, matches, wrongArgument } from "../ip/options.ts";
import { createOutput, wantsColor } from "../ip/output.ts";
import { finish } from "../ip/refusal.ts";
import { createReader, type WordReader } from "../ip/words.ts";
import { addFdb, deleteFdb, flushFdb, getFdb } from "./fdbModify.ts";
import { printFdb } from "./fdbText.ts";
import { atoi, type BridgeOptions, printUsage, returned } from "./options.ts";

type Verb = (self: Process, options: BridgeOptions, words: readonly string[]) => Execution;

/** Commands in the order in which a short word is matched against them. */
const VERBS: readonly (readonly [names: string, run: Verb])[] = [
  ["add", (self, _options, words) => addFdb(self, words, { create: true, exclusive: true })],
  ["append", (self, _options, words) => addFdb(self, words, { create: true, exclusive: false })],
  ["replace", (self, _options, words) => addFdb(self, words, { create: true, exclusive: false })],
  ["delete", (self, _options, words) => deleteFdb(self, words)],
  ["get", getFdb],
  ["show lst list", showFdb],
  ["flush", (self, _options, words) => flushFdb(self, words)],
  ["help", (self) => printUsage(self, "fdb")],
];

/** The object `fdb`. */
export function* fdbCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  const found = VERBS.find(([names]) => names.split(" ").some((name) => matches(verb, name)));
  if (found !== undefined) return yield* found[1](self, options, rest);
  return yield* finish(self, {
    text: `Command "${verb}" is unknown, try "bridge fdb help".\n`,
    code: 255,
  });
}

/** What `show` is to show. */
type Filter = {
  bridge: string | undefined;
  port: string | undefined;
  vid: number;
  readonly states: Set<FdbState>;
  dynamic: boolean;
};

function* showFdb(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const reader = createReader(words);
  const filter: Filter = {
    bridge: undefined,
    port: undefined,
    vid: 0,
    states: new Set(),
    dynamic: false,
  };
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (readFilter(reader, filter)) return yield* printUsage(self, "fdb");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const only: { bridge?: NetDevice; port?: NetDevice } = {};
  if (filter.bridge !== undefined) {
    const bridge = self.net.byName.get(filter.bridge);
    if (bridge === undefined) {
      return yield* finish(self, returned(`Cannot find bridge device "${filter.bridge}"`));
    }
    only.bridge = bridge;
  }
  if (filter.port !== undefined) {
    const port = self.net.byName.get(filter.port);
    if (port === undefined) {
      return yield* finish(self, returned(`Cannot find device "${filter.port}"`));
    }
    only.port = port;
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  for (const row of fdbDump(devicesInOrder(self.net), only)) {
    if (!passes(filter, row)) continue;
    out.openObject();
    printFdb(out, options, row, { withDevice: only.port === undefined });
    out.closeObject();
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

/** Reads one word and what belongs to it; true when it asks for help. */
function readFilter(reader: WordReader, filter: Filter): boolean {
  switch (reader.word) {
    case "brport":
    case "dev":
      filter.port = reader.next();
      return false;
    case "br":
      filter.bridge = reader.next();
      return false;
    case "vlan": {
      const value = reader.next();
      if (filter.vid !== 0) reader.fail(duplicateArgument("vlan", value));
      filter.vid = atoi(value);
      return false;
    }
    case "state": {
      const value = reader.next();
      if (reader.failure === undefined && !readState(value, filter.states)) {
        reader.fail(wrongArgument("invalid state", value));
      }
      return false;
    }
    case "dynamic":
      filter.dynamic = true;
      return false;
    default:
      return matches(reader.word ?? "", "help");
  }
}

const STATES: readonly (readonly [name: string, state: FdbState])[] = [
  ["permanent", "permanent"],
  ["static", "noarp"],
  ["temp", "noarp"],
  ["dynamic", "reachable"],
  ["reachable", "reachable"],
  ["stale", "stale"],
];

/** Adds the state of a name, which may be cut short; only "all" may not. */
function readState(word: string, states: Set<FdbState>): boolean {
  const named = STATES.filter(([name]) => word === "all" || matches(word, name));
  for (const [, state] of word === "all" ? named : named.slice(0, 1)) states.add(state);
  return named.length > 0;
}

function passes(filter: Filter, row: FdbRow): boolean {
  const state = "entry" in row ? fdbStateOf(row.entry) : "permanent";
  if (filter.states.size > 0 && !filter.states.has(state)) return false;
  if (filter.dynamic && state === "permanent") return false;
  return filter.vid === 0 || ("entry" in row && row.entry.vid === filter.vid);
}
