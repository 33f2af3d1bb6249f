// A sandbox in memory for the tests of session/ and web/: terminals that understand six words, push
// back when they are not read, and count what they produced. Nothing is started on this machine.
//
// Words of a run: `say N SEED` (N bytes), `drip N SEED` (N bytes in many pieces over many turns),
// `exit N`, `flood` (endless), `hang`, `deaf N` (survives N Ctrl-C), `die`.
//
// Not here: anything of a real shell.

import { Buffer } from "node:buffer";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { NetworkState } from "../../shared/network.ts";
import {
  type Observation,
  type Pace,
  type RunEvent,
  type Sandbox,
  SandboxError,
  type Terminal,
  type VirtualTime,
} from "../../shared/sandbox.ts";
import type { SandboxSource } from "../../shared/session/sandboxLife.ts";

/** A pipe of bounded length: `push` waits until there is room, reading waits until there is some. */
class Pipe<Item> implements AsyncIterable<Item> {
  readonly #items: Item[] = [];
  #wake: (() => void)[] = [];
  #ended = false;

  async push(item: Item): Promise<void> {
    while (this.#items.length >= 2 && !this.#ended) {
      await this.#change();
    }
    this.#items.push(item);
    this.#changed();
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#changed();
        yield item;
      } else if (this.#ended) {
        return;
      } else {
        await this.#change();
      }
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) {
      one();
    }
  }
}

/** The bytes that `say N SEED` and `drip N SEED` print: any byte values, the same every time. */
export function bytesOf(length: number, seed: number): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** What a test sees of a fake terminal. */
export type FakeTerminal = Terminal & { readonly interrupts: () => number };

/** A fake sandbox and the strings that a test pulls. */
export type FakeSandbox = Sandbox & {
  readonly die: (reason: string) => void;
  /** As when a namespace is made anew: its name has a new terminal from now on. */
  readonly makeAnew: (name: string) => void;
  readonly observeNow: (time: number) => Promise<void>;
  readonly disposed: () => boolean;
  readonly produced: () => number;
  readonly pokes: () => number;
  /** How often somebody asked for frames. */
  readonly captures: () => number;
  readonly nonces: readonly string[];
  /** Every pace that was set and every step, where time is virtual. */
  readonly told: readonly (Pace | "step")[];
};

/** Opens one fake sandbox. Terminals exist for "lab" and every name that starts with "netns". */
function fakeSandbox(pace: Pace | undefined): FakeSandbox {
  const terminals = new Map<string, Promise<FakeTerminal & { readonly close: () => void }>>();
  const observations = new Pipe<Observation>();
  const nonces: string[] = [];
  const told: (Pace | "step")[] = [];
  const count = { produced: 0, pokes: 0, captures: 0, disposed: false };
  let ended: (reason: string) => void = () => undefined;
  const whenEnded = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const closeAll = async () => {
    const open = [...terminals.values()];
    terminals.clear();
    for (const terminal of open) {
      (await terminal).close();
    }
  };
  const die = (reason: string) => {
    ended(reason);
    observations.end();
    void closeAll();
  };
  return {
    kind: "vm",
    kernel: "Linux 6.1.0 in memory",
    ended: whenEnded,
    nonces,
    told,
    ...(pace === undefined ? {} : { time: fakeTime(told, pace) }),
    die,
    makeAnew: (name) => void terminals.delete(name),
    disposed: () => count.disposed,
    produced: () => count.produced,
    pokes: () => count.pokes,
    captures: () => count.captures,
    observeNow: (time) => observations.push({ type: "state", state: stateAt(time) }),
    async terminal(name) {
      if (name !== "lab" && !name.startsWith("netns")) {
        throw new SandboxError(`There is no namespace ${name}. Run the cell that makes it.`);
      }
      const known = terminals.get(name);
      if (known !== undefined) {
        return known;
      }
      const opened = fakeTerminal({ count, nonces, die, onEnd: () => terminals.delete(name) });
      terminals.set(name, Promise.resolve(opened));
      return opened;
    },
    script: () => {
      throw new Error("the fake runs no scripts");
    },
    observe(wanted) {
      if ("packets" in wanted) count.captures += 1;
      return {
        [Symbol.asyncIterator]: () => observations[Symbol.asyncIterator](),
        poke: () => {
          count.pokes += 1;
        },
      };
    },
    reset: closeAll,
    async [Symbol.asyncDispose]() {
      count.disposed = true;
      die("closed");
    },
  };
}

