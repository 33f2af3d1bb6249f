// A page for the tests of a session: joins, takes every event as soon as it can, and keeps what a
// real page would show. Waiting is on events, never on time.
//
// Not here: the wire; web/client.fake.ts speaks it.

import { Buffer } from "node:buffer";
import type { Session } from "../../shared/session/session.ts";
import type { SessionEvent } from "../../shared/session.ts";

/** What a fake page has seen, and how to wait for more. */
export type FakePage = {
  readonly events: SessionEvent[];
  /** Settles with the first event, seen or coming, that fits. */
  until(fits: (event: SessionEvent) => boolean): Promise<SessionEvent>;
  leave(): void;
};

/** Joins a session; `acknowledge: false` is a page that takes everything and never says so. */
export function fakePage(
  session: Session,
  options: { readonly acknowledge: boolean } = { acknowledge: true },
): FakePage {
  const events: SessionEvent[] = [];
  let waiting: (() => void)[] = [];
  const page = session.join(0, {
    onEvents: () => setImmediate(take),
    onState: () => undefined,
    onPackets: () => undefined,
  });
  function take(): void {
    for (let next = page.cursor.take(65_536); next.length > 0; next = page.cursor.take(65_536)) {
      events.push(...next);
      const last = next.at(-1);
      if (options.acknowledge && last !== undefined) {
        page.see(last.seq);
      }
    }
    const woken = waiting;
    waiting = [];
    for (const wake of woken) {
      wake();
    }
  }
  take();
  return {
    events,
    leave: () => page.leave(),
    async until(fits) {
      for (;;) {
        const found = events.find(fits);
        if (found !== undefined) {
          return found;
        }
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
  };
}

/** What the newest run of a cell has printed. */
export function outputOf(events: readonly SessionEvent[], cell: string): Buffer {
  const run = events.findLast((event) => event.type === "run-started" && event.cell === cell);
  return Buffer.concat(
    events.flatMap((event) =>
      event.type === "run-output" && run !== undefined && "run" in run && event.run === run.run
        ? [Buffer.from(event.data, "base64")]
        : [],
    ),
  );
}
