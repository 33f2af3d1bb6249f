// `which` of debianutils 5.7 (which(1)): looks a program up along PATH.

import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";

/** Says where programs are; 1 when one was not found. */
export function* which(self: Process): Execution {
  let all = false;
  let words = self.argv.slice(1);
  for (; words[0]?.startsWith("-"); words = words.slice(1)) {
    const [word = ""] = words;
    if (word === "--") {
      words = words.slice(1);
      break;
    }
    const odd = [...word.slice(1)].find((letter) => letter !== "a" && letter !== "s");
    if (odd !== undefined) {
      yield* warn(self, `Illegal option -${odd}\nUsage: ${self.executable} [-a] args\n`);
      return 2;
    }
    all ||= word.includes("a");
  }
  let code = words.length === 0 ? 1 : 0;
  for (const word of words) {
    const folders = word.includes("/") ? [""] : (self.environment.get("PATH") ?? "").split(":");
    const paths = folders.map((folder) => (folder === "" ? word : `${folder}/${word}`));
    const found = paths.filter((path) => isExecutable(self, path));
    if (found.length === 0) code = 1;
    for (const path of all ? found : found.slice(0, 1)) yield* print(self, `${path}\n`);
  }
  return code;
}

function isExecutable(self: Process, path: string): boolean {
  const status = self.machine.files.stat(self, path);
  return !("errno" in status) && status.type === "file" && (status.mode & 0o111) !== 0;
}
