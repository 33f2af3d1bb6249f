// When is the network of a sandbox read, and who is told? Netlink changes are gathered for a moment
// and only what they name is read; after a run (`poke`) also what no message reports. Everybody who
// iterates gets the newest state and then every newer one.
// Not here: what is read and kept (networkReader.ts), how a state is used (the session).

import { setTimeout as delay } from "node:timers/promises";
import { type Newest, newestOnly } from "../../shared/newest.ts";
import type { StateObservation } from "../../shared/sandbox.ts";
import { type NetworkReader, networkReader } from "./networkReader.ts";
import type { ObservedAgent } from "./observedAgent.ts";

/** Watches the network of one sandbox until it is closed or the agent is gone. */
export type Observer = AsyncIterable<StateObservation> & {
  /** Reads soon what may have changed without a message; call it after each run. */
  poke(): void;
  /** Ends everybody's iteration. */
  close(): void;
};

/** Waits in milliseconds; a test may shorten them. */
export type ObserverTimes = {
  /** Changes come in bursts: how long to gather them. */
  readonly gather: number;
  /** How long one namespace may take to answer. */
  readonly patience: number;
  /** Sysctls are read when no run has ended for this long. */
  readonly quiet: number;
};

const usualTimes: ObserverTimes = { gather: 40, patience: 8000, quiet: 400 };

/** Starts to observe by way of this agent. */
export function observeAgent(agent: ObservedAgent, times: ObserverTimes = usualTimes): Observer {
  const reader = networkReader(agent, times.patience);
  const newest = newestOnly<StateObservation>();
  const closing = new AbortController();
  const gather = () => delay(times.gather, undefined, { signal: closing.signal }).catch(() => {});
  const publish = publisher(reader, newest);
  let wake = () => {};
  let due = true;
  let poked = true;
  let lastPoke = 0;

  async function listen(): Promise<void> {
    try {
      for await (const change of agent.changes) {
        if (closing.signal.aborted) break;
        reader.note(change);
        due = true;
        wake();
      }
    } catch {
      // The agent is gone; whoever owns the sandbox says so.
    }
    close();
  }

  async function work(): Promise<void> {
    let sysctlsDue = true;
    while (!closing.signal.aborted) {
      const wait = sysctlsDue ? Math.max(0, lastPoke + times.quiet - Date.now()) : undefined;
      if (!due) await woken(wait);
      if (closing.signal.aborted) return;
      if (due) {
        await gather();
        const afterRun = poked;
        if (afterRun) reader.noteRun();
        due = false;
        poked = false;
        sysctlsDue ||= afterRun;
        const begin = Date.now();
        await reader.readDue();
        publish(afterRun);
        await rest(Math.min(3 * (Date.now() - begin), 2000));
      } else if (sysctlsDue) {
        sysctlsDue = false;
        await reader.readSysctls();
        publish(false);
      }
    }
  }

  /**
   * A run that makes change after change needs the sandbox's processor itself, so reading takes a
   * quarter of it at most. Its end, told by a poke, ends the rest.
   */
  async function rest(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!poked && !closing.signal.aborted && Date.now() < end) await woken(end - Date.now());
  }

  /** Waits for something to do, or for the given time. */
  function woken(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function close(): void {
    if (closing.signal.aborted) return;
    closing.abort();
    wake();
    newest.end();
  }

  void listen();
  void work();
  return {
    [Symbol.asyncIterator]: () => newest[Symbol.asyncIterator](),
    poke() {
      poked = true;
      due = true;
      lastPoke = Date.now();
      wake();
    },
    close,
  };
}

/** Gives out the state of now; unless told to always do so, only when it differs from the last. */
function publisher(
  reader: NetworkReader,
  newest: Newest<StateObservation>,
): (always: boolean) => void {
  let last = "";
  return (always) => {
    const state = reader.state();
    const text = JSON.stringify(state.namespaces);
    if (!always && text === last) return;
    last = text;
    newest.put({ type: "state", state });
  };
}
