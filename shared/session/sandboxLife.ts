// One session's sandbox over time: opened when it is first needed, opened again after it died,
// reset, closed; each step is an event. The newest state of its network is kept beside it.
//
// Not here: which kind of sandbox (server/sandboxes); what runs in it (runQueue.ts).

import type { NetworkState } from "../network.ts";
import { type Observations, type Pace, type Sandbox, SandboxError } from "../sandbox.ts";
import type { Offer } from "../session.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flow } from "./flow.ts";
import { PacketLog } from "./packetLog.ts";
import { sentenceOf } from "./sentence.ts";
import { Terminals } from "./terminals.ts";

const REAL_TIME = "The time of this sandbox is real, so it cannot be told how to pass.";

/** What opens sandboxes, and what a page is told it would get. */
export type SandboxSource = Offer & {
  /** Rejects with a `SandboxError`, whose sentence the reader sees. */
  open(): Promise<Sandbox>;
};

/** The network now, and when the last run began. */
export type NetworkView = { readonly state: NetworkState; readonly before?: NetworkState };

/** A sandbox that answers. */
export type LiveSandbox = {
  readonly sandbox: Sandbox;
  readonly terminals: Terminals;
  /** Settles with a sentence when this sandbox, in this life, has ended. */
  readonly gone: Promise<string>;
};

type Life = LiveSandbox & {
  readonly slot: Slot;
  readonly end: (reason: string) => void;
  over: boolean;
  captured: boolean;
  observations?: Observations;
};

/** The place of a life that is there or coming; a reset takes it before the old life ends. */
type Slot = { life?: Promise<Life> };

/** What the life of a sandbox needs from its session. */
export type SandboxLifeParts = {
  readonly source: SandboxSource;
  /** The pace that was set in an earlier life. */
  readonly pace: Pace | undefined;
  readonly log: EventLog;
  readonly flow: Flow;
  readonly onState: () => void;
  readonly onPackets: () => void;
  readonly report: (line: string) => void;
};

/** The sandbox of one session. */
export class SandboxLife {
  readonly packets = new PacketLog();
  readonly #parts: SandboxLifeParts;
  #slot: Slot | undefined;
  #view: NetworkView | undefined;
  #pace: Pace | undefined;
  #closed = false;
  /** Somebody wants to see frames; from then on they are captured. */
  #capturing = false;

  constructor(parts: SandboxLifeParts) {
    this.#parts = parts;
    this.#pace = parts.pace;
  }

  /** The newest network state; undefined before the first and after the sandbox has ended. */
  get view(): NetworkView | undefined {
    return this.#view;
  }

  /** The sandbox, opened now if there is none. */
  ready(): Promise<LiveSandbox> {
    return this.#slot?.life ?? this.#become((slot) => this.#open(slot));
  }

  /** The sandbox, when there is one. */
  current(): Promise<LiveSandbox> | undefined {
    return this.#slot?.life;
  }

  /** What is true now is what the next run starts from. */
  markBefore(): void {
    if (this.#view !== undefined) {
      this.#view = { state: this.#view.state, before: this.#view.state };
    }
  }

