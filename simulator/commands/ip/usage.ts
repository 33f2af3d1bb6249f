// The help of `ip` and its objects; the texts are fetched when somebody asks for them.
// Not here: the texts (usageTexts.ts).

import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";

/** The help of a topic such as "link" or "link vlan"; "" when there is none. */
export function* usageText(self: Process, topic: string): Steps<string> {
  const { USAGE_TEXTS } = yield* self.machine.scheduler.fetch(import("./usageTexts.ts"));
  return USAGE_TEXTS.get(topic) ?? "";
}

/**
 * Prints the help of an object to standard error, status 255; or with a kind of link that has help
 * of its own, that help to standard output, status 0.
 */
export function* printUsage(self: Process, topic: string, kind?: string): Execution {
  const own = kind === undefined ? "" : yield* usageText(self, `${topic} ${kind}`.trim());
  if (own !== "") {
    yield* print(self, own);
    return 0;
  }
  yield* warn(self, yield* usageText(self, topic));
  return 255;
}
