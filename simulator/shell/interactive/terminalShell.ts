// The shell of a sandbox's terminal: bash whose runs the terminal can follow.
// Not here: the terminal (sandbox/simulatorTerminal.ts).

import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { createShell } from "../createShell.ts";
import { endOfShell } from "../execute/fork.ts";
import { readInvocation } from "../invocation.ts";
import { assign } from "../values.ts";
import { interactiveLoop } from "./interactiveLoop.ts";
import type { RunFollower } from "./runFollower.ts";

/** Runs until the shell ends; `name` stands in its prompt, else the hostname does. */
export function* terminalShell(
  self: Process,
  follower: RunFollower,
  name: string | undefined,
): Execution {
  const invocation = readInvocation(self);
  if ("say" in invocation) return invocation.status;
  const state = createShell(self, invocation);
  assign(state, { name: "PS1" }, `${name ?? "\\h"}:\\w # `);
  return yield* endOfShell(state, () => interactiveLoop(state, follower));
}
