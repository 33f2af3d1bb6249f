// Runs a script in a machine without a terminal, as `bash FILE` does: standard output and standard
// error go to one place, in order.
// Not here: time (pace.ts).

import type { RunEvent } from "../../shared/sandbox.ts";
import { utf8 } from "../../shared/utf8.ts";
import type { Machine } from "../process/machine.ts";
import type { OpenFile, Process } from "../process/process.ts";
import { spawn, statusNumber } from "../process/processTable.ts";
import { signalNumber } from "../process/signals.ts";
import { createWaitQueue } from "../process/wait.ts";
import { bashProgram } from "../shell/bash.ts";
import { type ByteQueue, byteQueue, byteString, bytesOf } from "./byteQueue.ts";
import { rootEnvironment } from "./environment.ts";
import type { MachineLife } from "./machineLife.ts";

/** Runs it and yields what it prints, and last its exit status. */
export async function* runScript(
  life: MachineLife,
  source: string,
  name: string,
): AsyncGenerator<RunEvent> {
  const drained = createWaitQueue();
  const queue = byteQueue({
    drained() {
      drained.wakeAll();
      life.runner.wake();
    },
  });
  const process = startScript(life.machine, { source, name }, outputTo(queue, drained.wait));
  if (process === undefined) {
    yield { type: "lost", reason: "The script could not be stored. Give its file another name." };
    return;
  }
  const done = life.await();
  life.onSlice(() => {
    if (process.exitStatus === undefined) return true;
    queue.end();
    return false;
  });
  void life.ended.then(() => queue.end());
  life.runner.wake();
  try {
    for await (const bytes of queue) yield { type: "output", bytes };
  } finally {
    done();
  }
  const status = process.exitStatus;
  if (status === undefined) yield { type: "lost", reason: await life.ended };
  else yield { type: "exit", code: statusNumber(status, signalNumber) };
}

function outputTo(queue: ByteQueue, changed: OpenFile["changed"]): OpenFile {
  return {
    kind: "pipe",
    label: "pipe:[1]",
    read: () => ({ errno: "EBADF" }),
    write(_self, bytes) {
      if (!queue.hasRoom) return "again";
      queue.push(bytesOf(bytes));
      return bytes.length;
    },
    changed,
    references: 0,
    release() {},
  };
}

/** Starts it; undefined when its file cannot be stored. */
function startScript(
  machine: Machine,
  script: { readonly source: string; readonly name: string },
  output: OpenFile,
): Process | undefined {
  const { init } = machine;
  const file = script.name.replace(/^.*\//, "") || "script.sh";
  const stored = machine.files.open(init, `/root/${file}`, {
    ...{ write: true, create: true, truncate: true },
  });
  if ("errno" in stored) return undefined;
  // The shell has read the file before it is gone: a fresh machine stays empty for `ls`.
  const whole = `rm -f -- '${file.replaceAll("'", "'\\''")}'; ${script.source}`;
  stored.write(init, byteString(utf8(whole)));
  stored.release();
  const input = machine.files.open(init, "/dev/null", { read: true });
  if ("errno" in input) return undefined;
  return spawn(init, {
    argv: ["bash", "--", file],
    program: bashProgram,
    files: new Map([
      [0, input],
      [1, output],
      [2, output],
    ]),
    environment: rootEnvironment(),
    cwd: "/root",
    processGroup: 0,
  });
}
