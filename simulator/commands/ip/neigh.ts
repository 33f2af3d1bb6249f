// `ip neigh` (ip-neighbour(8), iproute2 6.1.0): add, change, replace, del, get; show and flush are in
// neighShow.ts.
// Not simulated: neighbours of other families than IPv4 and IPv6.

import { delNeigh, getNeigh, type NeighRequest, newNeigh } from "../../net/core/neighAdmin.ts";
import type { NeighKey, NudState } from "../../net/core/neighTable.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { parseLinkAddress } from "./linkWords.ts";
import { flushNeighbours, showNeighbours } from "./neighShow.ts";
import { printNeighbour } from "./neighText.ts";
import { nudStateOf } from "./nudStates.ts";
import {
  duplicateArgument,
  type Failure,
  garbageArgument,
  type IpOptions,
  matches,
  wrongArgument,
} from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { isFailure, type Prefix, readAddress } from "./prefix.ts";
import { protocolOf } from "./protocolNames.ts";
import { finish, finishAfter, noDevice, refused } from "./refusal.ts";
import { findDevice, readLinkMap } from "./selection.ts";
import { printUsage } from "./usage.ts";
import { createReader, handlerOf, type WordReader, type WordTable } from "./words.ts";

type Verb = "add" | "change" | "replace" | "delete";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ["add", (self, options, words) => modify(self, options, "add", words)],
  ["change", (self, options, words) => modify(self, options, "change", words)],
  ["chg", (self, options, words) => modify(self, options, "change", words)],
  ["replace", (self, options, words) => modify(self, options, "replace", words)],
  ["delete", (self, options, words) => modify(self, options, "delete", words)],
  ["get", get],
  ["show", showNeighbours],
  ["lst", showNeighbours],
  ["list", showNeighbours],
  ["flush", flushNeighbours],
  ["help", (self) => printUsage(self, "neigh")],
];

/** The object `neighbour` of `ip`. */
export function* neighbourCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  const action = word === undefined ? showNeighbours : actionOf(word);
  if (action !== undefined && action !== get) readLinkMap(self.net);
  if (action !== undefined) return yield* action(self, options, rest);
  yield* warn(self, `Command "${word}" is unknown, try "ip neigh help".\n`);
  return 255;
}

const actionOf = (word: string) => ACTIONS.find(([name]) => matches(word, name))?.[1];

/** What the words of one entry said. */
type Words = {
  address?: Prefix;
  dev?: string;
  lladdr?: string;
  state?: NudState;
  protocol?: number;
  help?: boolean;
  proxy?: boolean;
  router?: boolean;
  managed?: boolean;
  use?: boolean;
  externLearn?: boolean;
};

function readWords(options: IpOptions, reader: WordReader): Words {
  const words: Words = {};
  const flag = (name: string, key: keyof Words): WordTable[number] => [
    `=${name}`,
    () => {
      Object.assign(words, { [key]: true });
      // What the kernel shall resolve itself is not permanent.
      if (name === "use" || name === "managed") words.state = "NONE";
    },
  ];
  const table: WordTable = [
    ["=lladdr", () => readLladdr(words, reader)],
    ["=nud", () => readState(words, reader)],
    [
      "=proxy",
      () => {
        reader.next();
        readDestination(words, options, reader);
        words.proxy = true;
      },
    ],
    flag("router", "router"),
    flag("managed", "managed"),
    flag("use", "use"),
    flag("extern_learn", "externLearn"),
    ["=dev", () => Object.assign(words, { dev: reader.next() })],
    ["protocol", () => readProtocol(words, reader)],
  ];
  while (reader.word !== undefined && reader.failure === undefined && words.help !== true) {
    const read = handlerOf(table, reader.word);
    if (read !== undefined) read(reader);
    else {
      if (reader.word === "to") reader.next();
      if (matches(reader.word ?? "", "help")) words.help = true;
      else readDestination(words, options, reader);
    }
    reader.skip();
  }
  return words;
}

