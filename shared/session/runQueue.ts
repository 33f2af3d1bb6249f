// The runs of one session, one at a time and in order: queued, typed into a terminal, ended. A
// failing cell does not stop the queue; a lost run and Stop do, because what follows would start
// from something that nobody knows.
//
// Every run has a nonce of its own, so that no program can print the mark that ends it.
//
// Not here: the shell's side of a run (server/terminal); opening the sandbox (sandboxLife.ts).

import type { RunEvent, Terminal } from "../sandbox.ts";
import type { RunEnd } from "../session.ts";
import type { Clock, Secret } from "./clock.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flow } from "./flow.ts";
import type { SandboxLife } from "./sandboxLife.ts";
import { sentenceOf } from "./sentence.ts";
import { pieces } from "./terminals.ts";

/** A run keeps this much output; the rest is printed unseen. */
export const KEPT_BYTES = 1024 * 1024;

const LONGEST_QUEUE = 400;
const CTRL_C = Uint8Array.of(3);
const CTRL_C_EVERY = 100;
const CTRL_C_TIMES = 50;
/** After its sandbox has ended, a run may still hand over what it had printed. */
const LAST_WORDS = 250;

const STOPPED_BEFORE = "Stopped before it started.";
const EARLIER_LOST = "Not run, because an earlier cell was lost.";

/** What a page asks to run. */
export type CellToRun = { readonly cell: string; readonly on: string; readonly source: string };

/** What the queue needs from its session. */
export type RunQueueParts = {
  readonly log: EventLog;
  readonly flow: Flow;
  readonly life: SandboxLife;
  readonly clock: Clock;
  readonly secret: Secret;
};

type Run = CellToRun & {
  readonly run: string;
  /** Set once it is typed. */
  terminal?: Terminal;
  stopped: boolean;
  /** How many more times Stop types Ctrl-C. */
  interrupts: number;
  end?: (end: RunEnd) => void;
};

/** The queue of runs of one session. */
export class RunQueue {
  readonly #parts: RunQueueParts;
  #queue: Run[] = [];
  #running: Run | undefined;

  constructor(parts: RunQueueParts) {
    this.#parts = parts;
  }

  /** Queues cells; answers with a sentence when there is no room for them. */
  add(cells: readonly CellToRun[]): string | undefined {
    if (this.#queue.length + cells.length > LONGEST_QUEUE) {
      return `More than ${LONGEST_QUEUE} cells are waiting. Wait for some to end, or stop them.`;
    }
    for (const { cell, on, source } of cells) {
      const run = this.#parts.secret(8);
      this.#queue.push({ cell, on, source, run, stopped: false, interrupts: 0 });
      this.#parts.log.append({ type: "run-queued", run, cell, on });
    }
    if (this.#running === undefined) {
      void this.#work();
    }
    return undefined;
  }

  /** Empties the queue, and interrupts what runs if it is `cell` or no cell is named. */
  stop(cell?: string): void {
    this.#drop(STOPPED_BEFORE);
    const running = this.#running;
    if (running !== undefined && (cell === undefined || cell === running.cell)) {
      running.stopped = true;
      if (running.terminal === undefined) {
        // Its sandbox is being opened, which may take long and goes on for the next run.
        running.end?.({ type: "lost", reason: STOPPED_BEFORE });
        return;
      }
      const interrupting = running.interrupts > 0;
      running.interrupts = CTRL_C_TIMES;
      if (!interrupting) {
        this.#interrupt(running);
      }
    }
  }

  /** Ends everything at once as lost, because the sandbox is taken away. */
  abandon(reason: string): void {
    this.#drop(reason);
    if (this.#running !== undefined) {
      this.#running.stopped = true;
      this.#running.end?.({ type: "lost", reason });
    }
  }

  #drop(reason: string): void {
    const dropped = this.#queue;
    this.#queue = [];
    for (const { run } of dropped) {
      this.#ended(run, { type: "lost", reason }, 0);
    }
  }

  #ended(run: string, end: RunEnd, milliseconds: number): void {
    this.#parts.log.append({ type: "run-ended", run, end, milliseconds });
  }

  /** Some programs swallow the first Ctrl-C, and a shell loop needs one for itself. */
  #interrupt(run: Run): void {
    if (this.#running === run && run.interrupts > 0) {
      run.interrupts -= 1;
      run.terminal?.write(CTRL_C);
      this.#parts.clock.after(CTRL_C_EVERY, () => this.#interrupt(run));
    }
  }

  async #work(): Promise<void> {
    for (let run = this.#queue.shift(); run !== undefined; run = this.#queue.shift()) {
      this.#running = run;
      const end = await this.#runOne(run);
      this.#running = undefined;
      // After Stop and Reset the queue holds only what was asked for since.
      if (end.type === "lost" && !run.stopped) {
        this.#drop(EARLIER_LOST);
      }
    }
  }

  /** Never rejects: whatever goes wrong is how the run ended. */
  async #runOne(run: Run): Promise<RunEnd> {
    const { clock, life } = this.#parts;
    let started = clock.now();
    let end: RunEnd;
    const ending = new Promise<RunEnd>((resolve) => {
      run.end = resolve;
    });
    try {
      end = await Promise.race([
        ending,
        this.#type(run, () => {
          started = clock.now();
        }),
      ]);
    } catch (error) {
      end = { type: "lost", reason: sentenceOf(error, "The cell could not be run") };
    }
    delete run.end;
    this.#ended(run.run, end, run.terminal === undefined ? 0 : clock.now() - started);
    void life.poke();
    return end;
  }

  async #type(run: Run, onStart: () => void): Promise<RunEnd> {
    const { log, life, clock } = this.#parts;
    const live = await life.ready();
    const terminal = await live.terminals.open(run.on);
    if (run.stopped) {
      return { type: "lost", reason: STOPPED_BEFORE };
    }
    run.terminal = terminal;
    life.markBefore();
    onStart();
    log.append({
      type: "run-started",
      run: run.run,
      cell: run.cell,
      on: run.on,
      source: run.source,
    });
    void live.gone.then((reason) => {
      clock.after(LAST_WORDS, () => run.end?.({ type: "lost", reason }));
    });
    const nonce = this.#parts.secret(16);
    const end = await this.#consume(run, terminal.run(run.source, { nonce }));
    return end.type === "lost" ? this.#sayWhy(end, live.gone) : end;
  }

  /** A terminal that is lost with its sandbox ends first; the sandbox's sentence says more. */
  #sayWhy(end: RunEnd, gone: Promise<string>): Promise<RunEnd> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(LAST_WORDS, () => resolve(end));
      void gone.then((reason) => {
        cancel();
        resolve({ type: "lost", reason });
      });
    });
  }

  async #consume(run: Run, events: AsyncIterable<RunEvent>): Promise<RunEnd> {
    const { log, flow } = this.#parts;
    let kept = 0;
    let cut = false;
    for await (const event of events) {
      if (run.end === undefined) {
        break;
      }
      if (event.type !== "output") {
        return event;
      }
      const bytes = event.bytes.subarray(0, KEPT_BYTES - kept);
      kept += bytes.length;
      for (const data of pieces(bytes)) {
        log.append({ type: "run-output", run: run.run, data });
      }
      if (bytes.length < event.bytes.length && !cut) {
        cut = true;
        log.append({ type: "run-cut", run: run.run, keptBytes: kept });
      }
      await flow.pass();
    }
    return { type: "lost", reason: "The terminal ended while this ran. Run the cell again." };
  }
}
