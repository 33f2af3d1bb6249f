// Runs the processes of a machine, as Linux's scheduler would on one CPU: ready ones in the order in
// which they became ready, each until it waits. Every turn costs a few microseconds, so a program
// that never sleeps still sees time pass, and timers that fall due run between two turns.
// A fetch from outside freezes everything: what runs next never depends on how long it took.
// A program that fails says so on its standard error and ends with 2; nobody else notices.
// Not simulated: time slices, priorities.

import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { ExitStatus, Process } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Execution, Steps, Wait } from "./wait.ts";

/** What a turn of the CPU costs, in microseconds: at least, and how much chance adds. */
const TURN = { least: 2, spread: 4 };

/** How many overdue timers run between two turns, so that one that re-arms itself cannot take all. */
const TIMERS_PER_TURN = 1000;

/** How often `finally` blocks of an ended program may wait before they are left alone. */
const LAST_WAITS = 16;

type Task = {
  readonly process: Process;
  readonly execution: Execution;
  state: "ready" | "running" | "waiting";
  /** Stops listening to what it waited for. */
  stopListening: (() => void) | undefined;
  /** Set when it was ended while it ran. */
  ended: ExitStatus | undefined;
};

/** What the scheduler needs: time, chance, and whom to tell that a process has ended. */
export type SchedulerParts = {
  readonly clock: Clock;
  readonly random: Random;
  ended(process: Process, status: ExitStatus): void;
};

type Freeze = (settled: Promise<void>, wake: () => void) => void;

/** Fetches by the same function come from memory after the first one. */
function onceEach(freeze: Freeze): Scheduler["fetchOnce"] {
  const fetched = new Map<unknown, unknown>();
  return function* <T>(load: () => Promise<T>): Steps<T> {
    if (fetched.has(load)) return fetched.get(load) as T;
    const result = yield* awaitOutside(load(), freeze);
    fetched.set(load, result);
    return result;
  };
}

/** A scheduler without processes. */
export function createScheduler(parts: SchedulerParts): Scheduler {
  const tasks = new Map<Process, Task>();
  const queue = createQueue();
  let fetching: Promise<void> | undefined;

  const makeReady = (task: Task): void => {
    if (task.state !== "waiting") return;
    task.state = "ready";
    queue.add(task);
  };
  const finish = (task: Task, status: ExitStatus): void => {
    task.stopListening?.();
    tasks.delete(task.process);
    parts.ended(task.process, status);
  };
  const step = (task: Task): void => {
    task.stopListening?.();
    task.stopListening = undefined;
    if (task.process.state === "stopped") {
      task.state = "waiting";
      return;
    }
    parts.clock.spend(TURN.least + parts.random.below(TURN.spread));
    task.state = "running";
    const result = advance(task);
    if (task.ended !== undefined) {
      closeExecution(task.execution);
      finish(task, task.ended);
    } else if (result.done) {
      finish(task, { code: result.value & 255 });
    } else {
      task.state = "waiting";
      task.stopListening = result.value(() => makeReady(task));
    }
  };

  const freeze: Freeze = (settled, wake) => {
    fetching = settled.then(() => {
      fetching = undefined;
      queue.nextFirst(true);
      wake();
      queue.nextFirst(false);
    });
  };

  return {
    start(process, execution) {
      const task: Task = {
        process,
        execution,
        state: "waiting",
        stopListening: undefined,
        ended: undefined,
      };
      tasks.set(process, task);
      makeReady(task);
    },
    runReady(slices) {
      for (let turn = 0; turn < slices && fetching === undefined; turn++) {
        runOverdue(parts.clock);
        const task = queue.take();
        if (task === undefined) return false;
        if (task.state === "ready" && tasks.get(task.process) === task) step(task);
      }
      return fetching === undefined && queue.size() > 0;
    },
    get idle() {
      return fetching === undefined && queue.size() === 0;
    },
    fetch: (promise) => awaitOutside(promise, freeze),
    fetchOnce: onceEach(freeze),
    fetched: () => fetching ?? Promise.resolve(),
    wake(process) {
      const task = tasks.get(process);
      if (task !== undefined) makeReady(task);
    },
    end(process, status) {
      const task = tasks.get(process);
      if (task === undefined) return;
      if (task.state === "running") {
        task.ended ??= status;
        return;
      }
      tasks.delete(process);
      task.state = "running";
      closeExecution(task.execution);
      finish(task, status);
    },
  };
}

/** Waits for something outside; `freeze` keeps everybody else from running meanwhile. */
function* awaitOutside<T>(
  promise: Promise<T>,
  freeze: (settled: Promise<void>, wake: () => void) => void,
): Steps<T> {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const settled = promise.then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  const wait: Wait = (wake) => {
    freeze(settled, wake);
    return () => {};
  };
  while (outcome === undefined) yield wait;
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

function runOverdue(clock: Clock): void {
  for (let count = 0; count < TIMERS_PER_TURN; count++) {
    const due = clock.nextDue();
    if (due === undefined || due > clock.now) return;
    clock.runNext();
  }
}

/** One turn of a program; a program that throws ends with 2. */
function advance(task: Task): IteratorResult<Wait, number> {
  try {
    return task.execution.next();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const line = `vethbook simulator: ${task.process.name} failed: ${text}\n`;
    task.process.files.get(2)?.write(task.process, line.replace(/[^\0-\xff]/g, "?"));
    return { done: true, value: 2 };
  }
}

/** Ends a program that waits, so that its `finally` blocks run; what they wait for does not come. */
function closeExecution(execution: Execution): void {
  try {
    for (let wait = 0; wait < LAST_WAITS; wait++) if (execution.return(0).done) return;
  } catch {
    // It is ended anyway; its own last words are not worth more than that.
  }
}

type TaskQueue = {
  add(task: Task): void;
  take(): Task | undefined;
  size(): number;
  nextFirst(on: boolean): void;
};

/** First in, first out, without moving what waits; `nextFirst` puts the next one at the head. */
function createQueue(): TaskQueue {
  let tasks: Task[] = [];
  let head = 0;
  let first = false;
  return {
    add(task) {
      if (first) tasks.splice(head, 0, task);
      else tasks.push(task);
    },
    take() {
      const task = tasks[head];
      if (task === undefined) return undefined;
      head += 1;
      if (head > 1024 && head * 2 > tasks.length) {
        tasks = tasks.slice(head);
        head = 0;
      }
      return task;
    },
    size: () => tasks.length - head,
    nextFirst(on) {
      first = on;
    },
  };
}
