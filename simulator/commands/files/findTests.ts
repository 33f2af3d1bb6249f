// Tests of `find` (find(1)): does this file match?
// Not here: reading them (findExpression.ts).
// Not simulated: -fstype (everything is of the type asked for), owners other than root, times of
// access and change (they are those of the last change of contents).

import type { FileStatus } from "../../process/fileSystem.ts";
import type { Process } from "../../process/process.ts";
import { compilePattern, matches } from "../../shell/expand/pattern.ts";
import { compileRegex } from "../text/regex.ts";
import type { Visit } from "./find.ts";
import type { FindTest } from "./findExpression.ts";
import { changedMode } from "./modes.ts";
import { lastName } from "./names.ts";
import { typeLetter } from "./statusText.ts";

/** The letter of -type: as `ls -l` shows it, but f for files. */
export function findLetter(status: FileStatus): string {
  const letter = typeLetter(status.type);
  return letter === "-" ? "f" : letter;
}

function compare(value: number, { sign, number }: FindTest): boolean {
  return sign > 0 ? value > number : sign < 0 ? value < number : value === number;
}

function fits(pattern: string, text: string, ignoreCase: boolean): boolean {
  return matches(compilePattern(pattern, { extended: false, ignoreCase }), text, ignoreCase);
}

const DAY = 86400e6;

/** True when the test holds for a file. */
export function holds(self: Process, test: FindTest, visit: Visit): boolean {
  const { name, text } = test;
  const { path, status } = visit;
  const age = self.machine.clock.now - status.modified;
  switch (name) {
    case "-name":
    case "-iname":
      return fits(text, lastName(path), name === "-iname");
    case "-path":
    case "-wholename":
    case "-ipath":
    case "-iwholename":
      return fits(text, path, name.startsWith("-i"));
    case "-lname":
    case "-ilname": {
      const target = self.machine.files.readLink(self, path);
      return typeof target === "string" && fits(text, target, name === "-ilname");
    }
    case "-regex":
    case "-iregex": {
      const regex = compileRegex(`^\\(${text}\\)$`, {
        style: "basic",
        ignoreCase: name === "-iregex",
      });
      return typeof regex !== "string" && regex.test(path);
    }
    case "-type":
      return text.split(",").includes(findLetter(status));
    case "-xtype": {
      const end = self.machine.files.stat(self, path);
      return text.split(",").includes(findLetter("errno" in end ? status : end));
    }
    case "-size":
      return compare(Math.ceil(status.size / Number(text)), test);
    case "-empty":
      return isEmpty(self, visit);
    case "-newer":
    case "-anewer":
    case "-cnewer":
      return status.modified > test.number;
    case "-samefile":
    case "-inum":
      return compare(status.inode, test);
    case "-mtime":
    case "-atime":
    case "-ctime":
      return compare(Math.floor(age / DAY), test);
    case "-mmin":
    case "-amin":
    case "-cmin":
      return compare(Math.ceil(age / 60e6), test);
    case "-links":
      return compare(status.type === "directory" ? 2 : 1, test);
    default:
      return holdsOther(test, status);
  }
}

function holdsOther(test: FindTest, status: FileStatus): boolean {
  const { name, text } = test;
  switch (name) {
    case "-perm": {
      if (test.mode === undefined) return false;
      const wanted = changedMode(test.mode, { mode: 0, folder: false, umask: 0 });
      const mode = status.mode & 0o7777;
      if (text.startsWith("-")) return (mode & wanted) === wanted;
      return text.startsWith("/") ? wanted === 0 || (mode & wanted) !== 0 : mode === wanted;
    }
    case "-executable":
      return status.type === "directory" || (status.mode & 0o111) !== 0;
    case "-uid":
    case "-gid":
      return compare(0, test);
    case "-user":
    case "-group":
      return text === "root" || Number(text) === 0;
    case "-false":
    case "-nouser":
    case "-nogroup":
      return false;
    default:
      return true;
  }
}

function isEmpty(self: Process, { path, status }: Visit): boolean {
  if (status.type === "file") return status.size === 0;
  if (status.type !== "directory") return false;
  const names = self.machine.files.list(self, path);
  return !("errno" in names) && names.length === 0;
}
