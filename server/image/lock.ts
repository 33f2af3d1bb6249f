// Excludes builders of the same thing from one another, also across processes. The lock is a
// flock(2) held by a child whose standard input is our pipe: when its owner dies, however it dies,
// the pipe closes, the child ends and the kernel releases the lock.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { SandboxError } from "../../shared/sandbox.ts";

/** Runs `body` while holding the lock `file`; calls `waiting` once if somebody else holds it. */
export async function withLock<T>(
  file: string,
  waiting: () => void,
  body: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const script = "flock -n 9 || { echo waiting; flock 9; }; echo held; exec cat >/dev/null";
  const holder = spawn("sh", ["-c", `exec 9>>"$1"; ${script}`, "sh", file], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(holder, "close").catch(() => []);
  holder.stdin.on("error", () => {});
  try {
    let held = false;
    for await (const chunk of holder.stdout.setEncoding("utf8")) {
      if (String(chunk).includes("waiting")) waiting();
      held = String(chunk).includes("held");
      if (held) break;
    }
    if (!held) {
      throw new SandboxError(
        `The lock file ${file} cannot be taken. Check that its folder is yours and not full.`,
      );
    }
    return await body();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
