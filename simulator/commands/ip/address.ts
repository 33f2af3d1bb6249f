// `ip address` (ip-address(8), iproute2 6.1.0): show, add, change, replace, del, flush.
// Not simulated: save, restore, showdump.

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { flushAddresses } from "./addressFlush.ts";
import { modifyAddress } from "./addressModify.ts";
import { printAddress } from "./addressText.ts";
import { showLinks } from "./linkShow.ts";
import { printStatistics } from "./linkStatistics.ts";
import { type LinkView, printLink } from "./linkText.ts";
import { type IpOptions, matches } from "./options.ts";
import { createOutput, type Output, wantsColor } from "./output.ts";
import { isFailure } from "./prefix.ts";
import { finish, finishAfter, notSimulated } from "./refusal.ts";
import {
  addressesOf,
  findDevice,
  kernelLeavesOut,
  readSelection,
  type Selection,
  showsAddress,
  showsLink,
} from "./selection.ts";
import { printUsage } from "./usage.ts";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ["add", (self, options, words) => modifyAddress(self, options, "add", words)],
  ["change", (self, options, words) => modifyAddress(self, options, "change", words)],
  ["chg", (self, options, words) => modifyAddress(self, options, "change", words)],
  ["replace", (self, options, words) => modifyAddress(self, options, "replace", words)],
  ["delete", (self, options, words) => modifyAddress(self, options, "delete", words)],
  ["show", showAddresses],
  ["lst", showAddresses],
  ["list", showAddresses],
  ["flush", flushAddresses],
  ["save", (self) => finish(self, notSimulated("ip address save"))],
  ["showdump", (self) => finish(self, notSimulated("ip address showdump"))],
  ["restore", (self) => finish(self, notSimulated("ip address restore"))],
  ["help", (self) => printUsage(self, "address")],
];

/** The object `address` of `ip`. */
export function* addressCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  if (word === undefined) return yield* showAddresses(self, options, []);
  const action = ACTIONS.find(([name]) => matches(word, name))?.[1];
  if (action !== undefined) return yield* action(self, options, rest);
  yield* warn(self, `Command "${word}" is unknown, try "ip address help".\n`);
  return 255;
}

function* showAddresses(self: Process, options: IpOptions, words: readonly string[]): Execution {
  const selection = readSelection(self.net, words, options.family);
  if (selection === "help") return yield* printUsage(self, "address");
  if (isFailure(selection)) return yield* finish(self, selection);
  const { device } = selection;
  const dev = device === undefined ? undefined : findDevice(self.net, device);
  if (device !== undefined && dev === undefined) {
    return yield* finish(self, missing(device));
  }
  if (options.afterLink && dev !== undefined && selection.group === undefined) {
    return yield* showLinks(self, options, words);
  }
  const out = createOutput(options, wantsColor(self, options));
  const inet6 = options.family === "inet6" && dev === undefined;
  out.openArray();
  for (const link of dev === undefined ? devicesInOrder(self.net) : [dev]) {
    if (!isInAnswer(selection, link, dev, inet6)) continue;
    printOne(out, self, { options, selection, link, inet6 });
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

/** `Device "x" does not exist.`, or the kernel's answer to an index that is not there. */
function missing(name: string): { text: string; code: number } {
  if (!/^if[0-9]+$/.test(name)) return { text: `Device "${name}" does not exist.\n`, code: 1 };
  const text = "RTNETLINK answers: No such device\nCannot send link request: No such device\n";
  return { text, code: 1 };
}

/** A link is left out by the kernel, or because none of its addresses was asked for. */
function isInAnswer(
  selection: Selection,
  link: NetDevice,
  asked: NetDevice | undefined,
  inet6: boolean,
): boolean {
  if (asked === undefined && kernelLeavesOut(selection, link)) return false;
  if (inet6 && link.ip6 === undefined) return false;
  const { family } = selection;
  if (family === "link") return true;
  const all = addressesOf(link, "unspec");
  if (all.length === 0) return family === "unspec";
  return addressesOf(link, family).some((address) => showsAddress(selection, address));
}

type Shown = {
  readonly options: IpOptions;
  readonly selection: Selection;
  readonly link: NetDevice;
  readonly inet6: boolean;
};

function printOne(out: Output, self: Process, shown: Shown): void {
  const { options, selection, link } = shown;
  const oneline = options.oneline && selection.family !== "link" && !options.brief;
  const header = !oneline && selection.label === undefined;
  out.openObject();
  if (!header || showsLink(selection, link)) {
    if (header) {
      printLink(out, { self, options }, link, viewOf(shown));
      if (!options.brief) out.text("\n");
    }
    printAddresses(out, shown, oneline);
    if (header && options.stats > 0 && !options.brief) {
      // The table begins with a line's end; here the line has ended already.
      const table = createOutput({ json: false, pretty: false });
      printStatistics(out.json ? out : table, link, options);
      if (!out.json) out.text(`${table.take().slice(options.lineEnd.length)}\n`);
    }
    if (options.brief) out.text("\n");
  }
  out.closeObject();
}

function viewOf({ options, selection, inet6 }: Shown): LinkView {
  const { family } = selection;
  const kind = options.afterLink || (options.brief && family === "link") ? "link" : "address";
  return { kind, mac: family === "unspec" || family === "link", inet6 };
}

function printAddresses(out: Output, shown: Shown, oneline: boolean): void {
  const { options, selection, link } = shown;
  if (selection.family === "link") return;
  out.openArray("addr_info");
  for (const address of addressesOf(link, selection.family)) {
    out.openObject();
    if (showsAddress(selection, address)) {
      printAddress(out, address, { header: oneline, dev: link, options });
      if (!options.brief) out.text("\n");
    }
    out.closeObject();
  }
  out.closeArray();
}
