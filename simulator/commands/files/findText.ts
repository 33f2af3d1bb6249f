// What `find` prints: -print, -print0, -ls and the formats of -printf (find(1)).
// Not simulated: field widths in -printf beyond plain ones, %A, %B, %C, %F, %S.

import type { Process } from "../../process/process.ts";
import { calendar } from "../calendar.ts";
import { formatDate } from "../dateText.ts";
import type { Visit } from "./find.ts";
import type { FindNode } from "./findExpression.ts";
import { findLetter } from "./findTests.ts";
import { modeText } from "./modes.ts";
import { lastName } from "./names.ts";
import { fileBlocks, typeLetter } from "./statusText.ts";

/** The text of a print action. */
export function printed(
  self: Process,
  { how, format }: Extract<FindNode, { kind: "print" }>,
  visit: Visit,
): string {
  if (how === "print") return `${visit.path}\n`;
  if (how === "print0") return `${visit.path}\0`;
  return how === "ls" ? listed(self, visit) : formatted(self, format, visit);
}

function moment(modified: number) {
  const nanoseconds = (modified % 1e6) * 1000;
  return { ...calendar(modified), seconds: Math.floor(modified / 1e6), nanoseconds };
}

function listed(self: Process, { path, status }: Visit): string {
  const target = status.type === "symlink" ? self.machine.files.readLink(self, path) : undefined;
  const recent = self.machine.clock.now - status.modified < 15778476e6;
  const time = formatDate(recent ? "%b %e %H:%M" : "%b %e  %Y", moment(status.modified));
  const cells = [
    `${status.inode}`.padStart(9),
    `${fileBlocks(status)}`.padStart(6),
    `${typeLetter(status.type)}${modeText(status.mode)}`,
    `${status.type === "directory" ? 2 : 1}`.padStart(3),
    "root    ",
    "root    ",
    `${status.size}`.padStart(8),
    time,
    path + (typeof target === "string" ? ` -> ${target}` : ""),
  ];
  return `${cells.join(" ")}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "0": "\0",
};

function formatted(self: Process, format: string, visit: Visit): string {
  return format.replace(/\\(.)|%(-?\d*)(T.|.)/gs, (all, letter, width, directive) => {
    if (letter !== undefined) return ESCAPES[letter] ?? all;
    const text = directive === "%" ? "%" : fieldOf(self, directive, visit);
    if (text === undefined) return all;
    const wide = Number(width) || 0;
    return wide < 0 ? text.padEnd(Math.min(1000, -wide)) : text.padStart(Math.min(1000, wide));
  });
}

function fieldOf(self: Process, directive: string, visit: Visit): string | undefined {
  const { path, start, depth, status } = visit;
  const bare = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const fields: Readonly<Record<string, () => string>> = {
    p: () => path,
    f: () => (lastName(path) === "/" ? path : lastName(path)),
    h: () => (path.includes("/") ? bare || "/" : "."),
    H: () => start,
    P: () => (path === start ? "" : path.slice(start.length).replace(/^\//, "")),
    s: () => `${status.size}`,
    b: () => `${fileBlocks(status) * 2}`,
    k: () => `${fileBlocks(status)}`,
    d: () => `${depth}`,
    y: () => findLetter(status),
    m: () => (status.mode & 0o7777).toString(8),
    M: () => `${typeLetter(status.type)}${modeText(status.mode)}`,
    n: () => `${status.type === "directory" ? 2 : 1}`,
    u: () => "root",
    g: () => "root",
    U: () => "0",
    G: () => "0",
    i: () => `${status.inode}`,
    l: () => {
      const target = status.type === "symlink" ? self.machine.files.readLink(self, path) : "";
      return typeof target === "string" ? target : "";
    },
    t: () => {
      const time = moment(status.modified);
      const tail = `${String(time.nanoseconds).padStart(9, "0")}0`;
      return formatDate(`%a %b %e %H:%M:%S.${tail} %Y`, time);
    },
  };
  if (directive.startsWith("T") && directive.length === 2) {
    const time = moment(status.modified);
    const letter = directive.charAt(1);
    if (letter === "@") return `${time.seconds}.${String(time.nanoseconds).padStart(9, "0")}0`;
    return formatDate(`%${letter}`, time);
  }
  return Object.hasOwn(fields, directive) ? fields[directive]?.() : undefined;
}
