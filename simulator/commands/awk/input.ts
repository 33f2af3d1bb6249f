// Where awk's records come from: the operands one after the other, files and commands by getline.
// Not simulated: RS as a regular expression; paragraphs (RS empty) are.

import { dropFile, freeDescriptor } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import { spawnCommand } from "../../process/programLookup.ts";
import type { Steps } from "../../process/wait.ts";
import { type Lines, openLines, readLines } from "../text/lines.ts";
import { unescaped } from "./scan.ts";
import { type Awk, getVariable, setVariable } from "./state.ts";
import { numberOf, textOf } from "./values.ts";

/** The next record of the operands; 0 at the end, -1 when a file cannot be read. */
export function* readMain(awk: Awk): Steps<string | 0 | -1> {
  for (;;) {
    awk.input ??= yield* nextInput(awk);
    if (awk.input === undefined) return 0;
    const record = yield* readRecord(awk, awk.input);
    if (record !== undefined) {
      setVariable(awk, "FNR", numberOf(getVariable(awk, "FNR")) + 1);
      return record;
    }
    awk.input.close();
    awk.input = undefined;
    if (awk.operands.length === 0) awk.operands.push("\0");
  }
}

/** Opens the next operand; assignments among them happen on the way. "\0" marks the end. */
function* nextInput(awk: Awk): Steps<Lines | undefined> {
  for (;;) {
    const operand = awk.operands.shift() ?? "-";
    if (operand === "\0") {
      awk.operands.unshift("\0");
      return undefined;
    }
    const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand);
    if (assignment !== null) {
      setVariable(awk, assignment[1] ?? "", { input: unescaped(assignment[2] ?? "") });
      if (awk.operands.length === 0) awk.operands.push("-");
      continue;
    }
    if (awk.operands.length === 0) awk.operands.push("\0");
    const lines = openLines(awk.self, operand, separatorOf(awk));
    if (typeof lines !== "string") {
      setVariable(awk, "FILENAME", operand === "-" ? "" : operand);
      setVariable(awk, "FNR", 0);
      return lines;
    }
    yield* awk.tool.error(`cannot open ${operand} (No such file or directory)`);
    awk.seed = Number.NaN;
  }
}

function separatorOf(awk: Awk): string {
  const separator = textOf(getVariable(awk, "RS"));
  return separator === "" ? "\n" : separator.slice(0, 1);
}

function* readRecord(awk: Awk, lines: Lines): Steps<string | undefined> {
  if (textOf(getVariable(awk, "RS")) !== "") return lines.ready() ?? (yield* lines.next());
  const paragraph: string[] = [];
  for (;;) {
    const line = lines.ready() ?? (yield* lines.next());
    if (line === undefined) return paragraph.length === 0 ? undefined : paragraph.join("\n");
    if (line !== "") paragraph.push(line);
    else if (paragraph.length > 0) return paragraph.join("\n");
  }
}

/** A line of a file that stays open. */
export function* readFile(awk: Awk, name: string): Steps<string | 0 | -1> {
  let lines = awk.inputs.get(name);
  if (lines === undefined) {
    const opened = openLines(awk.self, name);
    if (typeof opened === "string") return -1;
    lines = opened;
    awk.inputs.set(name, lines);
  }
  return lines.ready() ?? (yield* lines.next()) ?? 0;
}

/** A line of what a command prints. */
export function* readCommand(awk: Awk, command: string): Steps<string | 0 | -1> {
  let lines = awk.inputs.get(command);
  if (lines === undefined) {
    yield* awk.tool.drain();
    const { readEnd, writeEnd } = createPipe(awk.self.machine);
    const files = new Map(awk.self.files).set(1, writeEnd);
    const child = spawnCommand(awk.self, ["sh", "-c", command], { files });
    dropFile(writeEnd);
    if ("errno" in child) {
      dropFile(readEnd);
      return -1;
    }
    const fd = freeDescriptor(awk.self, 3);
    awk.self.files.set(fd, readEnd);
    lines = readLines(awk.self, fd);
    awk.inputs.set(command, lines);
  }
  return lines.ready() ?? (yield* lines.next()) ?? 0;
}
