// tcpdump 4.99.3 over libpcap 1.10.3 (tcpdump(1)): captures packets or reads them from a file, and
// prints or writes those that a filter accepts.
// Not here: options (options.ts), live captures (capture.ts), files (savefile.ts), filters (filter/),
// printing (print/). Not simulated: BPF code (-d), files that rotate (-C, -G), time zones.

import { errnoText } from "../../net/core/errno.ts";
import { print, readAll, warn } from "../../process/io.ts";
import { closeFile, freeDescriptor } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { captureLive } from "./capture.ts";
import { deviceList, usableDevice } from "./devices.ts";
import { type Options, readOptions } from "./options.ts";
import { readSaved } from "./savefile.ts";
import { fail } from "./stop.ts";
import { USAGE, VERSION } from "./usageTexts.ts";

/** The program `tcpdump`. */
export function* tcpdump(self: Process): Execution {
  const given = readOptions(self.argv);
  if ("notSimulated" in given) return yield* notSimulated(self, given.notSimulated);
  if ("error" in given) return yield* fail(self, given.error);
  if ("usage" in given) {
    yield* warn(self, `${given.usage}\n${USAGE}`);
    return 1;
  }
  if ("end" in given) {
    yield* print(self, given.end === "help" ? USAGE : VERSION);
    return 0;
  }
  const { options } = given;
  if (options.listDevices) {
    yield* print(self, deviceList(self.net));
    return 0;
  }
  if (options.listLinks && options.readFile === undefined) return yield* listLinks(self, options);
  const filter = yield* filterText(self, options, given.filter);
  if (typeof filter !== "string") return yield* fail(self, filter.error);
  const run = options.readFile === undefined ? captureLive : readSaved;
  return yield* run(self, options, filter);
}

/** The words of the command line, or what is in the file of -F without comments. */
function* filterText(
  self: Process,
  { filterFile }: Options,
  words: string,
): Steps<string | { readonly error: string }> {
  if (filterFile === undefined) return words;
  const file = self.machine.files.open(self, filterFile, { read: true });
  if ("errno" in file) return { error: `can't open ${filterFile}: ${errnoText(file.errno)}` };
  const descriptor = freeDescriptor(self, 3);
  self.files.set(descriptor, file);
  const text = yield* readAll(self, descriptor);
  closeFile(self, descriptor);
  return text.replace(/#.*/g, " ");
}

function* listLinks(self: Process, { device = "any" }: Options): Execution {
  const found = device === "any" ? undefined : usableDevice(self.net, device);
  if (found !== undefined && "error" in found) return yield* fail(self, found.error);
  const docsis =
    found?.driver.type === "loopback" ? "" : "  DOCSIS (DOCSIS) (printing not supported)\n";
  const links =
    found === undefined
      ? "  LINUX_SLL (Linux cooked v1)\n  LINUX_SLL2 (Linux cooked v2)\n"
      : `  EN10MB (Ethernet)\n${docsis}`;
  yield* print(self, `Data link types for ${device} (use option -y to set):\n${links}`);
  return 0;
}
