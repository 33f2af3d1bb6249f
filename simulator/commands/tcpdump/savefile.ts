// Packets from a file (-r; pcap_open_offline(3), pcap-savefile(5)).
// Not simulated: pcapng, link types other than Ethernet and Linux cooked.

import { errnoText } from "../../net/core/errno.ts";
import { warn } from "../../process/io.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import { anyOf, createWaitQueue, type Execution, type Steps } from "../../process/wait.ts";
import {
  isPcapMagic,
  PCAP_HEADER,
  PCAP_RECORD,
  type PcapHeader,
  parsePcapHeader,
  parsePcapRecord,
} from "../../wire/pcap.ts";
import { notSimulated } from "../complain.ts";
import { LINKS, linkOf } from "./links.ts";
import { filterWithNames } from "./names.ts";
import type { Options } from "./options.ts";
import { outputBroke } from "./output.ts";
import type { Packet } from "./print/packet.ts";
import { listenForSignals } from "./signals.ts";
import { openSink, packets, type Sink } from "./sink.ts";
import { fail, refuseFilter } from "./stop.ts";

/** The longest packet that libpcap takes from a file. */
const LONGEST = 262_144;

/** Reads a file and does with its packets what the options say. */
export function* readSaved(self: Process, options: Options, filter: string): Execution {
  const name = options.readFile ?? "-";
  const file =
    name === "-" ? self.files.get(0) : self.machine.files.open(self, name, { read: true });
  if (file === undefined) return yield* fail(self, "The standard input is not open");
  if ("errno" in file) return yield* fail(self, `${name}: ${errnoText(file.errno)}`);
  try {
    return yield* readOpen(self, options, { file, name, filter });
  } finally {
    if (name !== "-") file.release();
  }
}

type Source = { readonly file: OpenFile; readonly name: string; readonly filter: string };

function* readOpen(self: Process, options: Options, { file, name, filter }: Source): Execution {
  const reader = createReader(self, file);
  const header = yield* readHeader(reader);
  if ("error" in header) return yield* fail(self, header.error);
  const link = linkOf(header.linkType);
  if (link === undefined) {
    return yield* notSimulated(self, `tcpdump with link type ${header.linkType}`);
  }
  const length = header.snapLength || LONGEST;
  yield* warn(
    self,
    `reading from file ${name}, link-type ${LINKS[link].text}, snapshot length ${length}\n`,
  );
  if (link === "LINUX_SLL2") yield* warn(self, "Warning: interface names might be incorrect\n");
  const compiled = yield* filterWithNames(self, filter, { link, live: false, netmask: 0 });
  if (!("accept" in compiled)) return yield* refuseFilter(self, compiled);
  const sink = yield* openSink(self, { ...options, snapLength: length }, link);
  if (sink === undefined) return 1;
  const wakeUp = createWaitQueue();
  const signals = listenForSignals(self, wakeUp.wakeAll);
  reader.interrupted = { when: () => signals.ended, wait: wakeUp.wait };
  let error: string | undefined;
  while (!signals.ended && (options.count === 0 || sink.count < options.count)) {
    const packet = yield* readPacket(reader, header);
    if (packet === undefined) break;
    if ("error" in packet) {
      error = packet.error;
      break;
    }
    const { bytes } = packet;
    if (!compiled.accept({ bytes, length: packet.length, out: false, tag: -1, ifindex: 0 }))
      continue;
    const errno = yield* sink.take(packet);
    if (errno !== undefined) return yield* outputBroke(self, errno);
  }
  yield* finish(self, options, sink, { ended: signals.ended && error === undefined, error });
  return error === undefined ? 0 : 1;
}

function* finish(
  self: Process,
  options: Options,
  sink: Sink,
  { ended, error }: { readonly ended: boolean; readonly error: string | undefined },
): Steps<void> {
  if (ended && sink.dump === undefined) yield* sink.output.add("\n");
  yield* sink.output.flush();
  if (error !== undefined) yield* warn(self, `tcpdump: pcap_loop: ${error}\n`);
  if (options.countOnly) {
    yield* sink.output.add(`${packets(sink.count)}\n`);
    yield* sink.output.flush();
  }
  yield* sink.close();
}

/** Reads bytes of an open file, which may be a pipe. */
type Reader = {
  /** So many bytes, or fewer at the end; or why not. */
  take(count: number): Steps<Uint8Array | { readonly error: string }>;
  /** What may end waiting for more. */
  interrupted: { when(): boolean; readonly wait: (wake: () => void) => () => void } | undefined;
};

function createReader(self: Process, file: OpenFile): Reader {
  let buffer = "";
  const reader: Reader = {
    interrupted: undefined,
    *take(count) {
      while (buffer.length < count) {
        const part = file.read(self, 65536);
        if (part === "again") {
          const { interrupted } = reader;
          yield interrupted === undefined ? file.changed : anyOf(file.changed, interrupted.wait);
          if (interrupted?.when()) {
            return { error: "error reading dump file: Interrupted system call" };
          }
        } else if (typeof part !== "string") {
          return { error: `error reading dump file: ${errnoText(part.errno)}` };
        } else if (part === "") break;
        else buffer += part;
      }
      const text = buffer.slice(0, count);
      buffer = buffer.slice(count);
      return Uint8Array.from(text, (character) => character.charCodeAt(0));
    },
  };
  return reader;
}

function* readHeader(reader: Reader): Steps<PcapHeader | { readonly error: string }> {
  const magic = yield* reader.take(4);
  if ("error" in magic) return magic;
  const cut = (wanted: number, got: number) => {
    return {
      error: `truncated dump file; tried to read ${wanted} file header bytes, only got ${got}`,
    };
  };
  if (magic.length < 4) return cut(4, magic.length);
  if (!isPcapMagic(magic)) return { error: "unknown file format" };
  const rest = yield* reader.take(PCAP_HEADER - 4);
  if ("error" in rest) return rest;
  const header = parsePcapHeader(Uint8Array.from([...magic, ...rest]));
  if (header === undefined) return cut(PCAP_HEADER, rest.length);
  if (header.major !== 2) {
    return { error: `unsupported pcap savefile version ${header.major}.${header.minor}` };
  }
  return header;
}

/** The next packet; undefined at the end. */
function* readPacket(
  reader: Reader,
  header: PcapHeader,
): Steps<Packet | { readonly error: string } | undefined> {
  const head = yield* reader.take(PCAP_RECORD);
  if ("error" in head) return head;
  if (head.length === 0) return undefined;
  const record = parsePcapRecord(header, head);
  if (record === undefined) {
    const got = head.length;
    return {
      error: `truncated dump file; tried to read ${PCAP_RECORD} header bytes, only got ${got}`,
    };
  }
  const { captured, length, seconds, nanoseconds } = record;
  const snapLength = header.snapLength || LONGEST;
  if (captured > LONGEST) {
    return {
      error: `invalid packet capture length ${captured}, bigger than snaplen of ${snapLength}`,
    };
  }
  const bytes = yield* reader.take(captured);
  if ("error" in bytes) return bytes;
  if (bytes.length < captured) {
    return {
      error: `truncated dump file; tried to read ${captured} captured bytes, only got ${bytes.length}`,
    };
  }
  return { bytes: bytes.subarray(0, snapLength), length, time: { seconds, nanoseconds } };
}
