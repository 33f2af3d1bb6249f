// Where print and printf write: standard output, files that stay open, commands that read.
// Not here: what is written (run.ts).

import { errnoText } from "../../net/core/errno.ts";
import { write } from "../../process/io.ts";
import { closeFile, dropFile, freeDescriptor } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import { statusNumber, waitFor } from "../../process/processTable.ts";
import { spawnCommand } from "../../process/programLookup.ts";
import { signalNumber } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import { AwkError } from "./scan.ts";
import type { Awk, OpenOutput } from "./state.ts";
import type { Output } from "./syntax.ts";

/** Writes a text. */
export function* writeTo(
  awk: Awk,
  mode: Output["mode"] | undefined,
  name: string,
  text: string,
): Steps<void> {
  if (mode === undefined || name === "/dev/stdout" || (mode !== "|" && name === "-")) {
    if (awk.tool.add(text)) yield* awk.tool.flush();
    return;
  }
  const output = awk.outputs.get(name) ?? (yield* open(awk, mode, name));
  yield* write(awk.self, output.fd, text);
}

function* open(awk: Awk, mode: Output["mode"], name: string): Steps<OpenOutput> {
  const { self } = awk;
  const fd = freeDescriptor(self, 3);
  let child: OpenOutput["child"];
  if (mode === "|") {
    yield* awk.tool.drain();
    const { readEnd, writeEnd } = createPipe(self.machine);
    const started = spawnCommand(self, ["sh", "-c", name], {
      files: new Map(self.files).set(0, readEnd),
    });
    dropFile(readEnd);
    if ("errno" in started) {
      dropFile(writeEnd);
      throw new AwkError(`cannot open pipe ${name} (${errnoText(started.errno)})`);
    }
    child = started;
    self.files.set(fd, writeEnd);
  } else {
    const how = mode === ">" ? { truncate: true } : { append: true };
    const file = self.machine.files.open(self, name, { write: true, create: true, ...how });
    if ("errno" in file)
      throw new AwkError(`cannot open "${name}" for output (${errnoText(file.errno)})`);
    self.files.set(fd, file);
  }
  const output = { fd, child };
  awk.outputs.set(name, output);
  return output;
}

/** Closes an output or an input; -1 when there is none of that name. */
export function* closeOutput(awk: Awk, name: string): Steps<number> {
  const input = awk.inputs.get(name);
  if (input !== undefined) {
    input.close();
    awk.inputs.delete(name);
    return 0;
  }
  const output = awk.outputs.get(name);
  if (output === undefined) return -1;
  awk.outputs.delete(name);
  closeFile(awk.self, output.fd);
  if (output.child === undefined) return 0;
  return statusNumber(yield* waitFor(awk.self, output.child), signalNumber);
}

/** Writes what is still kept. */
export function* flushOutputs(awk: Awk): Steps<void> {
  yield* awk.tool.drain();
}

/** Closes everything, waiting for commands. */
export function* closeAll(awk: Awk): Steps<void> {
  yield* awk.tool.drain();
  for (const name of [...awk.outputs.keys()]) yield* closeOutput(awk, name);
}
