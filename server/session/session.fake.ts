// A session on a fake sandbox, with a clock whose minutes a test moves by hand.
//
// Not here: the sandbox (sandbox.fake.ts), a page of it (sessionPage.fake.ts).

import type { Pace } from "../../shared/sandbox.ts";
import { Session } from "../../shared/session/session.ts";
import type { SessionEvent } from "../../shared/session.ts";
import { fakeSource } from "./sandbox.fake.ts";
import { secret, systemClock } from "./systemClock.ts";

/**
 * A session with all that a test looks at or moves; `shortWait` replaces all short waits, and a
 * `pace` makes time virtual.
 */
export function newSession(events: readonly SessionEvent[] = [], shortWait?: number, pace?: Pace) {
  const source = fakeSource(pace);
  const pending: { action: () => void; milliseconds: number }[] = [];
  const reports: string[] = [];
  let idled = 0;
  const session = new Session({
    id: "test",
    source,
    record: {
      events,
      append: () => undefined,
      rewrite: () => undefined,
      flush: async () => undefined,
      safe: () => true,
    },
    // Minutes are moved by hand; fractions of a second pass by themselves.
    clock: {
      now: systemClock.now,
      turn: systemClock.turn,
      after(milliseconds, action) {
        if (milliseconds < 1000) {
          const short = setTimeout(action, shortWait ?? milliseconds);
          return () => clearTimeout(short);
        }
        const timer = { action, milliseconds };
        pending.push(timer);
        return () => void pending.splice(pending.indexOf(timer), 1);
      },
    },
    secret,
    report: (line) => reports.push(line),
    interruption: "The server stopped",
    onIdle: () => {
      idled += 1;
    },
  });
  return { session, source, pending, reports, idled: () => idled };
}

/** A cell as a page asks for it. */
export const cell = (name: string, source: string, on = "lab") => ({ cell: name, source, on });
/** Fits the event that ends the newest run of this cell. */
export const ended = (name: string) => {
  let run: string | undefined;
  return (event: SessionEvent) => {
    if (event.type === "run-queued" && event.cell === name) {
      run = event.run;
    }
    return event.type === "run-ended" && event.run === run;
  };
};