  /** Asks the observer to look again soon. */
  async poke(): Promise<void> {
    (await this.#slot?.life?.catch(() => undefined))?.observations?.poke?.();
  }

  /** Captures frames from now on, in later sandboxes too. */
  async capture(): Promise<void> {
    if (this.#capturing) return;
    this.#capturing = true;
    const life = await this.#slot?.life?.catch(() => undefined);
    if (life !== undefined && !life.over) void this.#capture(life);
  }

  /** Back to the start; settles when the sandbox answers again. */
  async reset(reason: string): Promise<void> {
    const previous = this.#slot?.life;
    if (previous === undefined) {
      // Nothing is there to be reset, but a page may still show what an earlier sandbox did.
      this.#parts.log.append({ type: "sandbox-ended", reason });
      return;
    }
    await this.#become((slot) => this.#reset(slot, previous, reason));
  }

  /** How time passes from now on, in later sandboxes too; throws a `SandboxError` where it is real. */
  setPace(pace: Pace): void {
    if (this.#parts.source.pace === undefined) {
      throw new SandboxError(REAL_TIME);
    }
    this.#pace = pace;
    this.#parts.log.append({ type: "pace-set", pace });
    void this.#slot?.life?.then(
      ({ sandbox }) => this.#keepPace(sandbox),
      () => undefined,
    );
  }

  /** Lets the next event happen while time stands still; rejects with a `SandboxError` otherwise. */
  async stepEvent(): Promise<void> {
    const { source } = this.#parts;
    if (source.pace === undefined) {
      throw new SandboxError(REAL_TIME);
    }
    if ((this.#pace ?? source.pace) !== 0) {
      throw new SandboxError("Time passes. Pause it, then go from event to event.");
    }
    (await this.#slot?.life)?.sandbox.time?.stepEvent();
  }

  /** Closes the sandbox, if there is one. */
  async end(reason: string): Promise<void> {
    const life = await this.#slot?.life?.catch(() => undefined);
    if (life !== undefined) {
      this.#retire(life, reason);
      await dispose(life.sandbox, this.#parts.report);
    }
  }

  /** Closes the sandbox and opens none any more. */
  async close(reason: string): Promise<void> {
    this.#closed = true;
    await this.end(reason);
  }

  #become(start: (slot: Slot) => Promise<Life>): Promise<Life> {
    const slot: Slot = {};
    this.#slot = slot;
    const life = start(slot);
    slot.life = life;
    life.catch(() => this.#leave(slot));
    return life;
  }

  #leave(slot: Slot): void {
    if (this.#slot === slot) {
      this.#slot = undefined;
    }
  }

  async #open(slot: Slot): Promise<Life> {
    const { source, log } = this.#parts;
    if (this.#closed) {
      throw new SandboxError("The server is stopping. Start it again, then run the cell again.");
    }
    log.append({ type: "sandbox-starting", kind: source.kind });
    try {
      return this.#begin(slot, await source.open());
    } catch (error) {
      const reason = sentenceOf(error, "The sandbox did not start");
      log.append({ type: "sandbox-ended", reason });
      throw new SandboxError(reason);
    }
  }

  async #reset(slot: Slot, previous: Promise<Life>, reason: string): Promise<Life> {
    const life = await previous.catch(() => undefined);
    if (life === undefined || life.over) {
      return this.#open(slot);
    }
    const { sandbox } = life;
    this.#retire(life, reason);
    this.#parts.log.append({ type: "sandbox-starting", kind: sandbox.kind });
    try {
      await Promise.race([
        sandbox.reset(),
        sandbox.ended.then((sentence) => Promise.reject(new SandboxError(sentence))),
      ]);
      return this.#begin(slot, sandbox);
    } catch (error) {
      const sentence = sentenceOf(error, "The sandbox could not be reset");
      this.#parts.log.append({ type: "sandbox-ended", reason: sentence });
      await dispose(sandbox, this.#parts.report);
      throw new SandboxError(sentence);
    }
  }

  #begin(slot: Slot, sandbox: Sandbox): Life {
    const { log, flow } = this.#parts;
    let end: (reason: string) => void = () => undefined;
    const gone = new Promise<string>((resolve) => {
      end = resolve;
    });
    const terminals = new Terminals({ sandbox, log, flow });
    const life: Life = { slot, sandbox, terminals, gone, end, over: false, captured: false };
    this.#keepPace(sandbox);
    log.append({ type: "sandbox-ready", kind: sandbox.kind, kernel: sandbox.kernel });
    void sandbox.ended.then((reason) => this.#died(life, reason));
    this.packets.begin();
    void this.#observe(life);
    if (this.#capturing) void this.#capture(life);
    return life;
  }

  #keepPace(sandbox: Sandbox): void {
    if (this.#pace !== undefined) {
      sandbox.time?.setPace(this.#pace);
    }
  }

  #died(life: Life, reason: string): void {
    if (!life.over) {
      this.#retire(life, reason);
      void dispose(life.sandbox, this.#parts.report);
    }
  }

  /** From here on nothing of this life is noted any more. */
  #retire(life: Life, reason: string): void {
    if (life.over) {
      return;
    }
    life.over = true;
    // A sandbox that is reset often remembers all its lives; their networks need not stay.
    delete life.observations;
    this.#leave(life.slot);
    this.#view = undefined;
    life.end(reason);
    life.terminals.end(reason);
    this.#parts.log.append({ type: "sandbox-ended", reason });
  }

  async #observe(life: Life): Promise<void> {
    try {
      life.observations = life.sandbox.observe({ state: true });
      for await (const observation of life.observations) {
        if (life.over) {
          return;
        }
        if (observation.type !== "state") continue;
        const { state } = observation;
        const before = this.#view?.before;
        this.#view = { state, ...(before === undefined ? {} : { before }) };
        this.#parts.onState();
      }
    } catch (error) {
      if (!life.over) {
        this.#parts.report(sentenceOf(error, "The network of a sandbox is no longer observed"));
      }
    }
  }

  async #capture(life: Life): Promise<void> {
    // Who asked while it was being opened finds that it has begun to by itself.
    if (life.captured) {
      return;
    }
    life.captured = true;
    try {
      for await (const observation of life.sandbox.observe({ packets: true })) {
        if (life.over) {
          return;
        }
        if (observation.type === "packets") {
          this.packets.add(observation.packets);
          this.#parts.onPackets();
        }
      }
    } catch (error) {
      if (!life.over) {
        this.packets.missing = sentenceOf(error, "Frames are no longer captured");
        this.#parts.onPackets();
      }
    }
  }
}

async function dispose(sandbox: Sandbox, report: (line: string) => void): Promise<void> {
  try {
    await sandbox[Symbol.asyncDispose]();
  } catch (error) {
    report(sentenceOf(error, "A sandbox could not be closed cleanly"));
  }
}
