// The options of `ps` (procps 4.0.2, ps(1)): three styles at once. UNIX options have one dash and
// stand together, BSD options have none, GNU options have two. Without a dash the choice is "mine
// with a terminal", and a and x widen it; with a dash it is "mine on this terminal".
// Not simulated: threads (-L, -T, m, H), security labels, environments (e), cumulative time (S).

import { type PsColumn, psColumn } from "./psColumns.ts";

/** A chosen column with its own heading, if the user gave one. */
export type Shown = PsColumn & { readonly name: string };

/** What a selection list asks for. */
export type Choice = {
  readonly by: "pid" | "ppid" | "name" | "user" | "tty" | "session" | "group";
  readonly values: readonly string[];
};

/** What the words ask for. */
export type PsWishes = {
  /** "own": as the style has it. */
  all: "own" | "all" | "terminals" | "followers";
  bsd: boolean;
  /** BSD a and x: others' processes, and those without a terminal. */
  others: boolean;
  loose: boolean;
  running: boolean;
  inverted: boolean;
  thisTerminal: boolean;
  readonly choices: Choice[];
  columns: Shown[] | undefined;
  format: string;
  headings: boolean;
  forest: "none" | "lines" | "indent";
  /** Names of columns, with "-" before them for the other direction. */
  sort: string[];
  commandName: boolean;
};

/** An error as `ps` words it, or "!" and what is not simulated, or "V" for the version. */
type Problem = string;

const FORMATS: Readonly<Record<string, string>> = {
  unix: "pid,tname,time,ucmd",
  bsd: "pid,tname,stat,bsdtime,args",
  f: "user=UID,pid,ppid,c,stime,tname,time,cmd",
  F: "user=UID,pid,ppid,c,sz,rss,psr,stime,tname,time,cmd",
  l: "flags,state,uid,pid,ppid,c,opri,ni,addrsz,wchan,tname,time,ucmd",
  lf: "flags,state,user=UID,pid,ppid,c,opri,ni,addrsz,wchan,stime,tname,time,cmd",
  j: "pid,pgid,sid,tname,time,ucmd",
  jf: "user=UID,pid,ppid,pgid,sid,c,stime,tname,time,cmd",
  u: "user,pid,pcpu,pmem,vsz,rss,tname,stat,start_time,bsdtime,args",
  bl: "flags,uid,pid,ppid,priority,ni,vsz,rss,wchan,stat,tname,bsdtime,args",
  bj: "ppid,pid,pgid,sid,tname,tpgid,stat,uid,bsdtime,args",
};

const LISTS: Readonly<Record<string, readonly [Choice["by"], string]>> = {
  p: ["pid", "list of process IDs must follow -p"],
  q: ["pid", "list of process IDs must follow -q"],
  pid: ["pid", "list of process IDs must follow --pid"],
  "quick-pid": ["pid", "list of process IDs must follow --quick-pid"],
  ppid: ["ppid", "list of process IDs must follow --ppid"],
  C: ["name", "list of command names must follow -C"],
  u: ["user", "list of users must follow -u"],
  U: ["user", "list of real users must follow -U"],
  G: ["user", "list of real groups must follow -G"],
  user: ["user", "list of users must follow --user"],
  User: ["user", "list of real users must follow --User"],
  group: ["user", "list of real groups must follow --group"],
  t: ["tty", "list of terminals (pty, tty...) must follow -t"],
  tty: ["tty", "list of terminals (pty, tty...) must follow --tty"],
  g: ["session", "list of session leaders OR effective group names must follow -g"],
  s: ["session", "list of sessions must follow -s"],
  sid: ["session", "some sid thing(s) must follow --sid"],
};

