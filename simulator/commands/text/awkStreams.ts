// Files and commands that an `awk` program prints to or reads from, by their names (mawk(1)).
// Commands run in sh. What is printed is written when 4096 bytes are together, before a command
// starts, and at the end.
// Not here: records (awkRecords.ts).

import { errnoText } from "../../net/core/errno.ts";
import { warn, writeFile } from "../../process/io.ts";
import { closeFile, dropFile, freeDescriptor } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import type { ExitStatus, OpenFile, Process } from "../../process/process.ts";
import { waitFor } from "../../process/processTable.ts";
import { spawnCommand } from "../../process/programLookup.ts";
import { signalNumber } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import type { Tool } from "../tool.ts";
import { openRecords, type RecordReader } from "./awkRecords.ts";
import { openOperand } from "./lines.ts";

type Output = {
  readonly file: OpenFile | undefined;
  readonly child: Process | undefined;
  buffer: string;
};

type Input = { readonly reader: RecordReader; readonly child: Process | undefined };

/** All that is open. */
export type AwkStreams = {
  readonly tool: Tool;
  readonly outputs: Map<string, Output>;
  readonly inputs: Map<string, Input>;
};

/** Nothing is open yet. */
export function createStreams(tool: Tool): AwkStreams {
  return { tool, outputs: new Map(), inputs: new Map() };
}

/** Standard input, output and errors, as a command gets them. */
function standardFiles(self: Process): Map<number, OpenFile> {
  return new Map([...self.files].filter(([fd]) => fd <= 2));
}

/** Runs a command in sh; undefined when there is none to run it. */
function startShell(
  self: Process,
  command: string,
  files: Map<number, OpenFile>,
): Process | undefined {
  const child = spawnCommand(self, ["/bin/sh", "-c", command], { files });
  return "errno" in child ? undefined : child;
}

/** Prints to a file or a command; answers with what is wrong. */
export function* printTo(
  streams: AwkStreams,
  how: ">" | ">>" | "|",
  name: string,
  text: string,
): Steps<string | undefined> {
  const { tool, outputs } = streams;
  if (how !== "|" && (name === "/dev/stdout" || name === "-")) {
    if (tool.add(text)) yield* tool.flush();
    return undefined;
  }
  if (how !== "|" && name === "/dev/stderr") {
    yield* warn(tool.self, text);
    return undefined;
  }
  let output = outputs.get(name);
  if (output === undefined) {
    const opened = how === "|" ? yield* openCommand(streams, name) : openFile(tool.self, how, name);
    if (typeof opened === "string") return opened;
    output = opened;
    outputs.set(name, output);
  }
  output.buffer += text;
  if (output.buffer.length >= 4096) yield* flushOutput(streams, output);
  return undefined;
}

function openFile(self: Process, how: ">" | ">>", name: string): Output | string {
  const append = how === ">>";
  const mode = { write: true, create: true, append, truncate: !append };
  const file = self.machine.files.open(self, name, mode);
  if (!("errno" in file)) return { file, child: undefined, buffer: "" };
  return `cannot open "${name}" for output (${errnoText(file.errno)})`;
}

function* openCommand(streams: AwkStreams, command: string): Steps<Output | string> {
  const { self } = streams.tool;
  yield* flushAll(streams);
  const { readEnd, writeEnd } = createPipe(self.machine);
  const files = standardFiles(self).set(0, readEnd);
  const child = startShell(self, command, files);
  dropFile(readEnd);
  return { file: writeEnd, child, buffer: "" };
}

function* flushOutput({ tool }: AwkStreams, output: Output): Steps<void> {
  const { buffer, file } = output;
  output.buffer = "";
  if (buffer !== "" && file !== undefined) yield* writeFile(tool.self, file, buffer);
}

/** Writes everything. */
export function* flushAll(streams: AwkStreams): Steps<void> {
  yield* streams.tool.drain();
  for (const output of streams.outputs.values()) yield* flushOutput(streams, output);
}

/** The records of a file or a command; undefined when it cannot be opened. */
export function* openInput(
  streams: AwkStreams,
  from: "file" | "command",
  name: string,
): Steps<RecordReader | undefined> {
  const { inputs, tool } = streams;
  const known = inputs.get(name);
  if (known !== undefined) return known.reader;
  const { self } = tool;
  if (from === "file") {
    const fd = openOperand(self, name === "/dev/stdin" ? "-" : name);
    if (typeof fd !== "number") return undefined;
    const reader = openRecords(self, fd);
    inputs.set(name, { reader, child: undefined });
    return reader;
  }
  yield* flushAll(streams);
  const { readEnd, writeEnd } = createPipe(self.machine);
  const child = startShell(self, name, standardFiles(self).set(1, writeEnd));
  dropFile(writeEnd);
  const fd = freeDescriptor(self, 3);
  self.files.set(fd, readEnd);
  const reader = openRecords(self, fd);
  inputs.set(name, { reader, child });
  return reader;
}

function statusNumber(status: ExitStatus): number {
  return "code" in status ? status.code : 256 + signalNumber(status.signal);
}

/** Closes all that has this name; the exit status of a command, -1 when nothing was open. */
export function* closeStream(streams: AwkStreams, name: string): Steps<number> {
  const { inputs, outputs, tool } = streams;
  let result = -1;
  const output = outputs.get(name);
  if (output !== undefined) {
    outputs.delete(name);
    yield* flushOutput(streams, output);
    if (output.file !== undefined) dropFile(output.file);
    result = output.child === undefined ? 0 : statusNumber(yield* waitFor(tool.self, output.child));
  }
  const input = inputs.get(name);
  if (input !== undefined) {
    inputs.delete(name);
    if (input.reader.fd !== 0) closeFile(tool.self, input.reader.fd);
    result = input.child === undefined ? 0 : statusNumber(yield* waitFor(tool.self, input.child));
  }
  return result;
}

/** Closes everything, waiting for the commands that were printed to. */
export function* closeAll(streams: AwkStreams): Steps<void> {
  yield* flushAll(streams);
  for (const name of [...streams.outputs.keys()]) yield* closeStream(streams, name);
}

/** Runs a command and waits for it. */
export function* runSystem(streams: AwkStreams, command: string): Steps<number> {
  yield* flushAll(streams);
  const { self } = streams.tool;
  const child = startShell(self, command, standardFiles(self));
  return child === undefined ? 127 : statusNumber(yield* waitFor(self, child));
}
