// `true`, `false` and `sync` of coreutils 9.1: nothing to do.

import type { Execution } from "../process/wait.ts";

function* end(code: number): Execution {
  yield* [];
  return code;
}

/** Succeeds. */
export function truth(): Execution {
  return end(0);
}

/** Fails. */
export function falsehood(): Execution {
  return end(1);
}
