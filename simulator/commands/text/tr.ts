// `tr` of coreutils 9.1 (tr(1)): translates, squeezes or deletes bytes.
// Not here: the sets (trSets.ts).
// Not simulated: --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { readOrErrno } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { fail, tryHelp } from "../complain.ts";
import { quote } from "../quoteName.ts";
import { has, openTool, readOptions } from "../tool.ts";
import { parseSet, type TrSet, translation } from "./trSets.ts";

const TABLE = {
  short: "+cCdst",
  long: { complement: "c", delete: "d", "squeeze-repeats": "s", "truncate-set1": "t" },
};

/** Copies standard input with other bytes. */
export function* tr(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const { operands } = given;
  const [remove, squeeze] = [has(given, "d"), has(given, "s")];
  const error = operandError(operands, remove, squeeze);
  if (error !== undefined) return yield* tryHelp(self, `${self.argv[0]}: ${error}`);
  const sets: TrSet[] = [];
  for (const [index, text] of operands.entries()) {
    const set = parseSet(text);
    if (typeof set === "string") return yield* fail(self, set);
    if (index === 0 && set.hasRepeat) {
      return yield* fail(self, "the [c*] repeat construct may not appear in string1");
    }
    sets.push(set);
  }
  const [first, second] = sets;
  if (first === undefined) return 1;
  const options = { complement: has(given, "c", "C"), truncate: has(given, "t") };
  const translates = second !== undefined && !remove;
  const table = translates ? translation(first, second, options) : undefined;
  if (typeof table === "string") return yield* fail(self, table);
  const inFirst = membership(first, options.complement);
  const squeezed = !squeeze
    ? undefined
    : second === undefined
      ? inFirst
      : membership(second, false);
  return yield* copy(self, { table, removed: remove ? inFirst : undefined, squeezed });
}

function membership(set: TrSet, complement: boolean): readonly boolean[] {
  const member = new Array<boolean>(256).fill(complement);
  for (const byte of set.bytes) member[byte] = !complement;
  return member;
}

function operandError(
  operands: readonly string[],
  remove: boolean,
  squeeze: boolean,
): string | undefined {
  const least = remove === squeeze ? 2 : 1;
  const most = remove && !squeeze ? 1 : 2;
  const last = quote(operands.at(-1) ?? "");
  if (operands.length === 0) return "missing operand";
  if (operands.length < least) {
    const why = squeeze ? "both deleting and squeezing repeats" : "translating";
    return `missing operand after ${last}\nTwo strings must be given when ${why}.`;
  }
  if (operands.length <= most) return undefined;
  const extra = `extra operand ${quote(operands[most] ?? "")}`;
  if (operands.length > 2 || most === 2) return extra;
  return `${extra}\nOnly one string may be given when deleting without squeezing repeats.`;
}

type Change = {
  readonly table: readonly string[] | undefined;
  readonly removed: readonly boolean[] | undefined;
  readonly squeezed: readonly boolean[] | undefined;
};

function* copy(self: Process, { table, removed, squeezed }: Change): Execution {
  const tool = openTool(self);
  let last = "";
  for (;;) {
    const bytes = yield* readOrErrno(self, 0, 65536);
    if (typeof bytes !== "string") {
      yield* tool.error(`read error: ${errnoText(bytes.errno)}`);
      return yield* tool.end(1);
    }
    if (bytes === "") return yield* tool.end(0);
    let out = "";
    for (let at = 0; at < bytes.length; at++) {
      const code = bytes.charCodeAt(at);
      if (removed?.[code]) continue;
      const byte = table?.[code] ?? bytes.charAt(at);
      if (squeezed?.[byte.charCodeAt(0)] && byte === last) continue;
      last = byte;
      out += byte;
    }
    if (tool.add(out)) yield* tool.flush();
  }
}
