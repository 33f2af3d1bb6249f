// What tcpdump does with each packet: counts it, writes it to a file (-w), prints it.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { warn } from "../../process/io.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { pcapHeader, pcapRecord } from "../../wire/pcap.ts";
import { LINKS } from "./links.ts";
import { printNames, withNames } from "./names.ts";
import type { Options } from "./options.ts";
import { byteString, openStream, type Stream } from "./output.ts";
import { createPacketPrinter, type LinkType, type Packet } from "./print/packet.ts";

/** Takes packets. */
export type Sink = {
  /** Packets taken so far. */
  count: number;
  /** An errno when standard output is broken. */
  take(packet: Packet): Steps<Errno | undefined>;
  /** Standard output. */
  readonly output: Stream;
  /** The file of -w, if there is one. */
  readonly dump: Stream | undefined;
  /** True when packets are printed. */
  readonly prints: boolean;
  /** Writes everything and closes the file. */
  close(): Steps<void>;
};

/** Opens it; undefined when the file cannot be written to, which has been said then. */
export function* openSink(
  self: Process,
  options: Options,
  link: LinkType,
): Steps<Sink | undefined> {
  const { writeFile, print } = options;
  const standard = self.files.get(1) ?? nowhere;
  const asksForLines = options.lineBuffered || standard.kind === "tty";
  const lines = asksForLines ? "line" : "full";
  const output = openStream(self, standard, options.packetBuffered ? "none" : lines);
  const file = writeFile === undefined ? undefined : yield* openDump(self, writeFile);
  if (writeFile !== undefined && file === undefined) return undefined;
  // Standard output keeps its buffering when packets go there as bytes.
  const own = file === standard ? lines : "full";
  const dump =
    file === undefined ? undefined : openStream(self, file, options.packetBuffered ? "none" : own);
  const names = printNames(self, print.numeric);
  const printer = createPacketPrinter(
    print,
    link,
    names,
    (index) => self.net.devices.get(index)?.name,
  );
  if (dump !== undefined) {
    yield* dump.add(byteString(pcapHeader(LINKS[link].number, options.snapLength, print.nano)));
  }
  const prints = (dump === undefined || options.printToo) && !options.countOnly;
  const sink: Sink = {
    count: 0,
    output,
    dump,
    prints,
    *take(packet) {
      sink.count += 1;
      if (dump !== undefined) {
        const { time, bytes, length } = packet;
        yield* dump.add(byteString(pcapRecord({ ...time, bytes, length }, print.nano)));
      }
      if (!prints) return undefined;
      const number = sink.count;
      return yield* output.add(yield* withNames(self, names, () => printer.print(packet, number)));
    },
    *close() {
      if (dump !== undefined) yield* dump.flush();
      if (file !== undefined && file !== standard) file.release();
    },
  };
  return sink;
}

const nowhere: OpenFile = {
  kind: "null",
  label: "",
  read: () => "",
  write: () => ({ errno: "EBADF" }),
  changed: (wake) => {
    wake();
    return () => {};
  },
  references: 1,
  release() {},
};

function* openDump(self: Process, name: string): Steps<OpenFile | undefined> {
  if (name === "-") return self.files.get(1) ?? nowhere;
  const mode = { write: true, create: true, truncate: true };
  const file = self.machine.files.open(self, name, mode);
  if (!("errno" in file)) return file;
  yield* warn(self, `tcpdump: ${name}: ${errnoText(file.errno)}\n`);
  return undefined;
}

/** "1 packet", "2 packets". */
export function packets(count: number): string {
  return `${count} packet${count === 1 ? "" : "s"}`;
}
