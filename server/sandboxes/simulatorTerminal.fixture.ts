// For tests of the simulator's terminals: a terminal whose screen is kept, and a run as one text.

import { setTimeout as sleep } from "node:timers/promises";
import type { Sandbox, Terminal } from "../../shared/sandbox.ts";
import { openServerSimulator } from "./serverSimulator.ts";

/** A terminal of a fresh simulator, and all that it has shown. */
export type OpenTerminal = AsyncDisposable & {
  readonly sandbox: Sandbox;
  readonly terminal: Terminal;
  shown(): string;
  /** Waits until the screen says this. */
  seen(text: string): Promise<void>;
  /** Types, and waits until nothing more is shown. */
  type(keys: string): Promise<void>;
};

/** Opens it. Bytes are shown as characters 0 to 255. */
export async function openTerminal(columns = 80): Promise<OpenTerminal> {
  const sandbox = openServerSimulator();
  sandbox.time?.setPace(1);
  const terminal = await sandbox.terminal("lab", { columns, rows: 24 });
  let shown = "";
  void (async () => {
    for await (const bytes of terminal.output) shown += Buffer.from(bytes).toString("latin1");
  })();
  const quiet = async () => {
    for (let before = -1; before !== shown.length; await sleep(25)) before = shown.length;
  };
  await quiet();
  return {
    sandbox,
    terminal,
    shown: () => shown,
    async seen(text) {
      for (let waited = 0; !shown.includes(text); waited++) {
        if (waited > 500) throw new Error(`Not shown: ${text} in ${JSON.stringify(shown)}`);
        await sleep(10);
      }
    },
    async type(keys) {
      terminal.write(Buffer.from(keys, "latin1"));
      await quiet();
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/** All output of a run, and its exit code or the sentence of `lost`. */
export async function runText(
  terminal: Terminal,
  source: string,
  onOutput: (text: string) => void = () => {},
): Promise<{ readonly output: string; readonly end: number | string }> {
  let output = "";
  for await (const event of terminal.run(source, { nonce: "0".repeat(32) })) {
    if (event.type === "exit") return { output, end: event.code };
    if (event.type === "lost") return { output, end: event.reason };
    output += Buffer.from(event.bytes).toString().replaceAll("\r\n", "\n");
    onOutput(output);
  }
  throw new Error("The run had no end.");
}
