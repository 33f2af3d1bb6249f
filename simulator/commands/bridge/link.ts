// `bridge link` (bridge(8)): the ports of bridges and their switches.
// Policy: unknown words after `show` are passed over and unknown words after `set` give the usage, as
// iproute2 6.1.0 does.
// Not simulated: `self` and `hwmode` (no device here offers them).

import { PORT_STATES, type PortState } from "../../net/bridge/bridgeState.ts";
import { setPortOptions } from "../../net/bridge/brNetlink.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type Failure, matches } from "../ip/options.ts";
import { createOutput, wantsColor } from "../ip/output.ts";
import { finish, refusalText } from "../ip/refusal.ts";
import { createReader, type WordReader } from "../ip/words.ts";
import { printBridgeLink } from "./linkText.ts";
import { atoi, type BridgeOptions, printUsage, returned } from "./options.ts";

/** The object `link`. */
export function* linkCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  const is = (...full: readonly string[]) => full.some((each) => matches(verb, each));
  if (is("set", "change")) return yield* setLink(self, rest);
  if (is("show", "lst", "list")) return yield* showLinks(self, options, rest);
  if (is("help")) return yield* printUsage(self, "link");
  return yield* finish(self, {
    text: `Command "${verb}" is unknown, try "bridge link help".\n`,
    code: 255,
  });
}

function* showLinks(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const reader = createReader(words);
  let only: string | undefined;
  for (; reader.word !== undefined; reader.skip()) {
    if (reader.word === "dev") only = reader.next();
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  if (only !== undefined && !self.net.byName.has(only)) {
    return yield* finish(self, { text: `Cannot find device "${only}"\n`, code: 255 });
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  for (const dev of self.net.devices.values()) {
    if (dev.port === undefined) continue;
    if (only !== undefined && dev !== self.net.byName.get(only)) continue;
    out.openObject();
    printBridgeLink(out, options, dev, { port: true });
    out.closeObject();
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

const SWITCHES = [
  "guard",
  "hairpin",
  "fastleave",
  "root_block",
  "learning",
  "learning_sync",
  "flood",
  "mcast_flood",
  "bcast_flood",
  "mcast_to_unicast",
  "neigh_suppress",
  "vlan_tunnel",
  "isolated",
  "locked",
];

type Settings = {
  dev: string | undefined;
  self: boolean;
  readonly options: Map<string, number>;
};

function* setLink(self: Process, words: readonly string[]): Execution {
  const reader = createReader(words);
  const settings: Settings = { dev: undefined, self: false, options: new Map() };
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (!readWord(self, reader, settings)) return yield* printUsage(self, "link");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  if (settings.dev === undefined) {
    return yield* finish(self, returned("Device is a required argument."));
  }
  const dev = self.net.byName.get(settings.dev);
  if (dev === undefined) {
    return yield* finish(self, returned(`Cannot find bridge device "${settings.dev}"`));
  }
  const refusal = settings.self
    ? ({ errno: "EOPNOTSUPP" } as const)
    : setPortOptions(dev, settings.options);
  if (refusal === undefined) return 0;
  return yield* finish(self, { text: refusalText(refusal), code: -1 });
}

/** Reads one word and what belongs to it; false when it is not known. */
function readWord(self: Process, reader: WordReader, settings: Settings): boolean {
  const word = reader.word ?? "";
  if (SWITCHES.includes(word)) {
    const value = onOff(reader, word);
    // Nothing here takes learning_sync; the kernel passes it over.
    if (word !== "learning_sync" && value !== undefined) settings.options.set(word, value);
    return true;
  }
  switch (word) {
    case "dev":
      settings.dev = reader.next();
      return true;
    case "cost":
    case "priority":
    case "mcast_router": {
      const value = atoi(reader.next());
      if (word === "cost" ? value > 0 : value >= 0) settings.options.set(word, value);
      return true;
    }
    case "state": {
      const value = stateOf(reader.next());
      if (reader.failure === undefined && value === undefined) {
        reader.fail(returned("Error: invalid STP port state"));
      } else if (value !== undefined && value >= 0) settings.options.set("state", value);
      return true;
    }
    case "hwmode": {
      const mode = reader.next();
      settings.self = true;
      if (mode !== "vepa" && mode !== "veb") {
        reader.fail(returned('Mode argument must be "vepa" or "veb".'));
      }
      return true;
    }
    case "self":
      settings.self = true;
      return true;
    case "master":
      return true;
    case "backup_port":
      readBackup(self, reader, settings);
      return true;
    case "nobackup_port":
      settings.options.set("backup_port", 0);
      return true;
    default:
      return false;
  }
}

function readBackup(self: Process, reader: WordReader, settings: Settings): void {
  const name = reader.next();
  const ifindex = self.net.byName.get(name)?.ifindex;
  if (ifindex === undefined) reader.fail(returned(`Error: device ${name} does not exist`));
  else settings.options.set("backup_port", ifindex);
}

/** "on" or "off", or a beginning of them; the first that fits in iproute2's order. */
function onOff(reader: WordReader, name: string): number | undefined {
  const value = reader.next();
  if (reader.failure !== undefined) return undefined;
  if (matches(value, "off")) return 0;
  if (matches(value, "on")) return 1;
  const failure: Failure = {
    text: `Error: argument of "${name}" must be one of "off", "on", not "${value}"\n`,
    code: -22,
  };
  return reader.fail(failure);
}

/** A state by number or name. */
export function stateOf(word: string): number | undefined {
  if (/^\s*[+-]?\d+$/.test(word)) return atoi(word);
  const at = PORT_STATES.indexOf(word as PortState);
  return at < 0 ? undefined : at;
}
