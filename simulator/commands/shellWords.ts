// echo, printf, test and [ as programs in /usr/bin: what bash's builtins of these names do (for `env`,
// `xargs`, `ip netns exec`). `yes` is here too.
// Not simulated: where coreutils differ from bash (--help, --version).

import { print } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { bashProgram } from "../shell/bash.ts";

function asProgram(name: string): Program {
  return function* (self: Process): Execution {
    self.argv = [name, "-c", `builtin ${name} "$@"`, name, ...self.argv.slice(1)];
    return yield* bashProgram(self);
  };
}

export const echo = asProgram("echo");
export const printf = asProgram("printf");
export const test = asProgram("test");
export const bracket = asProgram("[");

/** How many bytes `yes` writes at a time. */
const PIECE = 8192;

/** Prints its words again and again until nobody reads. */
export function* yes(self: Process): Execution {
  const line = `${self.argv.slice(1).join(" ") || "y"}\n`;
  const piece = line.repeat(Math.max(1, Math.floor(PIECE / line.length)));
  for (;;) {
    if ((yield* print(self, piece)) !== undefined) return 1;
  }
}
