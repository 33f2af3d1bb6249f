// `ip link show`: the links that were asked for, each with what -s and -d add.
// Not here: how one is printed (linkText.ts).

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { printStatistics } from "./linkStatistics.ts";
import { printLink } from "./linkText.ts";
import type { Failure, IpOptions } from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { isFailure } from "./prefix.ts";
import { finish, finishAfter } from "./refusal.ts";
import { findDevice, kernelLeavesOut, readSelection, showsLink } from "./selection.ts";
import { printUsage } from "./usage.ts";

/** `ip link show WORDS`. */
export function* showLinks(self: Process, options: IpOptions, words: readonly string[]): Execution {
  const selection = readSelection(self.net, words, "link");
  if (selection === "help") return yield* printUsage(self, "link");
  if (isFailure(selection)) return yield* finish(self, selection);
  const { device } = selection;
  const dev = device === undefined ? undefined : findDevice(self.net, device);
  if (device !== undefined && (dev === undefined || !self.net.byName.has(device))) {
    return yield* finish(self, missing(device, dev !== undefined));
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  const single = dev !== undefined && selection.group === undefined;
  const shown = dev === undefined ? devicesInOrder(self.net) : [dev];
  for (const link of shown) {
    if (!single && kernelLeavesOut(selection, link)) continue;
    out.openObject();
    if (selection.label === undefined && showsLink(selection, link)) {
      printLink(out, { self, options }, link, { kind: "link", mac: true });
      if (options.stats > 0 && !options.brief) printStatistics(out, link, options);
      out.text("\n");
    }
    out.closeObject();
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

/** `ip link show` asks the kernel by name, so a device called by its index is not found. */
function missing(name: string, byIndex: boolean): Failure {
  if (byIndex || /^if[0-9]+$/.test(name)) {
    const text =
      "RTNETLINK answers: No such device\nCannot send link get request: No such device\n";
    return { text, code: 1 };
  }
  return { text: `Device "${name}" does not exist.\n`, code: 1 };
}
