// `ip neigh show` and `flush`: which entries are meant, and their lines or their end.
// Policy: as on Linux, flush spares permanent and noarp entries unless a state is named.
// Not simulated: the seeded order of Linux's hash table; entries come in the order of their making.

import { delNeigh, dumpNeigh } from "../../net/core/neighAdmin.ts";
import type { NeighRecord } from "../../net/core/neighNotify.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { NUD_BITS, printNeighbour } from "./neighText.ts";
import { nudBitsOf } from "./nudStates.ts";
import {
  duplicateArgument,
  type Failure,
  type Family,
  type IpOptions,
  matches,
  wrongArgument,
} from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { contains, isFailure, type Prefix, readPrefix } from "./prefix.ts";
import { protocolOf } from "./protocolNames.ts";
import { finish, finishAfter, noDevice } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { printUsage } from "./usage.ts";
import { createReader, handlerOf, type WordReader, type WordTable } from "./words.ts";

/** What was asked for. */
type Filter = {
  family: Family;
  name?: string;
  dev?: NetDevice;
  master?: NetDevice;
  nomaster?: boolean;
  unused?: boolean;
  /** Bits of the states; NONE is 0x100. Undefined when none was named. */
  states?: number;
  proxy?: boolean;
  protocol?: number;
  prefix?: Prefix;
  help?: boolean;
};

const ALL_BUT_NOARP = 0xff & ~NUD_BITS.NOARP;
const ALL_STATES = 0x1ff;

function readFilter(
  self: Process,
  options: IpOptions,
  words: readonly string[],
  flush: boolean,
): Filter | Failure {
  const reader = createReader(words);
  const filter: Filter = { family: options.family };
  const table: WordTable = [
    ["=dev", () => readDevice(filter, reader)],
    ["=master", () => readMaster(self, filter, reader)],
    ["=vrf", () => reader.fail(wrongArgument("Not a valid VRF name\n", reader.next()))],
    ["=nomaster", () => Object.assign(filter, { nomaster: true })],
    ["=unused", () => Object.assign(filter, { unused: true })],
    ["=nud", () => readStates(filter, reader, flush)],
    ["=proxy", () => Object.assign(filter, { proxy: true })],
    ["protocol", () => readProtocol(filter, reader)],
  ];
  while (reader.word !== undefined && reader.failure === undefined && filter.help !== true) {
    const read = handlerOf(table, reader.word);
    if (read !== undefined) read(reader);
    else readDestination(filter, reader);
    reader.skip();
  }
  if (reader.failure !== undefined || filter.name === undefined) return reader.failure ?? filter;
  const dev = findDevice(self.net, filter.name);
  if (dev === undefined) return noDevice(filter.name);
  filter.dev = dev;
  return filter;
}

function readDevice(filter: Filter, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (filter.name !== undefined) reader.fail(duplicateArgument("dev", word));
  else filter.name = word;
}

function readMaster(self: Process, filter: Filter, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const master = findDevice(self.net, word);
  if (master === undefined) reader.fail(wrongArgument("Device does not exist\n", word));
  else filter.master = master;
}

function readStates(filter: Filter, reader: WordReader, flush: boolean): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const bits = nudBitsOf(word);
  if (bits !== undefined) filter.states = (filter.states ?? 0) | (bits || 0x100);
  else if (word !== "all") reader.fail(wrongArgument("nud state is bad", word));
  else filter.states = flush ? ALL_STATES & ~NUD_BITS.NOARP : ALL_STATES;
}

function readProtocol(filter: Filter, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined || word === "all") return;
  const protocol = protocolOf(word);
  if (protocol === undefined) reader.fail(wrongArgument('invalid "protocol"\n', word));
  else filter.protocol = protocol;
}

function readDestination(filter: Filter, reader: WordReader): void {
  const word = reader.word === "to" ? reader.next() : (reader.word ?? "");
  if (reader.failure !== undefined) return;
  if (matches(word, "help")) {
    filter.help = true;
    return;
  }
  const prefix = readPrefix(word, filter.family);
  if (isFailure(prefix)) reader.fail(prefix);
  else {
    filter.prefix = prefix;
    if (filter.family === "unspec") filter.family = prefix.family;
  }
}

/** The entries of the asking namespace that fit. */
function recordsThatFit(self: Process, filter: Filter, states: number): NeighRecord[] {
  return (["inet", "inet6"] as const)
    .filter((family) => filter.family === "unspec" || filter.family === family)
    .flatMap((family) => {
      const { neighbours, proxies } = dumpNeigh(self.net, family);
      return filter.proxy === true ? proxies : neighbours;
    })
    .filter((record) => fits(filter, states, record));
}

function fits(filter: Filter, states: number, record: NeighRecord): boolean {
  const { dev } = record;
  if (filter.dev !== undefined && dev !== filter.dev) return false;
  if (filter.master !== undefined && dev?.master !== filter.master) return false;
  if (filter.nomaster === true && dev?.master !== undefined) return false;
  const bits = NUD_BITS[record.state] || 0x100;
  // Proxied and externally learned entries are shown whatever state was asked for.
  if ((states & bits) === 0 && !record.proxy && !record.flags.has("extern_learn")) return false;
  if (filter.unused === true && record.refs > 0) return false;
  if (filter.protocol !== undefined && record.protocol !== filter.protocol) return false;
  return filter.prefix === undefined || contains(filter.prefix, record.key);
}

/** `ip neigh show WORDS`. */
export function* showNeighbours(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const filter = readFilter(self, options, words, false);
  if (isFailure(filter)) return yield* finish(self, filter);
  if (filter.help === true) return yield* printUsage(self, "neigh");
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  for (const record of recordsThatFit(self, filter, filter.states ?? ALL_BUT_NOARP)) {
    out.openObject();
    printNeighbour(out, record, { options, withoutDevice: filter.dev !== undefined });
    out.closeObject();
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

/** `ip neigh flush WORDS`. */
export function* flushNeighbours(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  if (words.length === 0) {
    return yield* finish(self, { text: "Flush requires arguments.\n", code: 1 });
  }
  const filter = readFilter(self, options, words, true);
  if (isFailure(filter)) return yield* finish(self, filter);
  if (filter.help === true) return yield* printUsage(self, "neigh");
  const spared = NUD_BITS.PERMANENT | NUD_BITS.NOARP;
  const states = filter.states ?? ALL_STATES & ~spared;
  const out = createOutput({ json: false, pretty: false }, wantsColor(self, options));
  const say = (text: string) => {
    if (options.stats > 0) out.text(text);
  };
  let round = 0;
  for (;;) {
    const found = recordsThatFit(self, filter, states);
    if (found.length === 0) break;
    if (round === options.loops && options.loops > 0) {
      out.text(`*** Flush not completed bailing out after ${options.loops} rounds\n`);
      return yield* finishAfter(self, out.take(), { text: "", code: 1 });
    }
    round += 1;
    for (const record of found) {
      if (options.stats > 1) {
        printNeighbour(out, record, { options, withoutDevice: filter.dev !== undefined });
      }
      const { family, key, dev, proxy } = record;
      delNeigh(self.net, { family, key, dev, proxy });
    }
    say(`\n*** Round ${round}, deleting ${found.length} entries ***\n`);
  }
  if (round === 0) say("Nothing to flush.\n");
  else say(`*** Flush is complete after ${round} round${round > 1 ? "s" : ""} ***\n`);
  return yield* finishAfter(self, out.take());
}
