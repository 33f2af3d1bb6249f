// What has to be added to the list of a session that a stopped server or page left, so that it tells the
// truth: nothing that was running runs any more.
//
// Not here: reading the list from disk (sessionStore.ts).

import type { SessionEvent, SessionFact } from "../session.ts";

/**
 * Facts that end everything that is still open in these events. `interruption` begins the sentences:
 * "The server stopped".
 */
export function factsAfterRestart(
  events: readonly SessionEvent[],
  interruption: string,
): SessionFact[] {
  const whileRunning = `${interruption} while this ran. What was printed is kept. Run the cell again.`;
  const beforeRunning = `${interruption} before this ran. Run the cell again.`;
  const runs = new Map<string, { readonly started?: number; last: number }>();
  const terminals = new Set<string>();
  let sandbox = false;
  for (const event of events) {
    switch (event.type) {
      case "run-queued":
        runs.set(event.run, { last: event.time });
        break;
      case "run-started":
        runs.set(event.run, { started: event.time, last: event.time });
        break;
      case "run-output": {
        const run = runs.get(event.run);
        if (run !== undefined) {
          run.last = event.time;
        }
        break;
      }
      case "run-ended":
        runs.delete(event.run);
        break;
      case "terminal-opened":
        terminals.add(event.terminal);
        break;
      case "terminal-ended":
        terminals.delete(event.terminal);
        break;
      case "sandbox-starting":
      case "sandbox-ready":
        sandbox = true;
        break;
      case "sandbox-ended":
        sandbox = false;
        break;
    }
  }
  return [
    ...[...runs].map(([run, { started, last }]) => ({
      type: "run-ended" as const,
      run,
      end: {
        type: "lost" as const,
        reason: started === undefined ? beforeRunning : whileRunning,
      },
      // When the server died is not known; the last sign of life is.
      milliseconds: started === undefined ? 0 : last - started,
    })),
    ...[...terminals].map((terminal) => ({
      type: "terminal-ended" as const,
      terminal,
      reason: `${interruption}, and this terminal with it.`,
    })),
    ...(sandbox
      ? [
          {
            type: "sandbox-ended" as const,
            reason: `${interruption}, and the sandbox with it. Run starts a new one.`,
          },
        ]
      : []),
  ];
}
