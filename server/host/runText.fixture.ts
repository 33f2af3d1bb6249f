// For tests with a real shell: a host sandbox from the image, and a run as one text.

import { randomBytes } from "node:crypto";
import type { RunEvent, Sandbox, Terminal } from "../../shared/sandbox.ts";
import { ensureImage } from "../image/image.ts";
import { openHostSandbox } from "./hostSandbox.ts";

/** A fresh host sandbox. */
export async function openForTest(): Promise<Sandbox> {
  return openHostSandbox(await ensureImage(() => {}));
}

/** Usual size of a test's terminal. */
export const size = { columns: 80, rows: 24 };

/** A nonce nobody has used. */
export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

/** All output of a run and how it ended: an exit code, or the sentence of `lost`. */
export type RunText = { readonly output: string; readonly end: number | string };

/** Collects a run's events. */
export async function collect(events: AsyncIterable<RunEvent>): Promise<RunText> {
  const parts: Uint8Array[] = [];
  for await (const event of events) {
    if (event.type === "output") parts.push(event.bytes);
    else {
      const output = Buffer.concat(parts).toString().replaceAll("\r\n", "\n");
      return { output, end: event.type === "exit" ? event.code : event.reason };
    }
  }
  throw new Error("The run had no end.");
}

/** Runs a source at the terminal's prompt. */
export function runText(terminal: Terminal, source: string, nonce = newNonce()): Promise<RunText> {
  return collect(terminal.run(source, { nonce }));
}

/** Reads the terminal's output in the background; `seen` resolves when a text has come. */
export function watchOutput(terminal: Terminal): { seen(text: string): Promise<string> } {
  let all = "";
  const waiting = new Set<() => void>();
  void (async () => {
    for await (const bytes of terminal.output) {
      all += Buffer.from(bytes).toString();
      for (const check of waiting) check();
    }
  })();
  return {
    seen: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!all.includes(text)) return;
          waiting.delete(check);
          resolve(all);
        };
        waiting.add(check);
        check();
      }),
  };
}
