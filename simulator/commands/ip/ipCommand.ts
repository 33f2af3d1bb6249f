// The shape of what does the work of one object of `ip`.
// This file holds the shape only.
// Not here: which objects there are (ip.ts).

import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import type { IpOptions } from "./options.ts";

/** One object of `ip`; `words` are those after the object's name. */
export type IpCommand = (self: Process, options: IpOptions, words: readonly string[]) => Execution;
