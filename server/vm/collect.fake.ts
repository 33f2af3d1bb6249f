// What the tests of the VM share: running a script or a line and gathering what it prints.

import { randomBytes } from "node:crypto";
import type { RunEvent, Sandbox, Terminal } from "../../shared/sandbox.ts";

/** How a run ended, with all that it printed. */
export type Collected = { readonly output: string; readonly code: number | string };

/** Runs a bash script in the sandbox. */
export function runScript(sandbox: Sandbox, source: string): Promise<Collected> {
  return collect(sandbox.script(source, { name: "test.sh" }));
}

/** Types a line at a terminal's prompt. */
export function runLine(terminal: Terminal, source: string): Promise<Collected> {
  return collect(terminal.run(source, { nonce: randomBytes(16).toString("hex") }));
}

/** Gathers the events of a run; `code` is the reason when it was lost. */
export async function collect(
  events: AsyncIterable<RunEvent>,
  onOutput: (output: string) => void = () => {},
): Promise<Collected> {
  let output = "";
  for await (const event of events) {
    if (event.type === "output") {
      output += Buffer.from(event.bytes).toString();
      onOutput(output);
    } else if (event.type === "exit") return { output, code: event.code };
    else return { output, code: event.reason };
  }
  return { output, code: "the run told no end" };
}
