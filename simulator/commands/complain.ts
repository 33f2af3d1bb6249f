// Sentences that many commands end in.
// Not here: errors of one command.

import { warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";

/** Says that something is out of reach here, and ends with 2. */
export function* notSimulated(self: Process, what: string): Execution {
  yield* warn(self, `vethbook simulator: ${what} is not simulated\n`);
  return 2;
}

/** An error line, if there is one, and the hint at --help. */
export function* tryHelp(self: Process, error: string | undefined, code = 1): Execution {
  const name = self.argv[0] ?? "";
  const line = error === undefined ? "" : `${error}\n`;
  yield* warn(self, `${line}Try '${name} --help' for more information.\n`);
  return code;
}

/** An error line in the command's own name. */
export function* fail(self: Process, error: string, code = 1): Execution {
  yield* warn(self, `${self.argv[0]}: ${error}\n`);
  return code;
}
