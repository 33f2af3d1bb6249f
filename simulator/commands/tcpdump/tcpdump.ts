// tcpdump 4.99.3 over libpcap 1.10.3 (tcpdump(1)): captures or reads packets, and prints or writes them.
// Not here: options (settings.ts), filters (filter.ts), printing (print/). Not simulated: BPF code,
// rotating files, time zones.

import { devicesInOrder, isRunning } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { type CapturedFrame, openPacketSocket } from "../../net/packet/afPacket.ts";
import { print as printText, readAll, warn, write } from "../../process/io.ts";
import { freeDescriptor } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import { onSignal } from "../../process/processTable.ts";
import { anyOf, createWaitQueue, type Execution, type Steps } from "../../process/wait.ts";
import { LINKTYPE, parsePcap, pcapHeader, pcapRecord } from "../../wire/pcap.ts";
import { nameOfAddress } from "../resolver.ts";
import { openOperand } from "../text/lines.ts";
import { openTool, type Tool } from "../tool.ts";
import { compileFilter } from "./filter.ts";
import type { FrameView } from "./frameView.ts";
import { liveBytes, liveView } from "./liveFrames.ts";
import type { Names } from "./print/names.ts";
import { createPacketPrinter, type LinkType, type Packet } from "./print/packet.ts";
import { type DumpSettings, readDumpSettings } from "./settings.ts";

/** Runs it. */
export function* tcpdump(self: Process): Execution {
  const settings = readDumpSettings(self.argv);
  if ("code" in settings) {
    if (settings.error) yield* warn(self, settings.text);
    else yield* printText(self, settings.text);
    return settings.code;
  }
  const names = yield* namesFor(self, settings.print.numeric);
  let text = settings.filter;
  if (settings.filterFile !== undefined) {
    const content = yield* fileText(self, settings.filterFile);
    if (content === undefined)
      return yield* stop(self, `can't open ${settings.filterFile}: No such file or directory`);
    text = content;
  }
  const services = new Map<string, number>();
  for (const [key, name] of names.ports) services.set(name, Number.parseInt(key, 10));
  const accept = compileFilter(text, (name) => services.get(name));
  return settings.readFile === undefined
    ? yield* capture(self, settings, names, accept)
    : yield* readBack(self, settings, names, accept);
}

type Accept = ReturnType<typeof compileFilter>;

function* stop(self: Process, text: string): Execution {
  yield* warn(self, `tcpdump: ${text}\n`);
  return 1;
}

function* fileText(self: Process, name: string): Steps<string | undefined> {
  const fd = openOperand(self, name);
  return typeof fd === "number" ? yield* readAll(self, fd) : undefined;
}

function* namesFor(self: Process, numeric: boolean): Steps<Names> {
  const ports = new Map<string, string>();
  const text = (yield* fileText(self, "/etc/services")) ?? "";
  for (const line of text.split("\n")) {
    const [name = "", port = ""] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (port !== "" && !ports.has(port)) ports.set(port, name);
  }
  return { numeric, hosts: new Map(), wanted: new Set(), ports };
}

/** Where packets go: to the screen, to a file, or both. */
type Sink = {
  put(packet: Packet): Steps<void>;
  end(): Steps<void>;
  readonly count: () => number;
};

function* openSink(
  self: Process,
  settings: DumpSettings,
  how: {
    readonly names: Names;
    readonly link: LinkType;
    readonly deviceName?: (index: number) => string | undefined;
  },
): Steps<Sink | undefined> {
  const tool = openTool(self);
  tool.eager ||= settings.lineByLine;
  const printer = createPacketPrinter(settings.print, how.link, how.names, how.deviceName);
  const shows = settings.writeFile === undefined ? !settings.countOnly : settings.printToo;
  const fd =
    settings.writeFile === undefined ? undefined : yield* openOutput(self, settings.writeFile);
  if (fd === "refused") return undefined;
  if (fd !== undefined)
    yield* write(self, fd, byteText(pcapHeader(linkNumber(how.link), settings.snapLength)));
  let count = 0;
  return {
    *put(packet) {
      count += 1;
      if (fd !== undefined)
        yield* write(
          self,
          fd,
          byteText(pcapRecord({ ...packet.time, bytes: packet.bytes, length: packet.length })),
        );
      if (shows && tool.add(yield* printed(self, how.names, () => printer.print(packet, count))))
        yield* tool.flush();
    },
    end: () => endTool(tool, settings, () => count),
    count: () => count,
  };
}

