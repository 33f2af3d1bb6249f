// The turns of arping: send a probe in each interval, tell of each answer, say at the end what came.
// It ends when its count of probes was sent and one more interval is over, when -w is over, on the
// first answer (-f, -D), with -w when as many answers came as were asked for, or by a signal.
// Not here: options and devices (arping.ts).

import { errnoText } from "../net/core/errno.ts";
import type { NetDevice } from "../net/core/netDevice.ts";
import type { CapturedFrame, PacketSocket } from "../net/packet/afPacket.ts";
import { print, timeout, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { onSignal } from "../process/processTable.ts";
import { anyOf, createWaitQueue, type Execution, type Steps } from "../process/wait.ts";
import { BROADCAST_MAC, ip4Text, macText } from "../wire/address.ts";
import { ARP_LENGTH, ARP_OPERATION, parseArp, putArp } from "../wire/arp.ts";
import type { ArpingSettings } from "./arping.ts";

/** One run. */
export type ArpingRun = {
  readonly self: Process;
  readonly settings: ArpingSettings;
  readonly socket: PacketSocket;
  readonly device: NetDevice;
  readonly source: number;
  readonly target: number;
  /** The first line. */
  readonly opening: string;
  /** Whom the next probe goes to. */
  peer: number;
};

type Progress = {
  /** What had been printed to a pipe is kept until somebody answers, as stdio does. */
  kept: string;
  turns: number;
  sent: number;
  broadcasts: number;
  lastSent: number;
  received: number;
  receivedBroadcasts: number;
  requests: number;
  stopped: boolean;
};

const HEADER = 14;
const ETHERTYPE_ARP = 0x0806;

/** Runs until it is over; 0 when it found what it looked for. */
export function* runArping(run: ArpingRun): Execution {
  const { self, settings, socket } = run;
  const { clock } = self.machine;
  const progress: Progress = {
    ...{ kept: run.opening, turns: 0, sent: 0, broadcasts: 0, lastSent: 0 },
    ...{ received: 0, receivedBroadcasts: 0, requests: 0, stopped: false },
  };
  const signals = createWaitQueue();
  for (const signal of ["INT", "TERM", "QUIT"] as const) {
    onSignal(self, signal, () => {
      progress.stopped = true;
      signals.wakeAll();
    });
  }
  const never = Number.POSITIVE_INFINITY;
  const interval = settings.interval === 0 ? never : settings.interval * 1e6;
  const end = settings.timeout === 0 ? never : clock.now + settings.timeout * 1e6;
  let tick = clock.now;
  let code = 0;
  if (self.files.get(1)?.kind === "tty") yield* say(run, progress, "");
  while (!progress.stopped) {
    const { error } = socket;
    const captured = socket.queue.shift();
    if (captured !== undefined) yield* hear(run, progress, captured);
    else if (error !== undefined) {
      // The device may come back: arping goes on as long as it would have.
      socket.error = undefined;
      yield* say(run, progress, "");
      yield* warn(self, `arping: recvfrom: ${errnoText(error)}\n`);
      code = 2;
    } else if (clock.now >= tick) {
      if (progress.turns === settings.count) break;
      progress.turns += 1;
      sendProbe(run, progress);
      tick += interval;
      // The time is over before the last answer is read.
      if (clock.now >= end) break;
    } else if (clock.now >= end) break;
    else {
      const due = Math.min(tick, end);
      const waits = [socket.changed, signals.wait];
      if (due < never) waits.push(timeout(self, due - clock.now));
      yield anyOf(...waits);
    }
  }
  yield* say(run, progress, settings.quiet ? "" : closingText(progress));
  return code + (isSuccess(settings, progress) ? 0 : 1);
}

function isSuccess(settings: ArpingSettings, { sent, received }: Progress): boolean {
  if (settings.detect) return received === 0;
  if (settings.unsolicited) return true;
  return settings.timeout > 0 && settings.count === undefined ? received > 0 : sent === received;
}

function* say({ self }: ArpingRun, progress: Progress, text: string): Steps<void> {
  yield* print(self, progress.kept + text);
  progress.kept = "";
}

function sendProbe(run: ArpingRun, progress: Progress): void {
  const { settings, socket, device, source, target, peer } = run;
  const payload = new Uint8Array(ARP_LENGTH);
  putArp(payload, 0, {
    ...{ hardware: 1, protocol: 0x0800, senderMac: device.mac, senderIp: source },
    operation: settings.answer ? ARP_OPERATION.REPLY : ARP_OPERATION.REQUEST,
    targetMac: settings.answer ? device.mac : peer,
    targetIp: target,
  });
  progress.lastSent = run.self.machine.clock.now;
  if (socket.sendTo(payload, peer, ETHERTYPE_ARP) !== undefined) return;
  progress.sent += 1;
  if (peer === BROADCAST_MAC) progress.broadcasts += 1;
}

function* hear(run: ArpingRun, progress: Progress, captured: CapturedFrame): Steps<void> {
  const { settings, device, source, target } = run;
  const packet = parseArp(captured.frame, HEADER);
  if (packet === undefined || packet.protocol !== 0x0800) return;
  const { operation, senderMac, senderIp, targetMac, targetIp } = packet;
  const request = operation === ARP_OPERATION.REQUEST;
  if (!request && operation !== ARP_OPERATION.REPLY) return;
  if (captured.packetType === "otherhost" || senderIp !== target) return;
  if (settings.detect) {
    if (senderMac === device.mac || (source !== 0 && targetIp !== source)) return;
  } else if (targetIp !== source || targetMac !== device.mac) return;
  const unicast = captured.packetType === "host";
  if (!settings.quiet) {
    const where = [];
    if (targetIp !== source) where.push(`${ip4Text(targetIp)} `);
    if (targetMac !== device.mac) where.push(`[${loudMac(targetMac)}]`);
    const forWhom = where.length === 0 ? "" : `for ${where.join("")}`;
    const how = `${unicast ? "Unicast" : "Broadcast"} ${request ? "request" : "reply"}`;
    const took = (captured.time - progress.lastSent) / 1000;
    yield* say(
      run,
      progress,
      `${how} from ${ip4Text(senderIp)} [${loudMac(senderMac)}] ${forWhom} ${took.toFixed(3)}ms\n`,
    );
  }
  progress.received += 1;
  if (!unicast) progress.receivedBroadcasts += 1;
  if (request) progress.requests += 1;
  const enough = settings.timeout > 0 && progress.received === settings.count;
  if (settings.first || enough) progress.stopped = true;
  if (!settings.broadcast) run.peer = senderMac;
}

function loudMac(mac: number): string {
  return macText(mac).toUpperCase();
}

function closingText(progress: Progress): string {
  const { sent, broadcasts, received, requests, receivedBroadcasts } = progress;
  const parts = [];
  if (requests > 0) parts.push(`${requests} request(s)`);
  if (receivedBroadcasts > 0) parts.push(`${receivedBroadcasts} broadcast(s)`);
  const detail = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  return `Sent ${sent} probes (${broadcasts} broadcast(s))\nReceived ${received} response(s)${detail}\n`;
}
