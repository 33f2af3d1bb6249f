// `ip link` (ip-link(8), iproute2 6.1.0): show, add, set, delete, alternative names.
// Not simulated: xstats, statistics of address families.

import { setLink } from "../../net/core/rtnetlink.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { modifyLink } from "./linkModify.ts";
import { showLinks } from "./linkShow.ts";
import {
  type Failure,
  garbageArgument,
  INCOMPLETE,
  type IpOptions,
  matches,
  wrongArgument,
} from "./options.ts";
import { finish, noDevice, notSimulated, refused } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { printUsage } from "./usage.ts";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ["add", (self, _options, words) => modifyLink(self, "add", words)],
  ["set", (self, _options, words) => modifyLink(self, "set", words)],
  ["change", (self, _options, words) => modifyLink(self, "set", words)],
  ["replace", (self, _options, words) => modifyLink(self, "replace", words)],
  ["delete", (self, _options, words) => modifyLink(self, "delete", words)],
  ["show", showLinks],
  ["lst", showLinks],
  ["list", showLinks],
  ["xstats", (self, _options, words) => finish(self, extraStatistics(words))],
  // MPLS is the only family with statistics of its own, and there is none here.
  ["afstats", (self) => finish(self, undefined)],
  ["property", (self, _options, words) => changeProperty(self, words)],
  ["help", (self, _options, words) => printUsage(self, "link", words[0])],
];

/** The object `link` of `ip`. */
export function* linkCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  if (word === undefined) return yield* showLinks(self, options, []);
  const action = ACTIONS.find(([name]) => matches(word, name))?.[1];
  if (action !== undefined) return yield* action(self, options, rest);
  yield* warn(self, `Command "${word}" is unknown, try "ip link help".\n`);
  return 255;
}

function* changeProperty(self: Process, words: readonly string[]): Execution {
  const [verb, ...rest] = words;
  if (verb === undefined || matches(verb, "help")) return yield* printUsage(self, "link");
  const add = matches(verb, "add");
  if (!add && !matches(verb, "delete")) {
    return yield* finish(self, { text: "Operator required\n", code: 255 });
  }
  return yield* finish(self, changeNames(self, add, rest));
}

function changeNames(self: Process, add: boolean, words: readonly string[]): Failure | undefined {
  const names: string[] = [];
  let device: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const name = word === "altname" || word === "dev" ? words[at + 1] : word;
    if (name === undefined) return INCOMPLETE;
    if (word === "altname") {
      if (!isAltName(name)) return wrongArgument("not a valid altname", name);
      names.push(name);
    } else if (device !== undefined) return garbageArgument("dev", name);
    else device = name;
    if (name !== word || word === "altname" || word === "dev") at += 1;
  }
  if (device === undefined) {
    return { text: 'Not enough of information: "dev" argument is required.\n', code: 255 };
  }
  const dev = findDevice(self.net, device);
  if (dev === undefined) return noDevice(device);
  const refusal = setLink(dev, add ? { addAltNames: names } : { delAltNames: names });
  return refusal === undefined ? undefined : refused(refusal);
}

function isAltName(name: string): boolean {
  return name !== "" && name.length < 128 && !/[/\s]/.test(name);
}

/** Statistics of a kind of device; bridges count multicast, which is not simulated. */
function extraStatistics([word, kind, ...rest]: readonly string[]): Failure | undefined {
  if (word === undefined) return { text: "xstats: missing argument\n", code: 1 };
  if (word !== "type" || kind === undefined || rest.length > 0) {
    return notSimulated("ip link xstats");
  }
  if (!["bridge", "bridge_slave", "bond", "bond_slave"].includes(kind)) {
    return wrongArgument("invalid type", kind);
  }
  return notSimulated("ip link xstats");
}
