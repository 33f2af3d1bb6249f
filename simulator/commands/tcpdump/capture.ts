// A live capture (pcap_loop(3) over a packet socket with a ring of blocks, packet(7) TPACKET_V3).
// Policy: as on Linux, frames are seen in blocks. A block is handed over when it is full or when its
// time is over: every second, or ten times a second when somebody reads along (-l, a terminal). What
// is in a block that was not handed over when tcpdump ends was received, but is not captured.
// Frames of the loopback count twice, going out and coming in, and are shown once.
// Not simulated: time stamps of hardware, monitor mode, blocks that get lost.

import type { NetDevice } from "../../net/core/netDevice.ts";
import {
  type CapturedFrame,
  openPacketSocket,
  type PacketSocket,
} from "../../net/packet/afPacket.ts";
import { sleep, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import {
  anyOf,
  createWaitQueue,
  type Execution,
  type Steps,
  type WaitQueue,
} from "../../process/wait.ts";
import { listDevices, usableDevice } from "./devices.ts";
import { filterPacket, frameBytes } from "./frames.ts";
import { LINKS } from "./links.ts";
import { filterWithNames } from "./names.ts";
import type { Options } from "./options.ts";
import { outputBroke } from "./output.ts";
import type { LinkType } from "./print/packet.ts";
import { listenForSignals, type Signals } from "./signals.ts";
import { openSink, packets, type Sink } from "./sink.ts";
import { fail, refuseFilter } from "./stop.ts";

/** From its start until the socket is open, microseconds: tcpdump is large. */
const START = 45_000;

/** What a reader of the output needs to show it, microseconds. */
const READER_TURN = 2000;

const SECOND = 1_000_000;
const BLOCK = 262_144;

/** What the ring keeps beside each frame. */
const FRAME_COST = 96;

/** Captures until it is told to end. */
export function* captureLive(self: Process, options: Options, filter: string): Execution {
  yield* sleep(self, START + self.machine.random.below(10_000));
  const place = choosePlace(self, options);
  if ("error" in place) return yield* fail(self, place.error);
  const { device, link, name } = place;
  if (place.announced) yield* warn(self, `tcpdump: data link type ${link}\n`);
  const compiled = yield* filterWithNames(self, filter, { link, live: true, netmask: 0 });
  if (!("accept" in compiled)) return yield* refuseFilter(self, compiled);
  const sink = yield* openSink(self, options, link);
  if (sink === undefined) return 1;
  const ring = openRing(self, options, { device, link, accept: compiled.accept });
  const signals = listenForSignals(self, ring.wakeUp.wakeAll, () =>
    counts(sink, ring.socket).join(", "),
  );
  try {
    yield* warn(self, headline(options, name, link));
    return yield* run({ self, options, sink, ring, signals, device, link });
  } finally {
    ring.close();
  }
}

function headline(options: Options, name: string, link: LinkType): string {
  const quiet = options.writeFile === undefined && options.print.verbose === 0;
  const suppressed = quiet
    ? "verbose output suppressed, use -v[v]... for full protocol decode\n"
    : "";
  return (
    `tcpdump: ${suppressed}listening on ${name}, link-type ${LINKS[link].text}, ` +
    `snapshot length ${options.snapLength} bytes\n`
  );
}

type Place = {
  /** Undefined for all devices. */
  readonly device: NetDevice | undefined;
  readonly name: string;
  readonly link: LinkType;
  /** The link type was chosen, not the device's own. */
  readonly announced: boolean;
};

/** Where to capture, or why not there. */
function choosePlace(self: Process, options: Options): Place | { readonly error: string } {
  const listed = listDevices(self.net);
  const given = options.device ?? listed[0]?.name ?? "any";
  const isNumber = /^\d+$/.test(given) && !self.net.byName.has(given);
  const name = isNumber ? listed[Number(given) - 1]?.name : given;
  if (name === undefined) return { error: "Invalid adapter index" };
  const foreign = { error: `${options.link} is not one of the DLTs supported by this device` };
  if (name === "any") {
    const link = options.link ?? (options.device === undefined ? "LINUX_SLL" : "LINUX_SLL2");
    if (link !== "LINUX_SLL" && link !== "LINUX_SLL2") return foreign;
    const announced = options.device !== undefined || options.link !== undefined;
    return { device: undefined, name, link, announced };
  }
  const device = usableDevice(self.net, name);
  if ("error" in device) return device;
  if (options.link !== undefined && options.link !== "EN10MB") return foreign;
  return { device, name, link: "EN10MB", announced: options.link !== undefined };
}

/** The socket with its blocks. */
type Ring = {
  readonly socket: PacketSocket;
  /** Frames of blocks that were handed over. */
  readonly ready: CapturedFrame[];
  readonly wakeUp: WaitQueue;
  close(): void;
};

function openRing(
  self: Process,
  options: Options,
  how: Pick<Place, "device" | "link"> & {
    readonly accept: (packet: ReturnType<typeof filterPacket>) => boolean;
  },
): Ring {
  const { clock } = self.machine;
  const wakeUp = createWaitQueue();
  const ready: CapturedFrame[] = [];
  let filled = 0;
  const socket = openPacketSocket(self.net, {
    device: how.device,
    promiscuous: options.promiscuous,
    cause: `tcpdump (pid ${self.pid})`,
    accept: (captured) => {
      if (!how.accept(filterPacket(captured, how.link))) return false;
      filled += FRAME_COST + captured.frame.length;
      if (filled > BLOCK || options.immediate) clock.after(0, handOver);
      return true;
    },
  });
  // libpcap filters the first block once more by itself, and knows no direction and no device then.
  let first = true;
  const passesAgain = (captured: CapturedFrame): boolean =>
    how.accept({ ...filterPacket(captured, how.link), out: undefined, ifindex: Number.NaN });
  const handOver = (): void => {
    filled = 0;
    if (socket.queue.length === 0) return;
    for (const captured of socket.queue) {
      if (!first || passesAgain(captured)) ready.push(captured);
    }
    first = false;
    socket.queue.length = 0;
    wakeUp.wakeAll();
  };
  const readAlong = options.lineBuffered || self.files.get(1)?.kind === "tty";
  const period =
    readAlong && (options.writeFile === undefined || options.printToo) ? SECOND / 10 : SECOND;
  const tick = (): void => {
    handOver();
    timer = clock.afterJiffies(period, tick);
  };
  let timer = clock.afterJiffies(period, tick);
  return {
    socket,
    ready,
    wakeUp,
    close() {
      timer.cancel();
      socket.close();
    },
  };
}

type Run = {
  readonly self: Process;
  readonly options: Options;
  readonly sink: Sink;
  readonly ring: Ring;
  readonly signals: Signals;
  readonly device: NetDevice | undefined;
  readonly link: LinkType;
};

function* run(capture: Run): Execution {
  const { self, options, sink, ring, signals, device } = capture;
  const { socket, ready, wakeUp } = ring;
  const progress = openProgress(capture);
  let failure: string | undefined;
  while (!signals.ended && (options.count === 0 || sink.count < options.count)) {
    yield* progress.show();
    for (const text of signals.asked.splice(0)) yield* warn(self, `tcpdump: ${text}\n`);
    if (signals.flush) {
      signals.flush = false;
      if (sink.dump !== undefined) yield* sink.dump.flush();
    }
    const captured = ready.shift();
    if (captured !== undefined) {
      const errno = yield* takeFrame(capture, captured);
      if (errno !== undefined) return yield* outputBroke(self, errno);
    } else if (socket.error !== undefined) {
      socket.error = undefined;
      if (device !== undefined && (!device.registered || device.net !== self.net)) {
        failure = "The interface disappeared";
        break;
      }
    } else yield anyOf(wakeUp.wait, socket.changed, progress.wait);
  }
  yield* finish(capture, failure);
  return failure === undefined ? 0 : 1;
}

/** Takes a frame, unless it goes in a direction that is not wanted. */
function* takeFrame({ options, sink, link }: Run, captured: CapturedFrame) {
  const out = captured.packetType === "outgoing";
  const twice = out && captured.dev.driver.type === "loopback";
  const { direction } = options;
  if (twice || (direction !== "inout" && (direction === "out") !== out)) return undefined;
  const whole = frameBytes(captured, link);
  const seconds = Math.floor(captured.time / 1e6);
  // The clock has microseconds; the rest is made up.
  const rest = options.print.nano ? (captured.id * 389) % 1000 : 0;
  return yield* sink.take({
    bytes: whole.subarray(0, options.snapLength),
    length: whole.length,
    time: { seconds, nanoseconds: (captured.time - seconds * 1e6) * 1000 + rest },
  });
}

function* finish({ self, sink, ring, signals }: Run, failure: string | undefined): Steps<void> {
  const { socket } = ring;
  if (sink.dump === undefined) {
    // Perhaps a line was not complete.
    if (signals.ended) yield* sink.output.add("\n");
    yield* sink.output.flush();
    // Whoever reads it comes first.
    yield* sleep(self, READER_TURN);
  }
  if (failure !== undefined) yield* warn(self, `tcpdump: pcap_loop: ${failure}\n`);
  yield* warn(self, `${counts(sink, socket).join("\n")}\n`);
  yield* sink.output.flush();
  yield* sink.close();
}

function counts(sink: Sink, socket: PacketSocket): string[] {
  return [
    `${packets(sink.count)} captured`,
    `${packets(socket.received)} received by filter`,
    `${packets(socket.dropped)} dropped by kernel`,
  ];
}

/** With -v and -w: once a second, how many packets there are. */
function openProgress({ self, options, sink }: Run) {
  const { clock } = self.machine;
  const wanted = options.writeFile !== undefined && options.print.verbose > 0 && !options.printToo;
  let due = clock.now + SECOND;
  return {
    wait: (wake: () => void) => {
      if (!wanted) return () => {};
      const timer = clock.after(due - clock.now, wake);
      return () => timer.cancel();
    },
    *show(): Steps<void> {
      if (!wanted || clock.now < due) return;
      due += SECOND;
      yield* warn(self, `Got ${sink.count}\r`);
    },
  };
}
