// What iproute2's commands print when the kernel says no: the kernel's own sentence if it has one,
// else the text of the errno; and how a command ends early.
// Not here: refusals of words (options.ts).

import { errnoText, type Refusal } from "../../net/core/errno.ts";
import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import type { Failure } from "./options.ts";

/** The line that a refused request prints. */
export function refusalText(refusal: Refusal): string {
  const { errno, message } = refusal;
  if (message === undefined) return `RTNETLINK answers: ${errnoText(errno)}\n`;
  return `Error: ${message}${message.endsWith(".") ? "" : "."}\n`;
}

/** A refusal as the end of a command: status 2. */
export function refused(refusal: Refusal): Failure {
  return { text: refusalText(refusal), code: 2 };
}

/** `Cannot find device "x"`, status 1. */
export function noDevice(name: string): Failure {
  return { text: `Cannot find device "${name}"\n`, code: 1 };
}

/** What the simulator has not: says so, status 2. */
export function notSimulated(what: string): Failure {
  return { text: `vethbook simulator: ${what} is not simulated\n`, code: 2 };
}

/** Ends a command with its failure, or well. */
export function* finish(self: Process, failure: Failure | undefined): Execution {
  if (failure === undefined) return 0;
  yield* warn(self, failure.text);
  return failure.code;
}

/** Prints what a command has to say and then how it ended. */
export function* finishAfter(self: Process, text: string, failure?: Failure): Execution {
  if (text !== "") yield* print(self, text);
  return yield* finish(self, failure);
}
