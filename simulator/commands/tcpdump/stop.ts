// How tcpdump ends at once.

import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";

/** Says why, and ends with 1. */
export function* fail(self: Process, error: string): Execution {
  yield* warn(self, `tcpdump: ${error}\n`);
  return 1;
}

/** Says what is wrong with a filter. */
export function* refuseFilter(
  self: Process,
  filter: { readonly error: string } | { readonly notSimulated: string },
): Execution {
  if ("error" in filter) return yield* fail(self, filter.error);
  return yield* notSimulated(self, filter.notSimulated);
}
