// `du` of coreutils 9.1 (du(1)): how much room files take.
// Not simulated: hard links, --exclude, --time, --block-size, -t, -X, -D, -L, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { humanSize } from "./humanSize.ts";
import { fileBlocks } from "./statusText.ts";

const TABLE = {
  short: "0abcd:hkmsSxlHLPD",
  long: {
    all: "a",
    "apparent-size": "apparent",
    bytes: "b",
    total: "c",
    "max-depth": "d:",
    "human-readable": "h",
    si: "si",
    summarize: "s",
    "separate-dirs": "S",
    "one-file-system": "x",
    null: "0",
    exclude: "odd:",
    time: "odd::",
    "block-size": "odd:",
    threshold: "odd:",
  },
};

type Counting = {
  readonly tool: Tool;
  readonly all: boolean;
  readonly apparent: boolean;
  readonly separate: boolean;
  readonly most: number;
  readonly end: string;
  show(bytes: number): string;
  code: number;
};

/** Adds up the sizes of files. */
export function* du(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const odd = given.options.find(({ name }) => ["odd", "l", "H", "L", "D"].includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `du with -${odd.name}`);
  const depth = lastValue(given, "d");
  if (depth !== undefined && !/^\d+$/.test(depth)) {
    return yield* tryHelp(self, `${self.argv[0]}: invalid maximum depth ${quote(depth)}`);
  }
  if (has(given, "s") && has(given, "a")) {
    return yield* tryHelp(self, `${self.argv[0]}: cannot both summarize and show all entries`);
  }
  const bytes = has(given, "b");
  const unit = has(given, "m") ? 2 ** 20 : bytes ? 1 : 1024;
  const human = has(given, "h") ? 1024 : has(given, "si") ? 1000 : undefined;
  const counting: Counting = {
    tool: openTool(self),
    all: has(given, "a"),
    apparent: bytes || has(given, "apparent"),
    separate: has(given, "S"),
    most: has(given, "s") ? 0 : Number(depth ?? Number.POSITIVE_INFINITY),
    end: has(given, "0") ? "\0" : "\n",
    show: (size) => (human === undefined ? `${Math.ceil(size / unit)}` : humanSize(size, human)),
    code: 0,
  };
  let total = 0;
  for (const path of given.operands.length > 0 ? given.operands : ["."]) {
    total += yield* count(counting, path, 0);
  }
  if (has(given, "c")) counting.tool.add(`${counting.show(total)}\ttotal${counting.end}`);
  return yield* counting.tool.end(counting.code);
}

function* count(counting: Counting, path: string, depth: number): Steps<number> {
  const { tool, all, apparent, most, end } = counting;
  const { self } = tool;
  const { files } = self.machine;
  const status = files.stat(self, path, false);
  if ("errno" in status) {
    yield* tool.drain();
    counting.code = yield* fail(
      self,
      `cannot access ${quoteAlways(path)}: ${errnoText(status.errno)}`,
    );
    return 0;
  }
  let size = apparent ? status.size : fileBlocks(status) * 1024;
  let inside = 0;
  if (status.type === "directory") {
    const names = files.list(self, path, "stored");
    if ("errno" in names) {
      yield* tool.error(`cannot read directory ${quoteAlways(path)}: ${errnoText(names.errno)}`);
      counting.code = 1;
    }
    for (const name of "errno" in names ? [] : names) {
      const child = `${path.replace(/\/$/, "")}/${name}`;
      const own = yield* count(counting, child, depth + 1);
      const each = files.stat(self, child, false);
      const folder = !("errno" in each) && each.type === "directory";
      if (folder && counting.separate) inside += own;
      else size += own;
    }
  }
  const shown = status.type === "directory" || all || depth === 0;
  if (shown && depth <= most && tool.add(`${counting.show(size)}\t${path}${end}`))
    yield* tool.flush();
  return size + inside;
}
