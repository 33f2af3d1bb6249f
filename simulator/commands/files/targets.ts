// Where `cp`, `mv` and `ln` put things: the last operand, a folder to put all into, or -t and -T.
// Error texts are those of coreutils 9.1.

import { errnoText } from "../../net/core/errno.ts";
import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { fail, tryHelp } from "../complain.ts";
import type { Given } from "../getopt.ts";
import { quoteAlways } from "../quoteName.ts";
import { has, lastValue } from "../tool.ts";
import { lastName } from "./names.ts";

/** From where to where. */
export type Transfer = { readonly from: string; readonly to: string };

/** Options that `cp`, `mv` and `ln` share. */
export const TARGET_OPTIONS = {
  "target-directory": "t:",
  "no-target-directory": "T",
  force: "f",
  interactive: "i",
  verbose: "v",
  suffix: "S:",
  backup: "backup::",
  "strip-trailing-slashes": "strip",
} as const;

/** What is to go where; a number when the program ends with it. */
export function* transfers(self: Process, given: Given): Steps<readonly Transfer[] | number> {
  const { operands } = given;
  const name = self.argv[0] ?? "";
  const folder = lastValue(given, "t");
  if (operands.length === 0) return yield* tryHelp(self, `${name}: missing file operand`);
  const into = (target: string, list: readonly string[]) =>
    list.map((from) => ({ from, to: `${target.replace(/\/+$/, "")}/${lastName(from)}` }));
  if (folder !== undefined) {
    if (has(given, "T")) {
      return yield* fail(
        self,
        "cannot combine --target-directory (-t) and --no-target-directory (-T)",
      );
    }
    if (isFolder(self, folder)) return into(folder, operands);
    const status = self.machine.files.stat(self, folder);
    const errno = "errno" in status ? status.errno : "ENOTDIR";
    return yield* fail(self, `target directory ${quoteAlways(folder)}: ${errnoText(errno)}`);
  }
  const [first = "", second] = operands;
  if (second === undefined) {
    const alone = name.endsWith("ln") && !has(given, "T");
    if (alone) return into(".", operands);
    const text = `missing destination file operand after ${quoteAlways(first)}`;
    return yield* tryHelp(self, `${name}: ${text}`);
  }
  if (has(given, "T")) {
    if (operands.length === 2) return [{ from: first, to: second }];
    return yield* tryHelp(self, `${name}: extra operand ${quoteAlways(operands[2] ?? "")}`);
  }
  const target = operands.at(-1) ?? "";
  const noFollow = has(given, "n") && name.endsWith("ln");
  if (isFolder(self, target, !noFollow)) return into(target, operands.slice(0, -1));
  if (operands.length === 2) return [{ from: first, to: second }];
  const status = self.machine.files.stat(self, target);
  const errno = "errno" in status ? status.errno : "ENOTDIR";
  return yield* fail(self, `target ${quoteAlways(target)}: ${errnoText(errno)}`);
}

/** True when a folder is there. */
function isFolder(self: Process, path: string, follow = true): boolean {
  const status = self.machine.files.stat(self, path, follow);
  return !("errno" in status) && status.type === "directory";
}

/** True when both lead to the same file. */
export function isSameFile(self: Process, a: string, b: string, follow = true): boolean {
  const [x, y] = [
    self.machine.files.stat(self, a, follow),
    self.machine.files.stat(self, b, follow),
  ];
  return !("errno" in x) && !("errno" in y) && x.inode === y.inode;
}