function readDestination(words: Words, options: IpOptions, reader: WordReader): void {
  const word = reader.word ?? "";
  if (reader.failure !== undefined) return;
  if (words.address !== undefined) {
    reader.fail(garbageArgument("to", word));
    return;
  }
  const address = readAddress(word, options.family);
  if (isFailure(address)) reader.fail(address);
  else words.address = address;
}

function readLladdr(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.lladdr !== undefined) reader.fail(duplicateArgument("lladdr", word));
  else words.lladdr = word;
}

function readState(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const state = nudStateOf(word);
  if (state === undefined) reader.fail(wrongArgument("nud state is bad", word));
  else words.state = state;
}

function readProtocol(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const protocol = protocolOf(word);
  if (protocol === undefined) reader.fail(wrongArgument('"protocol" value is invalid\n', word));
  else words.protocol = protocol;
}

function* modify(
  self: Process,
  options: IpOptions,
  verb: Verb,
  list: readonly string[],
): Execution {
  const reader = createReader(list);
  const words = readWords(options, reader);
  if (words.help === true) return yield* printUsage(self, "neigh");
  return yield* finish(self, reader.failure ?? apply(self, verb, words));
}

function apply(self: Process, verb: Verb, words: Words): Failure | undefined {
  const { address, dev: name, proxy = false } = words;
  if (address === undefined || (name === undefined && !proxy)) {
    return { text: "Device and destination are required arguments.\n", code: 255 };
  }
  const mac = macOf(words);
  if (typeof mac === "object") return mac;
  const dev = name === undefined ? undefined : findDevice(self.net, name);
  if (name !== undefined && dev === undefined) return noDevice(name);
  if (address.kind === "any")
    return refused({ errno: "EINVAL", message: "Network address not specified" });
  const key: NeighKey = address.address;
  const { family } = address;
  const refusal =
    verb === "delete"
      ? delNeigh(self.net, { family, key, dev, proxy })
      : newNeigh(self.net, requestOf(words, { family, key, dev, mode: verb, mac }));
  return refusal === undefined ? undefined : refused(refusal);
}

/** The MAC of the words, cut to six bytes as the kernel does; undefined for none. */
function macOf({ lladdr }: Words): number | undefined | Failure {
  if (lladdr === undefined || lladdr === "null") return undefined;
  const given = parseLinkAddress(lladdr);
  if ("code" in given) return given;
  if (given.length >= 6) return given.mac;
  return refused({ errno: "EINVAL", message: "Invalid link address" });
}

function requestOf(
  words: Words,
  base: Pick<NeighRequest, "family" | "key" | "dev" | "mode"> & { mac: number | undefined },
): NeighRequest {
  const { proxy, router, externLearn, use, managed, protocol } = words;
  return {
    ...base,
    state: words.state ?? "PERMANENT",
    ...(proxy === undefined ? {} : { proxy }),
    ...(router === undefined ? {} : { router }),
    ...(externLearn === undefined ? {} : { externLearn }),
    ...(use === undefined ? {} : { use }),
    ...(managed === undefined ? {} : { managed }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

function* get(self: Process, options: IpOptions, list: readonly string[]): Execution {
  const reader = createReader(list);
  const words = readWords(options, reader);
  if (words.help === true) return yield* printUsage(self, "neigh");
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const { address, dev: name, proxy = false } = words;
  if (address === undefined || name === undefined) {
    const text = "Device and address are required arguments.\n";
    return yield* finish(self, { text, code: 1 });
  }
  const dev = findDevice(self.net, name);
  if (dev === undefined) return yield* finish(self, noDevice(name));
  if (address.kind === "any") return yield* finish(self, refused({ errno: "EINVAL" }));
  const { family, address: key } = address;
  const found = getNeigh(self.net, { family, key, dev, proxy });
  if ("errno" in found) return yield* finish(self, refused(found));
  // iproute2 6.1 answers in text, whatever was asked for.
  const out = createOutput({ json: false, pretty: false }, wantsColor(self, options));
  printNeighbour(out, found, { options, withoutDevice: false });
  return yield* finishAfter(self, out.take());
}