function* endTool(tool: Tool, settings: DumpSettings, count: () => number): Steps<void> {
  if (settings.countOnly && settings.readFile !== undefined) {
    tool.add(`${count()} packet${count() === 1 ? "" : "s"}\n`);
  }
  yield* tool.drain();
}

function linkNumber(link: LinkType): number {
  return link === "EN10MB" ? LINKTYPE.ETHERNET : LINKTYPE[link];
}

function* openOutput(self: Process, name: string): Steps<number | "refused"> {
  if (name === "-") return 1;
  const file = self.machine.files.open(self, name, { write: true, create: true, truncate: true });
  if ("errno" in file) {
    yield* warn(
      self,
      `tcpdump: ${name}: ${file.errno === "ENOENT" ? "No such file or directory" : "Permission denied"}\n`,
    );
    return "refused";
  }
  const fd = freeDescriptor(self, 3);
  self.files.set(fd, file);
  return fd;
}

/** The text of a packet; names that are missing are looked up first. */
function* printed(self: Process, names: Names, show: () => string): Steps<string> {
  const text = show();
  if (names.wanted.size === 0) return text;
  for (const address of names.wanted) {
    names.hosts.set(
      address,
      typeof address === "number" ? yield* nameOfAddress(self, address) : undefined,
    );
  }
  names.wanted.clear();
  return show();
}

function byteText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function* capture(self: Process, settings: DumpSettings, names: Names, accept: Accept): Execution {
  const device = settings.device ?? firstDevice(self);
  const cooked = device === "any";
  const dev = cooked ? undefined : self.net.byName.get(device);
  if (!cooked && dev === undefined)
    return yield* stop(self, `${device}: No such device exists\n(No such device exists)`);
  const link = cooked ? "LINUX_SLL2" : "EN10MB";
  if (cooked) yield* warn(self, "tcpdump: data link type LINUX_SLL2\n");
  if (typeof accept !== "function") return yield* stop(self, accept.problem);
  if (dev !== undefined && (dev.flags & 1) === 0)
    return yield* stop(self, `${device}: That device is not up`);
  const sink = yield* openSink(self, settings, {
    names,
    link,
    deviceName: (index) => self.net.devices.get(index)?.name,
  });
  if (sink === undefined) return 1;
  const socket = openPacketSocket(self.net, {
    device: dev,
    promiscuous: settings.promiscuous && !cooked,
    accept: (captured) => wants(captured, settings) && accept(liveView(captured, cooked)),
    cause: `tcpdump (pid ${self.pid})`,
  });
  const quiet =
    settings.print.verbose === 0 && (settings.writeFile === undefined || settings.printToo);
  const head = quiet
    ? "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
    : "tcpdump: ";
  const linkText = cooked ? "LINUX_SLL2 (Linux cooked v2)" : "EN10MB (Ethernet)";
  yield* warn(
    self,
    `${head}listening on ${device}, link-type ${linkText}, snapshot length ${settings.snapLength} bytes\n`,
  );
  const signals = stopSignals(self);
  let failure = "";
  while (settings.count === undefined || sink.count() < settings.count) {
    const captured = socket.queue.shift();
    if (captured !== undefined) yield* sink.put(packetOf(captured, cooked, settings.snapLength));
    else if (signals.stopped) {
      // The "^C" of a terminal gets a line of its own.
      yield* sink.end();
      yield* printText(self, "\n");
      break;
    } else if (socket.error !== undefined) {
      failure = dev?.registered === false ? "The interface disappeared" : "The interface went down";
      break;
    } else yield anyOf(socket.changed, signals.wait);
  }
  yield* sink.end();
  socket.close();
  if (failure !== "") yield* warn(self, `tcpdump: pcap_loop: ${failure}\n`);
  yield* warn(self, statistics(sink.count(), socket.received, socket.dropped));
  return failure === "" ? 0 : 1;
}