/** Reads all words. */
export function readPsWords(words: readonly string[]): PsWishes | Problem {
  const wishes: PsWishes = {
    all: "own",
    bsd: false,
    others: false,
    loose: false,
    running: false,
    inverted: false,
    thisTerminal: false,
    choices: [],
    columns: undefined,
    format: "",
    headings: true,
    forest: "none",
    sort: [],
    commandName: false,
  };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const problem = word.startsWith("--")
      ? readLong(wishes, word, rest)
      : word.startsWith("-")
        ? readUnix(wishes, word.slice(1), rest)
        : readBsd(wishes, word, rest);
    if (problem !== undefined) return problem;
  }
  if (wishes.columns === undefined) {
    const columns = parseColumns(formatOf(wishes));
    if (typeof columns !== "string") wishes.columns = columns;
  }
  return wishes;
}

function formatOf({ format, bsd }: PsWishes): string {
  const fallback = FORMATS[bsd ? "bsd" : "unix"] ?? "";
  if (format.startsWith("b:")) return FORMATS[format.slice(2)] ?? fallback;
  const kinds = [...new Set(format)];
  if (kinds.includes("F")) return FORMATS.F ?? fallback;
  const key = ["l", "j"].find((kind) => kinds.includes(kind)) ?? "";
  return FORMATS[key + (kinds.includes("f") ? "f" : "")] ?? fallback;
}

function readLong(wishes: PsWishes, word: string, rest: string[]): Problem | undefined {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const given = equals < 0 ? undefined : word.slice(equals + 1);
  const list = Object.hasOwn(LISTS, name) && name.length > 1 ? LISTS[name] : undefined;
  if (list !== undefined) return addChoice(wishes, list, given ?? rest.shift());
  switch (name) {
    case "version":
      return "V";
    case "help":
      return "help";
    case "format":
      return addColumns(wishes, given ?? rest.shift(), "--format");
    case "sort":
      return addSort(wishes, given ?? rest.shift());
    case "forest":
      wishes.forest = "lines";
      return undefined;
    case "deselect":
      wishes.inverted = true;
      return undefined;
    case "headers":
    case "cols":
    case "columns":
    case "width":
    case "rows":
    case "lines":
      return undefined;
    default:
      if (/^no-?head(er|ers|ing|ings)?$/.test(name)) {
        wishes.headings = false;
        return undefined;
      }
      return "unknown gnu long option";
  }
}

