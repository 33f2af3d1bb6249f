// Sends requests in time and says what comes back, until enough was sent, heard or waited (ping(8)).
// Output is kept until something was heard when it does not go to a terminal, as stdio does.
// Not here: the protocols (channel4.ts, channel6.ts).

import { print, timeout, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { onSignal } from "../../process/processTable.ts";
import {
  anyOf,
  createWaitQueue,
  type Execution,
  type Steps,
  type Wait,
} from "../../process/wait.ts";
import { nameCache } from "../resolver.ts";
import type { EchoChannel, EchoEvent, Sender } from "./channel.ts";
import type { PingSettings } from "./settings.ts";
import {
  closingText,
  createStatistics,
  noteAnswered,
  noteTime,
  type PingStatistics,
  timeText,
} from "./statistics.ts";

type Run = {
  readonly self: Process;
  readonly channel: EchoChannel;
  readonly settings: PingSettings;
  readonly statistics: PingStatistics;
  /** Sending times by sequence number, of those that can still be answered. */
  readonly sent: Map<number, number>;
  readonly answered: Set<number>;
  readonly terminal: boolean;
  readonly nameOf: (address: number | string) => Steps<string | undefined>;
  kept: string;
  confirm: boolean;
  nextSend: number;
  /** Requests that the device took in vain. */
  refused: number;
  /** The time for the next request has come. */
  mustSend: boolean;
  /** Something has come since the last request. */
  heard: boolean;
  /** When to give up after the last request; undefined while there is more to send. */
  lingerUntil: number | undefined;
};

/** Requests whose answers are still waited for. */
const MOST_PENDING = 4096;

/** Runs until it is over; the exit status is 0 when enough was answered. */
export function* runPing(
  self: Process,
  channel: EchoChannel,
  target: string,
  settings: PingSettings,
): Execution {
  const { clock } = self.machine;
  const run: Run = {
    ...{
      self,
      channel,
      settings,
      statistics: createStatistics(),
      sent: new Map(),
      answered: new Set(),
    },
    nameOf: nameCache(self),
    ...{
      terminal: self.files.get(1)?.kind === "tty",
      kept: "",
      confirm: false,
      mustSend: false,
      heard: false,
    },
    ...{ nextSend: clock.now, refused: 0, lingerUntil: undefined },
  };
  const signals = watchSignals(self);
  const deadline =
    settings.deadline === undefined ? undefined : clock.now + settings.deadline * 1e6;
  yield* say(run, `${channel.opening}\n`, run.terminal);
  let event = channel.next();
  while (!signals.stopped) {
    // While requests are on their way, all that has come is heard before anything is decided.
    const more = event !== undefined && run.statistics.answered < run.statistics.transmitted;
    if (!more && isOver(run, deadline)) break;
    if (signals.report) {
      signals.report = false;
      yield* warn(self, shortReport(run.statistics));
    }
    if (run.mustSend && maySend(run)) {
      yield* sendOne(run);
      event ??= channel.next();
      continue;
    }
    if (event !== undefined) yield* hear(run, event);
    else if (maySend(run) && clock.now >= run.nextSend) yield* sendOne(run);
    else {
      const due = Math.min(...[run.lingerUntil, deadline].map((time) => time ?? clock.now + 3.6e9));
      const waits = [channel.changed, signals.wait, timeout(self, Math.max(0, due - clock.now))];
      yield anyOf(...waits, ...(maySend(run) ? [sendingTime(run)] : []));
    }
    event = channel.next();
  }
  const { received } = run.statistics;
  yield* say(
    run,
    closingText(
      target,
      run.statistics,
      settings.flood || settings.adaptive || settings.interval === 0,
    ),
    true,
  );
  const enough =
    settings.deadline === undefined || settings.count === undefined || received >= settings.count;
  return received > 0 && enough ? 0 : 1;
}

/**
 * Until the next request is due. While nothing has come since the last one, ping leaves it to the
 * socket to wait, which counts in jiffies; after that it polls for the rest.
 * Whoever is woken by it sends before hearing what has come meanwhile.
 */
function sendingTime(run: Run): Wait {
  const { self, settings } = run;
  const { clock } = self.machine;
  const asSocket = !run.heard && !settings.flood && !settings.adaptive && settings.interval > 0;
  const rest = Math.max(0, run.nextSend - clock.now);
  return (wake) => {
    const up = () => {
      run.mustSend = true;
      wake();
    };
    const timer = asSocket ? clock.afterJiffies(rest, up) : clock.after(rest, up);
    return () => timer.cancel();
  };
}

function watchSignals(self: Process) {
  const queue = createWaitQueue();
  const signals = { stopped: false, report: false, wait: queue.wait };
  for (const signal of ["INT", "ALRM"] as const) {
    onSignal(self, signal, () => {
      signals.stopped = true;
      queue.wakeAll();
    });
  }
  onSignal(self, "QUIT", () => {
    signals.report = true;
    queue.wakeAll();
  });
  return signals;
}

function isOver(
  { self, settings, statistics, lingerUntil }: Run,
  deadline: number | undefined,
): boolean {
  const { now } = self.machine.clock;
  const { count } = settings;
  if (count !== undefined && statistics.received + statistics.errors >= count) return true;
  if (deadline !== undefined && (statistics.errors > 0 || now >= deadline)) return true;
  return lingerUntil !== undefined && now >= lingerUntil;
}

/** With a deadline ping goes on sending until enough was answered. */
function maySend({ settings, statistics }: Run): boolean {
  const { count, deadline } = settings;
  return count === undefined || deadline !== undefined || statistics.transmitted < count;
}

function* sendOne(run: Run): Steps<void> {
  const { self, channel, settings, statistics, sent } = run;
  const { clock } = self.machine;
  run.mustSend = false;
  run.heard = false;
  if (
    settings.outstanding &&
    statistics.transmitted > 0 &&
    !run.answered.has(statistics.transmitted)
  ) {
    yield* say(run, `${stamp(run)}no answer yet for icmp_seq=${statistics.transmitted}\n`, true);
  }
  const sequence = statistics.transmitted + 1;
  const now = clock.now;
  if (statistics.transmitted === 0 && run.refused === 0) statistics.firstSent = now;
  statistics.lastSent = now;
  const errno = channel.send(sequence, run.confirm);
  if (errno === "ENOBUFS" && (yield* noRoom(run, now))) return;
  run.confirm = false;
  statistics.transmitted = sequence;
  sent.set(sequence & 0xffff, now);
  if (sent.size > MOST_PENDING) sent.delete(sent.keys().next().value ?? 0);
  // ping says nothing of a failed send: what there is to say comes by the error queue.
  if (settings.flood && !settings.quiet) yield* say(run, ".", run.terminal);
  const early = sequence < settings.preload;
  run.nextSend = early ? now : now + gapAfter(run) * 1e6;
  if (!maySend(run)) {
    const { received, times } = statistics;
    const wait =
      received > 0 ? Math.max(2 * times.most, settings.interval * 1e6) : settings.linger * 1e6;
    run.lingerUntil = now + Math.max(0, wait);
  }
}

/**
 * The device took no packet: ping tries again an interval later, until it has tried in vain for as
 * long as it would wait for an answer, half an interval each; from then on it says so every time.
 * True when it is to try again.
 */
function* noRoom(run: Run, now: number): Steps<boolean> {
  const { settings, self } = run;
  run.refused += 1;
  const half = Math.min(0.5, Math.max(0.01, settings.interval / 2));
  if (run.refused * half < settings.linger) {
    run.nextSend = now + gapAfter(run) * 1e6;
    return true;
  }
  if (settings.quiet) return false;
  if (settings.flood) yield* say(run, "E", true);
  else {
    yield* flush(run);
    yield* warn(self, "ping: sendmsg: No buffer space available\n");
  }
  return false;
}

/** Seconds to the next request: with -f and -A it follows the answer at once. */
function gapAfter({ settings }: Run): number {
  return settings.flood || settings.interval <= 0
    ? 0.01
    : settings.adaptive
      ? 0.2
      : settings.interval;
}

function* hear(run: Run, event: EchoEvent): Steps<void> {
  const { settings, statistics, self } = run;
  run.heard = true;
  switch (event.type) {
    case "reply":
      yield* hearReply(run, event);
      return;
    case "error":
      statistics.errors += 1;
      noteAnswered(statistics, event.sequence);
      if (settings.flood) yield* say(run, "\bE", true);
      else if (!settings.quiet) yield* sayFrom(run, event);
      return;
    case "notice":
      if (!settings.quiet) yield* sayFrom(run, event);
      return;
    case "local":
      statistics.errors += 1;
      if (settings.flood) yield* say(run, "E", true);
      else if (!settings.quiet) {
        yield* flush(run);
        yield* warn(self, `${event.line}\n`);
      }
  }
}

function* hearReply(run: Run, event: Extract<EchoEvent, { type: "reply" }>): Steps<void> {
  const { settings, statistics, sent, answered } = run;
  const sentAt = sent.get(event.sequence);
  const timed = settings.size >= 16 && sentAt !== undefined;
  const took = timed ? Math.max(0, event.time - sentAt) : 0;
  const duplicate = answered.has(event.sequence);
  if (timed) noteTime(statistics, took);
  if (duplicate) statistics.duplicates += 1;
  else {
    statistics.received += 1;
    answered.add(event.sequence);
    noteAnswered(statistics, event.sequence);
  }
  if (answered.size > MOST_PENDING) answered.delete(answered.values().next().value ?? 0);
  run.confirm = true;
  if (settings.flood || settings.adaptive || settings.interval <= 0) run.nextSend = event.time;
  if (settings.quiet) return;
  if (settings.flood) {
    yield* say(run, "\b \b", run.terminal);
    return;
  }
  const ident = settings.verbose ? ` ident=${settings.identifier ?? 0}` : "";
  const from = yield* senderText(run, event.from);
  const line = `${event.bytes} bytes from ${from}: icmp_seq=${event.sequence}${ident} ttl=${event.ttl}`;
  const time = timed ? ` time=${timeText(took)} ms` : "";
  yield* say(
    run,
    `${stamp(run)}${line}${time}${duplicate && !run.channel.multicast ? " (DUP!)" : ""}${settings.audible ? "\x07" : ""}\n`,
    true,
  );
}

function* sayFrom(run: Run, { from, rest }: { from: Sender; rest: string }): Steps<void> {
  const sender = yield* senderText(run, from);
  yield* say(run, `${stamp(run)}From ${sender}${rest}\n`, true);
}

/** The sender's address, behind its name if it has one and names are wanted. */
function* senderText({ settings, nameOf }: Run, { key, text }: Sender): Steps<string> {
  const name = settings.numeric ? undefined : yield* nameOf(key);
  return name === undefined ? text : `${name} (${text})`;
}

function stamp({ self, settings }: Run): string {
  if (!settings.stamps) return "";
  const { now } = self.machine.clock;
  return `[${Math.floor(now / 1e6)}.${String(now % 1e6).padStart(6, "0")}] `;
}

function shortReport({ transmitted, received, times }: PingStatistics): string {
  const loss = transmitted === 0 ? 0 : Math.floor(((transmitted - received) * 100) / transmitted);
  const figures =
    times.count === 0
      ? ""
      : `, min/avg/ewma/max = ${[times.least, times.sum / times.count, times.ewma / 8, times.most].map((time) => (time / 1000).toFixed(3)).join("/")} ms`;
  return `\r${received}/${transmitted} packets, ${loss}% loss${figures}\n`;
}

function* say(run: Run, text: string, now: boolean): Steps<void> {
  run.kept += text;
  if (now) yield* flush(run);
}

function* flush(run: Run): Steps<void> {
  const text = run.kept;
  run.kept = "";
  if (text !== "") yield* print(run.self, text);
}
