// Which QEMU there is, and the sentence when there is none.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SandboxError } from "../../shared/sandbox.ts";
import { qemuProgram } from "./qemu.ts";

let version: Promise<string> | undefined;

/** First line of `qemu-system-x86_64 --version`, asked once; rejects with what to install. */
export function qemuVersion(): Promise<string> {
  version ??= promisify(execFile)(qemuProgram, ["--version"]).then(
    ({ stdout }) => stdout.split("\n")[0] ?? "",
    (error: NodeJS.ErrnoException) => {
      version = undefined; // it may be installed while we run
      const missing = "QEMU is not installed; add it with: sudo apt-get install qemu-system-x86";
      throw new SandboxError(
        error.code === "ENOENT" ? missing : `QEMU does not start: ${error.message.split("\n")[0]}`,
      );
    },
  );
  return version;
}