/** The device that libpcap takes when none is named: the first that runs, else "any". */
function firstDevice(self: Process): string {
  const devices = devicesInOrder(self.net).filter((dev) => (dev.flags & 1) === 1);
  const best =
    devices.find((dev) => dev !== self.net.loopback && isRunning(dev)) ??
    devices.find((dev) => dev !== self.net.loopback);
  return best?.name ?? "any";
}

function wants(captured: CapturedFrame, { direction }: DumpSettings): boolean {
  const out = captured.packetType === "outgoing";
  // On the loopback every packet would be seen twice.
  if (out && isLoopback(captured.dev)) return false;
  return direction === "inout" || (direction === "out") === out;
}

function isLoopback(dev: NetDevice): boolean {
  return dev.driver.type === "loopback";
}

function packetOf(captured: CapturedFrame, cooked: boolean, snapLength: number): Packet {
  const bytes = liveBytes(captured, cooked);
  return {
    bytes: bytes.length > snapLength ? bytes.subarray(0, snapLength) : bytes,
    length: bytes.length,
    time: momentOf(captured.time),
  };
}

function momentOf(time: number): Packet["time"] {
  return { seconds: Math.floor(time / 1e6), nanoseconds: Math.floor(time % 1e6) * 1000 };
}

function stopSignals(self: Process) {
  const queue = createWaitQueue();
  const signals = { stopped: false, wait: queue.wait };
  for (const signal of ["INT", "TERM", "HUP"] as const) {
    if (signal === "HUP" && self.handlers.get(signal) === "ignore") continue;
    onSignal(self, signal, () => {
      signals.stopped = true;
      queue.wakeAll();
    });
  }
  return signals;
}

function statistics(captured: number, received: number, dropped: number): string {
  const packets = (count: number) => `${count} packet${count === 1 ? "" : "s"}`;
  return `${packets(captured)} captured\n${packets(received)} received by filter\n${packets(dropped)} dropped by kernel\n`;
}

function* readBack(self: Process, settings: DumpSettings, names: Names, accept: Accept): Execution {
  const name = settings.readFile ?? "-";
  const content = yield* fileText(self, name);
  if (content === undefined) return yield* stop(self, `${name}: No such file or directory`);
  const file = parsePcap(Uint8Array.from(content, (character) => character.charCodeAt(0)));
  if (file === undefined) {
    return yield* stop(
      self,
      content.length < 24
        ? `truncated dump file; tried to read 24 file header bytes, only got ${content.length}`
        : "unknown file format",
    );
  }
  const link = (Object.entries(LINKS).find(([, number]) => number === file.linkType)?.[0] ?? "") as
    | LinkType
    | "";
  if (link === "")
    return yield* stop(self, `vethbook simulator: link type ${file.linkType} is not simulated`);
  const linkText = {
    EN10MB: "EN10MB (Ethernet)",
    LINUX_SLL: "LINUX_SLL (Linux cooked v1)",
    LINUX_SLL2: "LINUX_SLL2 (Linux cooked v2)",
  }[link];
  yield* warn(
    self,
    `reading from file ${name}, link-type ${linkText}, snapshot length ${file.snapLength}\n`,
  );
  if (typeof accept !== "function") return yield* stop(self, accept.problem);
  const sink = yield* openSink(self, settings, { names, link });
  if (sink === undefined) return 1;
  for (const { seconds, nanoseconds, bytes, length } of file.packets) {
    if (settings.count !== undefined && sink.count() >= settings.count) break;
    if (accept(viewOf(bytes, length, link)))
      yield* sink.put({ bytes, length, time: { seconds, nanoseconds } });
  }
  yield* sink.end();
  if (file.cut) {
    yield* warn(
      self,
      "tcpdump: pcap_loop: truncated dump file; tried to read 16 header bytes, only got fewer\n",
    );
    return 1;
  }
  return 0;
}

const LINKS = {
  EN10MB: LINKTYPE.ETHERNET,
  LINUX_SLL: LINKTYPE.LINUX_SLL,
  LINUX_SLL2: LINKTYPE.LINUX_SLL2,
};

function viewOf(bytes: Uint8Array, length: number, link: LinkType): FrameView {
  return {
    bytes,
    length,
    link: link === "EN10MB" ? 14 : 20,
    tag: undefined,
    packetType: undefined,
  };
}
