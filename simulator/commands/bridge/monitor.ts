// `bridge monitor` (bridge(8), iproute2 6.1.0): prints what netlink tells of links, FDB entries, groups
// and VLANs until it is interrupted.
// Policy: iproute2 flushes its output after links and FDB entries only; lines of groups and VLANs stay
// in its buffer until then, and are lost when it is killed before. A terminal gets every line at once.
// Not simulated: file, vni.

import type { FdbEntry } from "../../net/bridge/bridgeState.ts";
import type { MdbChange } from "../../net/bridge/brMulticast.ts";
import type { NetlinkEvent } from "../../net/core/kernel.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { createWaitQueue, type Execution } from "../../process/wait.ts";
import { matches } from "../ip/options.ts";
import { createOutput, type Output, wantsColor } from "../ip/output.ts";
import { finish, notSimulated } from "../ip/refusal.ts";
import { stampOf } from "../ip/timestamp.ts";
import { printFdb } from "./fdbText.ts";
import { type KnownLinks, knownLinks, printBridgeLink } from "./linkText.ts";
import { printMdb } from "./mdbText.ts";
import { type BridgeOptions, printUsage } from "./options.ts";
import { printVlanDevice, printVlanRows, vlanRows, vlansOf } from "./vlanText.ts";

type Topic = "link" | "fdb" | "mdb" | "vlan" | "vni";

const LABELS: Readonly<Record<Topic, string>> = {
  link: "LINK",
  fdb: "NEIGH",
  mdb: "MDB",
  vlan: "VLAN",
  vni: "VNI",
};

/** Words in the order in which a short one is matched. */
const WORDS = ["file", "link", "fdb", "mdb", "vlan", "vni", "all", "help"] as const;

type Watch = {
  readonly self: Process;
  readonly options: BridgeOptions;
  readonly topics: ReadonlySet<Topic>;
  readonly labels: boolean;
  readonly known: KnownLinks;
};

/** The object `monitor`. */
export function* monitorCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const topics = new Set<Topic>();
  let labels = false;
  for (const word of words) {
    const found = WORDS.find((each) => matches(word, each));
    if (found === "help") return yield* printUsage(self, "monitor");
    if (found === "file") return yield* finish(self, notSimulated("bridge monitor file"));
    if (found === undefined) {
      const text = `Argument "${word}" is unknown, try "bridge monitor help".\n`;
      return yield* finish(self, { text, code: 255 });
    }
    if (found === "all") {
      labels = true;
      for (const topic of ["link", "fdb", "mdb", "vlan"] as const) topics.add(topic);
    } else topics.add(found);
  }
  if (topics.size === 0) for (const topic of ["link", "fdb", "mdb"] as const) topics.add(topic);
  return yield* watchEvents({ self, options, topics, labels, known: knownLinks(self.net) });
}

function* watchEvents(watch: Watch): Execution {
  const { self } = watch;
  const arrived = createWaitQueue();
  const isTerminal = self.files.get(1)?.kind === "tty";
  let buffer = "";
  let ready = "";
  const hear = (net: Net, event: NetlinkEvent) => {
    if (net !== self.net) return;
    const found = eventText(watch, event);
    if (found === undefined) return;
    buffer += found.text;
    if (!found.flushes && !isTerminal && buffer.length < 4096) return;
    ready += buffer;
    buffer = "";
    arrived.wakeAll();
  };
  const { netlinkListeners } = self.machine.kernel;
  netlinkListeners.add(hear);
  try {
    for (;;) {
      const text = ready;
      ready = "";
      if (text !== "") yield* print(self, text);
      if (ready === "") yield arrived.wait;
    }
  } finally {
    netlinkListeners.delete(hear);
  }
}

function eventText(
  watch: Watch,
  event: NetlinkEvent,
): { readonly text: string; readonly flushes: boolean } | undefined {
  const { type } = event;
  if (type !== "link" && type !== "fdb" && type !== "mdb" && type !== "vlan") return undefined;
  if (!watch.topics.has(type)) return undefined;
  const out = createOutput({ json: false, pretty: false }, wantsColor(watch.self, watch.options));
  printEvent(out, watch, event);
  const label = watch.labels ? `[${LABELS[type]}]` : "";
  const text = `${stampOf(watch)}${label}${out.take()}`;
  return { text, flushes: type === "link" || type === "fdb" };
}

function printEvent(
  out: Output,
  { options, known }: Watch,
  event: NetlinkEvent & { type: "link" | "fdb" | "mdb" | "vlan" },
): void {
  switch (event.type) {
    case "link": {
      const { dev, gone, bridge = false } = event;
      const ownMaster = bridge && dev.driver.type === "bridge";
      printBridgeLink(out, options, dev, { port: bridge && !gone, ownMaster, gone, known });
      return;
    }
    case "fdb": {
      const entry = event.entry as FdbEntry;
      const dev = entry.port?.dev ?? entry.bridge.dev;
      printFdb(out, options, { entry, dev }, { gone: event.gone, withDevice: true });
      return;
    }
    case "mdb":
      if (event.gone) out.text("Deleted ");
      printMdbChange(out, options, event.entry as MdbChange);
      return;
    case "vlan":
      printVlanEvent(out, event);
  }
}

function printMdbChange(out: Output, options: BridgeOptions, change: MdbChange): void {
  if (!("router" in change)) {
    printMdb(out, options, change);
    return;
  }
  const { dev, bridge } = change.router;
  out.text(`router port dev ${dev.name} master ${bridge.dev.name}\n`);
}

/** What the kernel tells of VLANs that are gone is no more than their numbers. */
function printVlanEvent(out: Output, event: NetlinkEvent & { type: "vlan" }): void {
  const { dev, from, to, gone } = event;
  if (gone) {
    out.text("Deleted ");
    printVlanDevice(out, dev);
    out.text(`${from}${to > from ? `-${to}` : ""}\n                    state disabled \n`);
    return;
  }
  const view = { rows: true, options: true, counters: false };
  const group = vlansOf(dev);
  if (group === undefined) return;
  const rows = vlanRows(group, view)
    .filter((row) => row.to >= from && row.from <= to)
    .map((row) => ({ ...row, from: Math.max(row.from, from), to: Math.min(row.to, to) }));
  printVlanDevice(out, dev);
  printVlanRows(out, dev, rows, view);
}
