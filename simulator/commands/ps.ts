// `ps` of procps 4.0.2 (ps(1)): which processes, in which order, as a table.
// Lines are cut at the width of a terminal, elsewhere they are as long as they are.
// Not here: options (psOptions.ts), columns (psColumns.ts).

import { print, sleep, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { psColumn } from "./psColumns.ts";
import { type Choice, type PsWishes, readPsWords, type Shown } from "./psOptions.ts";

const USAGE = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

const READING = 10_000;

/** Lists processes; 1 when none was found. */
export function* ps(self: Process): Execution {
  const wishes = readPsWords(self.argv.slice(1));
  if (wishes === "V") {
    yield* print(self, "ps from procps-ng 4.0.2\n");
    return 0;
  }
  if (wishes === "help") {
    yield* print(self, USAGE);
    return 0;
  }
  if (typeof wishes === "string") {
    if (wishes.startsWith("!")) return yield* notSimulated(self, wishes.slice(1));
    yield* warn(self, `error: ${wishes}\n${USAGE}`);
    return 1;
  }
  // Reading all of /proc takes so long that what was started beside it runs by then.
  yield* sleep(self, READING);
  const columns = wishes.columns ?? [];
  const rows = arrange(choose(self, wishes), wishes, self);
  const lines = rows.map(({ process, branch }) => {
    const cells = columns.map((column) => cellText(column, process, { self, branch, wishes }));
    return drawLine(cells, columns);
  });
  if (wishes.headings && columns.some(({ heading }) => heading !== "")) {
    lines.unshift(
      drawLine(
        columns.map(({ heading }) => heading),
        columns,
      ),
    );
  }
  const width = self.files.get(1)?.terminal?.columns;
  const cut = lines.map((line) => (width === undefined ? line : line.slice(0, width)));
  yield* print(self, cut.map((line) => `${line}\n`).join(""));
  return rows.length > 0 ? 0 : 1;
}

type Cell = { readonly self: Process; readonly branch: string; readonly wishes: PsWishes };

function cellText(column: Shown, process: Process, { self, branch, wishes }: Cell): string {
  const isCommand = ["args", "cmd", "command", "comm", "ucmd", "ucomm"].includes(column.name);
  if (!isCommand) return column.text(process, self);
  const short = wishes.commandName ? process.name : column.text(process, self);
  return branch + short;
}

function drawLine(cells: readonly string[], columns: readonly Shown[]): string {
  const padded = cells.map((cell, index) => {
    const column = columns[index];
    if (column === undefined) return cell;
    if (column.right) return cell.padStart(column.width);
    return index === cells.length - 1 ? cell : cell.slice(0, column.width).padEnd(column.width);
  });
  return padded.join(" ");
}

function choose(self: Process, wishes: PsWishes): Process[] {
  const processes = [...self.machine.processes.values()].sort((a, b) => a.pid - b.pid);
  const wanted = (process: Process): boolean => {
    const chosen = wishes.choices.some((choice) => isChosen(process, choice));
    const listed = wishes.choices.length > 0 || wishes.all !== "own";
    if (listed) return chosen || isInGroup(process, wishes.all);
    return isOwn(self, process, wishes);
  };
  return processes.filter(
    (process) =>
      wanted(process) !== wishes.inverted &&
      (!wishes.running || (process.state === "running" && process === self)) &&
      (!wishes.thisTerminal || process.tty === self.tty),
  );
}

/** What is shown when nothing is selected. */
function isOwn(self: Process, process: Process, wishes: PsWishes): boolean {
  if (!wishes.bsd) return process.tty === self.tty;
  return wishes.loose || wishes.thisTerminal || process.tty !== undefined;
}

function isInGroup(process: Process, all: PsWishes["all"]): boolean {
  if (all === "all") return true;
  const leads = process.session === process.pid;
  if (all === "followers") return !leads;
  return all === "terminals" && !leads && process.tty !== undefined;
}

function isChosen(process: Process, { by, values }: Choice): boolean {
  switch (by) {
    case "pid":
      return values.includes(String(process.pid));
    case "ppid":
      return values.includes(String(process.parent?.pid ?? 0));
    case "name":
      return values.some((name) => name.slice(0, 15) === process.name);
    case "user":
      return values.some((name) => name === "root" || name === "0");
    case "session":
      return values.includes(String(process.session));
    case "group":
      return values.includes(String(process.processGroup));
    case "tty": {
      const name = process.tty?.name.replace("/dev/", "") ?? "?";
      return values.some((word) => {
        const bare = word.replace("/dev/", "");
        return bare === name || (bare === "-" && name === "?") || `pts/${bare}` === name;
      });
    }
  }
}

type Row = { readonly process: Process; readonly branch: string };

function arrange(processes: Process[], wishes: PsWishes, self: Process): Row[] {
  for (const key of [...wishes.sort].reverse()) sortBy(processes, key, self);
  if (wishes.forest === "none") return processes.map((process) => ({ process, branch: "" }));
  const rows: Row[] = [];
  const shown = new Set(processes);
  const add = (process: Process, indent: string, depth: number): void => {
    const lines = wishes.forest === "lines";
    const branch = depth === 0 ? "" : lines ? `${indent} \\_ ` : "  ".repeat(depth);
    rows.push({ process, branch });
    const children = processes.filter((child) => process.pid > 1 && child.parent === process);
    for (const [index, child] of children.entries()) {
      const parentIsLast = isLastChild(process, processes);
      const below = depth === 0 ? indent : `${indent} ${parentIsLast ? " " : "|"}  `;
      add(child, below, depth + 1);
      if (index > processes.length) return;
    }
  };
  for (const process of processes) {
    const { parent } = process;
    if (parent === undefined || parent.pid === 1 || !shown.has(parent)) add(process, "", 0);
  }
  return rows;
}

function isLastChild(process: Process, processes: readonly Process[]): boolean {
  return processes.filter((each) => each.parent === process.parent).at(-1) === process;
}

function sortBy(processes: Process[], key: string, self: Process): void {
  const down = key.startsWith("-");
  const column = psColumn(down ? key.slice(1) : key);
  if (column === undefined) return;
  processes.sort((a, b) => {
    const [one, other] = [column.text(a, self), column.text(b, self)];
    const numeric = /^-?[\d.]+$/.test(one) && /^-?[\d.]+$/.test(other);
    const order = numeric ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;
    return down ? -order : order;
  });
}
