// stand-in
import type { Steps } from "../../process/wait.ts";
import type { Reading } from "./reading.ts";

/** Tab. */
export function* completeWord(_reading: Reading): Steps<string> {
  yield* [];
  return "";
}

/** Tab twice. */
export function* listCompletions(_reading: Reading): Steps<string> {
  yield* [];
  return "";
}
