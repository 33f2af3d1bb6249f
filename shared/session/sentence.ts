// Turns whatever was thrown into one plain sentence for a reader. A SandboxError already is one;
// anything else is named briefly, in one line, without a stack.
//
// Not here: what to do about it; the caller knows.

import { SandboxError } from "../sandbox.ts";

const LONGEST = 200;

/** One line that says what went wrong; `beginning` opens it when the error was not made for readers. */
export function sentenceOf(error: unknown, beginning: string): string {
  if (error instanceof SandboxError) {
    return error.message;
  }
  const text = error instanceof Error ? error.message : String(error);
  const line = (text.split("\n")[0] ?? "").replaceAll(/\p{Cc}/gu, " ").slice(0, LONGEST);
  return `${beginning}: ${line}`;
}
