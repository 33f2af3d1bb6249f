// Timers of bridges and ports (linux/net/bridge/br_stp_timer.c): at most one of each, kept beside what
// it belongs to, so that `brctl showstp` and `ip -d link` can print what is left of it.
// Policy: timers run in jiffies of 4 ms, as late as Linux's timer wheel; `due` is what was asked for,
// because that is what is printed.
// Not here: what happens when one runs out (brStp.ts, brFdb.ts).

import { JIFFY, type Timer } from "../../clock.ts";
import type { Kernel } from "../core/kernel.ts";

/** Sets (or sets anew) the timer in `owner[key]`; it is gone from there before `run` is called. */
export function arm<Key extends string>(
  kernel: Kernel,
  timer: { readonly owner: Record<Key, Timer | undefined>; readonly key: Key },
  delay: number,
  run: () => void,
): void {
  const { owner, key } = timer;
  const { clock } = kernel;
  owner[key]?.cancel();
  const wheel = clock.afterJiffies(delay, () => {
    owner[key] = undefined;
    run();
  });
  const jiffies = Math.floor((clock.now - clock.start) / JIFFY) + Math.ceil(delay / JIFFY);
  owner[key] = { due: clock.start + jiffies * JIFFY, cancel: wheel.cancel };
}

/** Stops the timer in `owner[key]` if it runs. */
export function disarm<Key extends string>(owner: Record<Key, Timer | undefined>, key: Key): void {
  owner[key]?.cancel();
  owner[key] = undefined;
}

/** What is left of a timer in hundredths of a second; 0 when it does not run. */
export function centisecondsLeft(kernel: Kernel, timer: Timer | undefined): number {
  if (timer === undefined) return 0;
  return Math.floor(Math.max(0, Math.floor((timer.due - kernel.clock.now) / JIFFY)) * 0.4);
}

/** A delay changed so that the timer runs out at a whole second of the machine (round_jiffies). */
export function roundedDelay(kernel: Kernel, delay: number): number {
  const { now, start } = kernel.clock;
  const second = 1_000_000;
  const wanted = now + delay - start;
  const over = wanted % second;
  const rounded = over < second / 4 ? wanted - over : wanted - over + second;
  return rounded + start > now ? rounded + start - now : delay;
}
