// `less` 590 and `more` of util-linux 2.38 where their output is no terminal: they print all of it.
// On a terminal they do the same; the page scrolls.
// Not simulated: keys, searching, all options but those that change nothing here.

import { errnoText } from "../../net/core/errno.ts";
import { print, readOrErrno, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { openOperand } from "./lines.ts";

function* copy(self: Process, fd: number): Steps<void> {
  for (;;) {
    const bytes = yield* readOrErrno(self, fd, 65536);
    if (typeof bytes !== "string" || bytes === "") break;
    yield* print(self, bytes);
  }
  if (fd !== 0) closeFile(self, fd);
}

function operands(self: Process): string[] {
  const words = self.argv.slice(1);
  const end = words.indexOf("--");
  const options = (word: string) => /^[-+]./.test(word);
  return end < 0
    ? words.filter((word) => !options(word))
    : [...words.slice(0, end).filter((word) => !options(word)), ...words.slice(end + 1)];
}

function isFolder(self: Process, path: string): boolean {
  const status = self.machine.files.stat(self, path);
  return !("errno" in status) && status.type === "directory";
}

/** Prints files. */
export function* less(self: Process): Execution {
  const names = operands(self);
  if (names.length === 0) {
    if (self.files.get(0)?.kind === "tty") {
      yield* warn(self, `Missing filename ("less --help" for help)\n`);
      return 1;
    }
    yield* copy(self, 0);
  }
  let code = 0;
  for (const name of names) {
    const fd = openOperand(self, name);
    if (typeof fd === "number" && !isFolder(self, name)) {
      yield* copy(self, fd);
      continue;
    }
    const text = typeof fd === "number" ? " is a directory" : `: ${errnoText(fd)}`;
    yield* warn(self, `${name}${text}\n`);
    code = 1;
  }
  return code;
}

/** Prints files with their names above. */
export function* more(self: Process): Execution {
  const names = operands(self);
  if (names.length === 0) {
    if (self.files.get(0)?.kind === "tty") {
      yield* warn(self, "more: bad usage\nTry 'more --help' for more information.\n");
      return 1;
    }
    yield* copy(self, 0);
  }
  for (const name of names) {
    const fd = openOperand(self, name);
    if (typeof fd !== "number") {
      yield* warn(self, `more: cannot open ${name}: ${errnoText(fd)}\n`);
    } else if (isFolder(self, name)) {
      yield* print(self, `\n*** ${name}: directory ***\n\n`);
    } else {
      const line = "::::::::::::::";
      yield* print(self, `${line}\n${name}\n${line}\n`);
      yield* copy(self, fd);
    }
  }
  return 0;
}
