// Sends probes, several at a time, and prints the hops in order as they become known (traceroute(8)).
// Policy: a probe is given up after a time that shrinks to three times what an answer of the same hop
// took, or ten times one of a later hop; what has come is heard when enough are on their way; after a final answer no hop behind it is looked for.
// Not here: the protocols (probes4.ts, probes6.ts).

import { print, timeout, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { anyOf, type Execution, type Steps } from "../../process/wait.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";
import { isLinkLocal6 } from "../../wire/ipv6.ts";
import { nameOfAddress } from "../resolver.ts";
import type { ProbeAnswer, ProbeChannel } from "./probes.ts";
import type { TracerouteSettings } from "./settings.ts";

type Probe = {
  sent: number | undefined;
  done: boolean;
  answer: ProbeAnswer | undefined;
};

type Run = {
  readonly self: Process;
  readonly settings: TracerouteSettings;
  readonly channel: ProbeChannel;
  readonly probes: readonly Probe[];
  /** Probes from `start` up to `end` are still to be printed. */
  start: number;
  end: number;
  lastSent: number;
  /** Who was named last on this line. */
  named: number | string | undefined;
};

/** Runs until the last hop is printed. */
export function* runTraceroute(
  self: Process,
  settings: TracerouteSettings,
  channel: ProbeChannel,
): Execution {
  const { first, most, queries } = settings;
  const run: Run = {
    ...{ self, settings, channel, lastSent: Number.NEGATIVE_INFINITY, named: undefined },
    probes: Array.from({ length: most * queries }, () => ({
      ...{ sent: undefined, done: false, answer: undefined },
    })),
    ...{ start: (first - 1) * queries, end: most * queries },
  };
  const { clock } = self.machine;
  while (run.start < run.end) {
    const due = yield* goThrough(run);
    if (typeof due === "string") {
      yield* warn(self, `\n${due}`);
      return 1;
    }
    if (hear(run) || due === undefined || run.start >= run.end) continue;
    yield anyOf(...channel.waits(), timeout(self, Math.max(0, due - clock.now)));
    hear(run);
  }
  yield* print(self, "\n");
  return 0;
}

/** One look at all probes: when to look again at the latest, or which call failed. */
function* goThrough(run: Run): Steps<number | string | undefined> {
  const { self, settings, channel, probes } = run;
  const { clock } = self.machine;
  const pause = (settings.pause >= 10 ? settings.pause / 1000 : settings.pause) * 1e6;
  let due: number | undefined;
  let pending = 0;
  for (let index = run.start; index < run.end; index++) {
    const probe = probes[index];
    if (probe === undefined) break;
    if (probe.sent === undefined) {
      if (clock.now < run.lastSent + pause) return Math.min(due ?? Infinity, run.lastSent + pause);
      run.lastSent = clock.now;
      probe.sent = clock.now;
      const failed = channel.send(index, Math.floor(index / settings.queries) + 1);
      if (failed !== undefined) return failed;
    }
    const end = probe.sent + patience(run, index);
    if (!probe.done && clock.now >= end) giveUp(run, index);
    if (!probe.done) {
      due = Math.min(due ?? Infinity, end);
      pending += 1;
      if (pending >= settings.together) break;
      continue;
    }
    if (index === run.start) {
      yield* show(run, index);
      run.start += 1;
    }
    if (probe.answer?.final === true) run.end = endOfHop(run, index);
  }
  return due;
}

function endOfHop({ settings: { queries } }: Run, index: number): number {
  return (Math.floor(index / queries) + 1) * queries;
}

/** Takes what has come; false when there was nothing. */
function hear({ channel, probes }: Run): boolean {
  let heard = false;
  for (let answer = channel.next(); answer !== undefined; answer = channel.next()) {
    const probe = probes[answer.probe];
    heard = true;
    channel.forget(answer.probe);
    if (probe === undefined || probe.done || probe.sent === undefined) continue;
    probe.done = true;
    probe.answer = answer;
  }
  return heard;
}

/** How long to wait for a probe's answer, in microseconds. */
function patience(run: Run, index: number): number {
  const [most, here, near] = run.settings.wait;
  const end = endOfHop(run, index);
  const took = (from: number, to: number) =>
    Math.max(
      ...run.probes
        .slice(from, to)
        .map(({ sent, answer }) =>
          sent === undefined || answer === undefined ? 0 : answer.time - sent,
        ),
    );
  const same = here === 0 ? 0 : took(end - run.settings.queries, end);
  if (same > 0) return Math.min(most * 1e6, same * here);
  if (near === 0) return most * 1e6;
  for (let at = end; at < run.end; at += run.settings.queries) {
    const later = took(at, at + run.settings.queries);
    if (later > 0) return Math.min(most * 1e6, later * near);
  }
  return most * 1e6;
}

/**
 * No answer. If a router has refused the same probe of the next hop, it is he who kept silent here:
 * what he said then stands here, and this is the last hop. A hop before it must have answered.
 */
function giveUp(run: Run, index: number): void {
  const probe = run.probes[index];
  const next = run.probes[index + run.settings.queries];
  if (probe === undefined) return;
  run.channel.forget(index);
  probe.done = true;
  const known = run.probes.some(({ answer }) => answer?.final === false);
  if (known && next?.answer?.final === true && next.answer.mark !== "") {
    probe.answer = next.answer;
    probe.sent = next.sent;
  }
}

function* show(run: Run, index: number): Steps<void> {
  const { self, settings, probes } = run;
  const { queries } = settings;
  const probe = probes[index];
  let text = "";
  if (index % queries === 0) {
    text = `\n${String(index / queries + 1).padStart(2)} `;
    run.named = undefined;
  }
  const answer = probe?.answer;
  const from = answer?.from;
  if (from === undefined) text += " *";
  else if (from !== run.named) {
    text += ` ${yield* nameText(run, from)}`;
    run.named = from;
  }
  if (answer !== undefined) {
    text += `  ${((answer.time - (probe?.sent ?? 0)) / 1000).toFixed(3)} ms`;
    if (answer.mark !== "") text += ` ${answer.mark}`;
  }
  yield* print(self, text);
}

function* nameText({ self, settings }: Run, from: number | string): Steps<string> {
  let address = typeof from === "number" ? ip4Text(from) : ip6Text(from);
  if (typeof from === "string" && isLinkLocal6(from) && settings.probe.device !== undefined) {
    address += `%${settings.probe.device}`;
  }
  if (settings.numeric) return address;
  return `${(yield* nameOfAddress(self, from)) ?? address} (${address})`;
}
