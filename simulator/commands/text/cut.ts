// `cut` of coreutils 9.1 (cut(1)): bytes, characters (which are bytes there) or fields of each line.
// Not simulated: --help, --version.

import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { tryHelp } from "../complain.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";
import { complement, type FieldList, parseFieldList } from "./fieldList.ts";
import { shapeLines } from "./shapeLines.ts";

const TABLE = {
  short: "b:c:d:f:nsz",
  long: {
    bytes: "b:",
    characters: "c:",
    fields: "f:",
    delimiter: "d:",
    "only-delimited": "s",
    "output-delimiter": "output:",
    complement: "complement",
    "zero-terminated": "z",
  },
};

type Cutting = {
  readonly list: FieldList;
  readonly delimiter: string;
  readonly output: string | undefined;
  readonly onlyDelimited: boolean;
};

/** Prints parts of lines. */
export function* cut(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const complain = (text: string) => tryHelp(self, `${self.argv[0]}: ${text}`);
  const lists = given.options.filter(({ name }) => name.length === 1 && "bcf".includes(name));
  const [one] = lists;
  const delimiter = lastValue(given, "d");
  if (delimiter !== undefined && delimiter.length > 1) {
    return yield* complain("the delimiter must be a single character");
  }
  if (lists.length > 1) return yield* complain("only one list may be specified");
  if (one === undefined) {
    return yield* complain("you must specify a list of bytes, characters, or fields");
  }
  const byFields = one.name === "f";
  if (delimiter !== undefined && !byFields) {
    return yield* complain("an input delimiter may be specified only when operating on fields");
  }
  if (has(given, "s") && !byFields) {
    const text = "suppressing non-delimited lines makes sense\n\tonly when operating on fields";
    return yield* complain(text);
  }
  const parsed = parseFieldList(one.value ?? "", byFields ? "field" : "byte/character");
  if (typeof parsed === "string") return yield* complain(parsed);
  const cutting: Cutting = {
    list: has(given, "complement") ? complement(parsed) : parsed,
    delimiter: delimiter === "" ? "\0" : (delimiter ?? "\t"),
    output: lastValue(given, "output"),
    onlyDelimited: has(given, "s"),
  };
  const end = has(given, "z") ? "\0" : "\n";
  const tool = openTool(self);
  const shape = (line: string) => {
    const part = byFields ? fields(line, cutting) : bytes(line, cutting);
    return part === undefined ? undefined : part + end;
  };
  const code = yield* shapeLines(tool, given.operands, shape, end);
  return yield* tool.end(code);
}

function bytes(line: string, { list, output = "" }: Cutting): string {
  const parts = list.map(({ from, to }) => line.slice(from - 1, to));
  return parts.filter((_, index) => (list[index]?.from ?? 0) <= line.length).join(output);
}

function fields(line: string, cutting: Cutting): string | undefined {
  const { list, delimiter, output = delimiter, onlyDelimited } = cutting;
  if (!line.includes(delimiter)) return onlyDelimited ? undefined : line;
  const all = line.split(delimiter);
  return list.flatMap(({ from, to }) => all.slice(from - 1, to)).join(output);
}
