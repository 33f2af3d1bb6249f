// The page under cellOutput.test.ts: prints pieces of output into a new <pre> and says what it shows.

import { outputLog } from "../session/outputLog.ts";
import { cellOutput } from "./cellOutput.ts";

export type Shown = { readonly html: string; readonly text: string; readonly cut: boolean };

/** Feeds the pieces one by one, and resolves when all is shown. */
async function show(pieces: readonly (readonly number[])[]): Promise<Shown> {
  const pre = document.body.appendChild(document.createElement("pre"));
  let cut = false;
  const output = cellOutput(pre, () => {
    cut = true;
  });
  const log = outputLog();
  for (const piece of pieces) {
    log.append({ bytes: Uint8Array.from(piece), history: false });
    output.feed(log);
  }
  await new Promise<void>((resolve) => output.finish(resolve));
  return { html: pre.innerHTML, text: pre.textContent ?? "", cut };
}

Object.assign(globalThis, { show });
