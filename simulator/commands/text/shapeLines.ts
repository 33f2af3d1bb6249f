// The loop of programs that print each line of their files in another shape.
// Not here: what becomes of a line (cut.ts, copyLines.ts).

import { errnoText } from "../../net/core/errno.ts";
import type { Steps } from "../../process/wait.ts";
import { quoteIfNeeded } from "../quoteName.ts";
import type { Tool } from "../tool.ts";
import { openLines } from "./lines.ts";

/** What stands for a line, with its end; undefined: nothing. */
export type LineShape = (line: string, ended: boolean) => string | undefined;

/** Puts each line of all files through `shape`; lines end with `separator`. Answers the exit code. */
export function* shapeLines(
  tool: Tool,
  names: readonly string[],
  shape: LineShape,
  separator = "\n",
): Steps<number> {
  let code = 0;
  for (const name of names.length > 0 ? names : ["-"]) {
    const lines = openLines(tool.self, name, separator);
    if (typeof lines === "string") {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(lines)}`);
      code = 1;
      continue;
    }
    for (;;) {
      const line = lines.ready() ?? (yield* lines.next());
      if (line === undefined) break;
      const shaped = shape(line, lines.terminated);
      if (shaped !== undefined && tool.add(shaped)) yield* tool.flush();
    }
    if (lines.errno !== undefined) {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(lines.errno)}`);
      code = 1;
    }
    lines.close();
  }
  return code;
}