function fakeTime(told: (Pace | "step")[], pace: Pace): VirtualTime {
  return { pace, setPace: (next) => void told.push(next), stepEvent: () => void told.push("step") };
}

/** A source that opens fakes and remembers them. */
export function fakeSource(pace?: Pace): SandboxSource & { readonly opened: FakeSandbox[] } {
  const opened: FakeSandbox[] = [];
  return {
    kind: "vm",
    label: "Linux 6.1 in memory",
    pace,
    opened,
    async open() {
      const sandbox = fakeSandbox(pace);
      opened.push(sandbox);
      return sandbox;
    },
  };
}

type TerminalParts = {
  readonly count: { produced: number };
  readonly nonces: string[];
  readonly die: (reason: string) => void;
  readonly onEnd: () => void;
};

function fakeTerminal(parts: TerminalParts): FakeTerminal & { readonly close: () => void } {
  const output = new Pipe<Uint8Array>();
  const interrupted = new EventTarget();
  let interrupts = 0;
  let closed = false;
  let typed = "";
  const close = () => {
    closed = true;
    parts.onEnd();
    output.end();
    interrupted.dispatchEvent(new Event("interrupt"));
  };
  const show = async (bytes: Uint8Array): Promise<RunEvent> => {
    parts.count.produced += bytes.length;
    await output.push(bytes);
    return { type: "output", bytes };
  };
  const untilInterrupted = () =>
    new Promise<void>((resolve) => {
      interrupted.addEventListener("interrupt", () => resolve(), { once: true });
    });

  async function* run(source: string): AsyncGenerator<RunEvent> {
    const [word, first = "0", second = "0"] = source.trim().split(/\s+/);
    const number = Number(first);
    const before = interrupts;
    switch (word) {
      case "say":
        yield await show(bytesOf(number, Number(second)));
        break;
      case "drip": {
        const bytes = bytesOf(number, Number(second));
        for (let at = 0; at < bytes.length; at += 293) {
          yield await show(bytes.slice(at, at + 293));
          await nextTurn();
        }
        break;
      }
      case "flood":
        for (const piece = Buffer.alloc(4096, "y\n"); interrupts === before && !closed; ) {
          yield await show(piece);
        }
        yield { type: "exit", code: 130 };
        return;
      case "hang":
      case "deaf":
        while (interrupts - before <= number && !closed) {
          await untilInterrupted();
        }
        if (!closed) {
          yield { type: "exit", code: 130 };
        }
        return;
      case "die":
        parts.die("The VM was killed. Run a cell to start a new one.");
        return;
      default:
        break;
    }
    yield { type: "exit", code: word === "exit" ? number : 0 };
  }

  return {
    output,
    close,
    interrupts: () => interrupts,
    run(source, { nonce }) {
      parts.nonces.push(nonce);
      return run(source);
    },
    resize: () => undefined,
    write(bytes) {
      const text = Buffer.from(bytes).toString();
      if (text.includes("\u0003")) {
        interrupts += 1;
        interrupted.dispatchEvent(new Event("interrupt"));
      }
      typed += text;
      void output.push(bytes);
      if (/(^|\r)exit\r$/.test(typed)) {
        close();
      }
    },
  };
}

function stateAt(time: number): NetworkState {
  return { time, namespaces: [] };
}
