// `ip monitor` (ip-monitor(8), iproute2 6.1.0): prints what netlink tells, as it happens, until it is
// interrupted. A line is made at the moment of its event, because what it tells of goes on changing.
// Not simulated: file, listening to other namespaces (all-nsid tells only of the own one).

import type { NetlinkEvent } from "../../net/core/kernel.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { createWaitQueue, type Execution } from "../../process/wait.ts";
import { eventText, type Topic, type Watch } from "./monitorEvents.ts";
import { createNetnsMap } from "./netnsMap.ts";
import { type Failure, INCOMPLETE, type IpOptions, matches, wrongArgument } from "./options.ts";
import { finish, notSimulated } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { stampOf } from "./timestamp.ts";
import { printUsage } from "./usage.ts";

/** Words in the order in which a short one is matched; those without a topic make no events here. */
const TOPICS: readonly (readonly [word: string, topic: Topic | undefined])[] = [
  ["link", "link"],
  ["address", "address"],
  ["route", "route"],
  ["mroute", undefined],
  ["prefix", undefined],
  ["neigh", "neigh"],
  ["netconf", "netconf"],
  ["rule", "rule"],
  ["nsid", "nsid"],
  ["nexthop", undefined],
  ["stats", undefined],
];

const ALL_TOPICS: readonly Topic[] = [
  "link",
  "address",
  "route",
  "neigh",
  "rule",
  "nsid",
  "netconf",
];

const LABELS: Readonly<Record<Topic, string>> = {
  link: "LINK",
  address: "ADDR",
  route: "ROUTE",
  neigh: "NEIGH",
  rule: "RULE",
  nsid: "NSID",
  netconf: "NETCONF",
};

type Words = Watch & { readonly labels: boolean; readonly allNsid: boolean };

/** The object `monitor` of `ip`. */
export function* monitorCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const read = readWords(self, options, words);
  if (read === "help") return yield* printUsage(self, "monitor");
  if ("code" in read) return yield* finish(self, read);
  return yield* watchEvents(self, read);
}

function readWords(
  self: Process,
  options: IpOptions,
  list: readonly string[],
): Words | Failure | "help" {
  const topics = new Set<Topic>();
  let labels = false;
  let allNsid = false;
  let named = false;
  let device: Words["device"];
  for (let at = 0; at < list.length; at++) {
    const word = list[at] ?? "";
    const topic = TOPICS.find(([name]) => matches(word, name));
    if (matches(word, "file")) {
      const file = list[at + 1];
      return file === undefined ? INCOMPLETE : openFailure(self, file);
    }
    if (matches(word, "label") || word === "all") labels = true;
    else if (topic !== undefined) {
      named = true;
      if (topic[1] !== undefined) topics.add(topic[1]);
    } else if (matches(word, "all-nsid")) allNsid = true;
    else if (matches(word, "help")) return "help";
    else if (word === "dev") {
      at += 1;
      const name = list[at];
      if (name === undefined) return INCOMPLETE;
      device = findDevice(self.net, name);
      if (device === undefined) return wrongArgument("Device does not exist\n", name);
    } else {
      return { text: `Argument "${word}" is unknown, try "ip monitor help".\n`, code: 255 };
    }
  }
  if (!named) for (const topic of ALL_TOPICS) topics.add(topic);
  return { self, options, topics, device, netns: createNetnsMap(self), labels, allNsid };
}

function openFailure(self: Process, file: string): Failure {
  const status = self.machine.files.stat(self, file);
  if ("errno" in status) return { text: "Cannot fopen: No such file or directory\n", code: 255 };
  return notSimulated("ip monitor file");
}

function* watchEvents(self: Process, words: Words): Execution {
  const lines: string[] = [];
  const arrived = createWaitQueue();
  // The label of an event that is filtered out stays in the buffer until something is printed.
  let labels = "";
  const add = (found: ReturnType<typeof eventText>) => {
    if (found === undefined || !words.topics.has(found.topic)) return;
    labels += prefixOf(words, found.topic);
    if (found.text === "") return;
    lines.push(`${stampOf(words)}${labels}${found.text}`);
    labels = "";
    arrived.wakeAll();
  };
  const hear = (net: Net, event: NetlinkEvent) => {
    if (net !== self.net) return;
    add(eventText(words, event));
  };
  const { netlinkListeners } = self.machine.kernel;
  netlinkListeners.add(hear);
  try {
    for (;;) {
      const text = lines.join("");
      lines.length = 0;
      if (text !== "") yield* print(self, text);
      if (lines.length === 0) yield arrived.wait;
    }
  } finally {
    netlinkListeners.delete(hear);
  }
}

function prefixOf(words: Words, topic: Topic): string {
  return `${words.allNsid ? "[nsid current]" : ""}${words.labels ? `[${LABELS[topic]}]` : ""}`;
}
