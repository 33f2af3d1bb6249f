// The signals of Linux on x86-64 and what they do when nobody cares for them (signal(7)).
// Dumping core is not told apart from ending: `ulimit -c` is 0 on the machine that we follow.
// Not here: sending them (processTable.ts). Not simulated: real-time signals, masks, queued values.

import type { Signal } from "./process.ts";

/** Signals in the order of their numbers; the first has number 1. */
export const SIGNALS: readonly Signal[] = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP " +
  "TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ") as Signal[];

const ALIASES: Record<string, Signal> = { IOT: "ABRT", CLD: "CHLD", POLL: "IO" };

const STOPPING = new Set<Signal>(["STOP", "TSTP", "TTIN", "TTOU"]);
const HARMLESS = new Set<Signal>(["CHLD", "URG", "WINCH", "CONT"]);

/** The number of a signal. */
export function signalNumber(signal: Signal): number {
  return SIGNALS.indexOf(signal) + 1;
}

/** The signal of a word such as "TERM", "SIGTERM", "term" or "15"; undefined when there is none. */
export function signalOf(word: string): Signal | undefined {
  if (/^\d{1,3}$/.test(word)) return SIGNALS[Number(word) - 1];
  const name = word.toUpperCase().replace(/^SIG/, "");
  return SIGNALS.find((signal) => signal === name) ?? ALIASES[name];
}

/** What Linux does with a signal that has no handler. */
export function defaultAction(signal: Signal): "end" | "stop" | "ignore" {
  return STOPPING.has(signal) ? "stop" : HARMLESS.has(signal) ? "ignore" : "end";
}
