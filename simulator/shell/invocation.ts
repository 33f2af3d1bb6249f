// The command line of bash.
// Source: bash(1) OPTIONS.
// Not simulated: --dump-strings, --debugger, restricted shells.

import type { Process } from "../process/process.ts";
import { setOptions, shoptNames } from "./options.ts";
import type { Interpreter } from "./shellState.ts";

/** How a shell was called. */
export type Invocation = {
  /** $0, which also stands before messages. */
  readonly name: string;
  /** "bash" or "sh". */
  readonly shellName: string;
  readonly words: readonly string[];
  /** Commands of -c. */
  readonly command: string | undefined;
  readonly file: string | undefined;
  readonly interactive: boolean;
  readonly login: boolean;
  readonly options: readonly string[];
  readonly shopts: readonly string[];
  /** Set by an interactive shell, which tells more than a script's. */
  readonly interpreter?: Interpreter;
};

/** What bash says instead of running anything. */
export type Refused = { readonly say: string; readonly error: boolean; readonly status: number };

const longOptions = new Map([
  ["norc", ""],
  ["noprofile", ""],
  ["noediting", ""],
  ["posix", "posix"],
  ["verbose", "verbose"],
  ["login", ""],
  ["rcfile", ":"],
  ["init-file", ":"],
]);

const version = `GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`;

const atStart = ["braceexpand", "hashall", "interactive-comments"];

type Reading = {
  readonly options: Set<string>;
  readonly shopts: Set<string>;
  readonly letters: Set<string>;
};

/** Reads the command line. */
export function readInvocation(self: Process): Invocation | Refused {
  const [zero = "bash", ...args] = self.argv;
  const reading: Reading = { options: new Set(atStart), shopts: new Set(), letters: new Set() };
  const { letters } = reading;
  let at = 0;
  for (; args[at]?.startsWith("--") === true && args[at] !== "--"; at++) {
    const name = (args[at] ?? "").slice(2);
    if (name === "version") return { say: version, error: false, status: 0 };
    const kind = longOptions.get(name);
    if (kind === undefined) return unknown(zero, `--${name}`);
    if (kind === ":") at += 1;
    else if (kind !== "") reading.options.add(kind);
    if (name === "login") letters.add("l");
  }
  for (; /^[-+]./.test(args[at] ?? ""); at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    const problem = readLetters(reading, args, at);
    if (typeof problem === "object") return { ...problem, say: `${zero}: ${problem.say}` };
    at += problem;
  }
  if (args[at] === "-") at += 1;
  return finish(self, reading, { zero, rest: args.slice(at) });
}

/** How many more words the options of this one take, or what is wrong with it. */
function readLetters(reading: Reading, args: readonly string[], at: number): number | Refused {
  const word = args[at] ?? "";
  const on = word.startsWith("-");
  let taken = 0;
  for (const letter of word.slice(1)) {
    if (letter === "o" || letter === "O") {
      const name = args[at + 1 + taken];
      const known = letter === "O" ? shoptNames : setOptions.map(([one]) => one);
      if (name === undefined || !known.includes(name)) {
        return { say: `${name ?? `-${letter}`}: invalid option name\n`, error: true, status: 2 };
      }
      taken += 1;
      const set = letter === "O" ? reading.shopts : reading.options;
      if (on) set.add(name);
      else set.delete(name);
      continue;
    }
    if ("cilsrD".includes(letter)) {
      reading.letters.add(letter);
      continue;
    }
    const name = setOptions.find(([, known]) => known === letter)?.[0];
    if (name === undefined) return unknown("", `-${letter}`);
    if (on) reading.options.add(name);
    else reading.options.delete(name);
  }
  return taken;
}

function unknown(zero: string, option: string): Refused {
  return {
    say: `${zero === "" ? "" : `${zero}: `}${option}: invalid option\n${usage}`,
    error: true,
    status: 2,
  };
}

const usage = `Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
\t--debug
\t--debugger
\t--dump-po-strings
\t--dump-strings
\t--help
\t--init-file
\t--login
\t--noediting
\t--noprofile
\t--norc
\t--posix
\t--pretty-print
\t--rcfile
\t--restricted
\t--verbose
\t--version
Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
`;

function finish(
  self: Process,
  { options, shopts, letters }: Reading,
  { zero, rest }: { readonly zero: string; readonly rest: readonly string[] },
): Invocation | Refused {
  const shellName = zero.replace(/^-/, "").replace(/^.*\//, "");
  const shared = {
    shellName: shellName === "sh" || shellName === "dash" ? "sh" : "bash",
    login: letters.has("l") || zero.startsWith("-"),
    options: [...options],
    shopts: [...shopts],
  };
  if (letters.has("c")) {
    const [command, name = zero, ...words] = rest;
    if (command === undefined) {
      return { say: `${zero}: -c: option requires an argument\n`, error: true, status: 2 };
    }
    return { ...shared, name, words, command, file: undefined, interactive: letters.has("i") };
  }
  const [file, ...words] = rest;
  if (file !== undefined && !letters.has("s")) {
    return {
      ...shared,
      name: file,
      words,
      command: undefined,
      file,
      interactive: letters.has("i"),
    };
  }
  const terminal = [0, 2].every((fd) => self.files.get(fd)?.kind === "tty");
  return {
    ...shared,
    name: zero,
    words: rest,
    command: undefined,
    file: undefined,
    interactive: letters.has("i") || terminal,
  };
}