function readUnix(wishes: PsWishes, letters: string, rest: string[]): Problem | undefined {
  if (/^\d/.test(letters)) {
    wishes.bsd = true;
    return addChoice(wishes, ["pid", ""], letters);
  }
  if (letters.includes("x") && !/[oOCpqtuUgGsk]/.test(letters.replace(/^a?u?x/, ""))) {
    return readBsd(wishes, letters, rest);
  }
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const value = () => (at + 1 < letters.length ? letters.slice(at + 1) : rest.shift());
    const list = Object.hasOwn(LISTS, letter) ? LISTS[letter] : undefined;
    if (list !== undefined) return addChoice(wishes, list, value());
    if (letter === "o") return addColumns(wishes, value(), "-o");
    if (letter === "O") return addAround(wishes, value());
    if (letter === "V") return "V";
    const problem = unixFlag(wishes, letter);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function unixFlag(wishes: PsWishes, letter: string): Problem | undefined {
  if ("eA".includes(letter)) wishes.all = "all";
  else if (letter === "a") wishes.all = "terminals";
  else if (letter === "d") wishes.all = "followers";
  else if ("fFlj".includes(letter)) wishes.format += letter;
  else if (letter === "N") wishes.inverted = true;
  else if (letter === "H") wishes.forest = "indent";
  else if (letter === "h") wishes.headings = false;
  else if (letter === "n") wishes.bsd = true;
  else if (letter !== "w" && letter !== "y") {
    return "LTmMZcP".includes(letter) ? `!ps -${letter}` : "unsupported SysV option";
  }
  return undefined;
}

function readBsd(wishes: PsWishes, letters: string, rest: string[]): Problem | undefined {
  wishes.bsd = true;
  if (/^\d/.test(letters)) return addChoice(wishes, ["pid", ""], letters);
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const value = () => (at + 1 < letters.length ? letters.slice(at + 1) : rest.shift());
    if (letter === "o") return addColumns(wishes, value(), "o");
    if (letter === "k") return addSort(wishes, value());
    if (letter === "p")
      return addChoice(wishes, ["pid", "list of process IDs must follow p"], value());
    if (letter === "U") return addChoice(wishes, ["user", "list of users must follow U"], value());
    if (letter === "t")
      return addChoice(wishes, ["tty", "list of terminals must follow t"], value());
    if (letter === "V") return "V";
    const problem = bsdFlag(wishes, letter);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function bsdFlag(wishes: PsWishes, letter: string): Problem | undefined {
  if (letter === "a") wishes.others = true;
  else if (letter === "x") wishes.loose = true;
  else if (letter === "r") wishes.running = true;
  else if (letter === "T") wishes.thisTerminal = true;
  else if (letter === "f") wishes.forest = "lines";
  else if (letter === "h") wishes.headings = false;
  else if (letter === "c") wishes.commandName = true;
  else if ("uj".includes(letter)) wishes.format = letter === "u" ? "b:u" : "b:bj";
  else if (letter === "l") wishes.format = "b:bl";
  else if (letter !== "w" && letter !== "g") {
    return "emsvXnSHLZO".includes(letter) ? `!ps ${letter}` : "unsupported option (BSD syntax)";
  }
  return undefined;
}

function addChoice(
  wishes: PsWishes,
  [by, missing]: readonly [Choice["by"], string],
  value: string | undefined,
): Problem | undefined {
  if (value === undefined) return missing;
  const values = value.split(/[ ,]+/).filter((word) => word !== "");
  if ((by === "pid" || by === "ppid") && !values.every((word) => /^\d{1,9}$/.test(word))) {
    return "process ID list syntax error";
  }
  if (by === "user" && !values.every((word) => /^(root|nobody|nogroup|\d+)$/.test(word))) {
    return "user name does not exist";
  }
  if (
    by === "tty" &&
    !values.every((word) => /^(\/dev\/)?(pts\/\d+|tty\d*|\?|-|\d+)$/.test(word))
  ) {
    return "TTY could not be found";
  }
  wishes.choices.push({ by, values });
  return undefined;
}

/** Columns of "pid,comm=NAME tty"; an error's text when there is no such column. */
function parseColumns(text: string): Shown[] | Problem {
  const columns: Shown[] = [];
  for (const word of text.split(/[ ,\t\n]+/)) {
    if (word === "") continue;
    const equals = word.indexOf("=");
    const [name = "", width] = (equals < 0 ? word : word.slice(0, equals)).split(":", 2);
    if (width !== undefined && !/^\d+$/.test(width)) {
      return "column widths must be unsigned decimal numbers";
    }
    const column = psColumn(name);
    if (column === undefined) return `unknown user-defined format specifier "${name}"`;
    const heading = equals < 0 ? column.heading : word.slice(equals + 1);
    const wide = Math.max(column.width, heading.length);
    columns.push({ ...column, name, heading, width: Math.min(1000, Number(width ?? wide)) });
  }
  return columns;
}

function addColumns(
  wishes: PsWishes,
  value: string | undefined,
  option: string,
): Problem | undefined {
  if (value === undefined) return `format specification must follow ${option}`;
  const columns = parseColumns(value);
  if (typeof columns === "string") return columns;
  wishes.columns = [...(wishes.columns ?? []), ...columns];
  return undefined;
}

/** -O LIST: pid, the list, then state, terminal, time and command. */
function addAround(wishes: PsWishes, value: string | undefined): Problem | undefined {
  return addColumns(
    wishes,
    value === undefined ? value : `pid,${value},state,tname,time,cmd`,
    "-O",
  );
}

function addSort(wishes: PsWishes, value: string | undefined): Problem | undefined {
  if (value === undefined) return "sort order must follow --sort";
  const keys = value.split(",").map((key) => key.replace(/^\+/, ""));
  if (!keys.every((key) => psColumn(key.replace(/^-/, "")) !== undefined)) {
    return "unknown sort specifier";
  }
  wishes.sort.push(...keys);
  return undefined;
}
