// Small tools for a terminal: `clear` and `tput` of ncurses 6.4, `stty` of coreutils 9.1, as far as
// scripts and prompts use them. The terminal is an xterm.
// Not simulated: tput beyond a few capabilities, stty of speeds and control characters, reset.

import { print, warn } from "../process/io.ts";
import type { Process, TerminalModes } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { fail, notSimulated } from "./complain.ts";

/** Clears the screen and what has scrolled off it. */
export function* clear(self: Process): Execution {
  if (self.argv.length > 1) return yield* notSimulated(self, `clear ${self.argv[1]}`);
  yield* print(self, "\x1b[H\x1b[2J\x1b[3J");
  return 0;
}

const CAPABILITIES: Readonly<Record<string, string>> = {
  bel: "\x07",
  bold: "\x1b[1m",
  civis: "\x1b[?25l",
  clear: "\x1b[H\x1b[2J\x1b[3J",
  cnorm: "\x1b[?12l\x1b[?25h",
  dim: "\x1b[2m",
  ed: "\x1b[J",
  el: "\x1b[K",
  home: "\x1b[H",
  rev: "\x1b[7m",
  rmso: "\x1b[27m",
  rmul: "\x1b[24m",
  sgr0: "\x1b(B\x1b[m",
  sitm: "\x1b[3m",
  smso: "\x1b[7m",
  smul: "\x1b[4m",
};

/** Prints a capability of the terminal. */
export function* tput(self: Process): Execution {
  const [, name, first = "0", second = "0"] = self.argv;
  const terminal = self.files.get(2)?.terminal ?? self.files.get(1)?.terminal ?? self.tty;
  if (name === undefined || name.startsWith("-")) {
    return yield* notSimulated(self, `tput ${name ?? "without a capability"}`);
  }
  const number = (word: string) => Number.parseInt(word, 10) || 0;
  if (name === "cols") yield* print(self, `${terminal?.columns ?? 80}\n`);
  else if (name === "lines") yield* print(self, `${terminal?.rows ?? 24}\n`);
  else if (name === "colors") yield* print(self, "256\n");
  else if (name === "setaf" || name === "setab") yield* print(self, colour(name, number(first)));
  else if (name === "cup") yield* print(self, `\x1b[${number(first) + 1};${number(second) + 1}H`);
  else if (Object.hasOwn(CAPABILITIES, name)) yield* print(self, CAPABILITIES[name] ?? "");
  else {
    yield* warn(self, `tput: unknown terminfo capability '${name}'\n`);
    return 4;
  }
  return 0;
}

function colour(name: string, number: number): string {
  const base = name === "setaf" ? 3 : 4;
  if (number < 8) return `\x1b[${base}${number}m`;
  if (number < 16) return `\x1b[${base === 3 ? 9 : 10}${number - 8}m`;
  return `\x1b[${base}8;5;${number}m`;
}

const MODES: Readonly<Record<string, Partial<TerminalModes>>> = {
  echo: { echo: true },
  "-echo": { echo: false },
  icanon: { canonical: true },
  "-icanon": { canonical: false },
  isig: { signals: true },
  "-isig": { signals: false },
  icrnl: { crToNl: true },
  "-icrnl": { crToNl: false },
  ixon: { flow: true },
  "-ixon": { flow: false },
  onlcr: { nlToCrNl: true },
  "-onlcr": { nlToCrNl: false },
  opost: { nlToCrNl: true },
  "-opost": { nlToCrNl: false },
  tostop: { stopWriters: true },
  "-tostop": { stopWriters: false },
  raw: { canonical: false, signals: false, crToNl: false, nlToCrNl: false, flow: false },
  "-raw": { canonical: true, signals: true, crToNl: true, nlToCrNl: true, flow: true },
  cooked: { canonical: true, signals: true, crToNl: true, nlToCrNl: true, flow: true },
  cbreak: { canonical: false },
  "-cbreak": { canonical: true },
  sane: {
    canonical: true,
    echo: true,
    signals: true,
    crToNl: true,
    nlToCrNl: true,
    flow: true,
    stopWriters: false,
  },
};

/** Shows the size of the terminal or changes its modes. */
export function* stty(self: Process): Execution {
  const terminal = self.files.get(0)?.terminal;
  if (terminal === undefined) {
    return yield* fail(self, "'standard input': Inappropriate ioctl for device");
  }
  const words = self.argv.slice(1);
  if (words.length === 0) return yield* notSimulated(self, "stty without arguments");
  for (const word of words) {
    if (word === "size") {
      yield* print(self, `${terminal.rows} ${terminal.columns}\n`);
      continue;
    }
    const change = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
    if (change === undefined) return yield* notSimulated(self, `stty ${word}`);
    terminal.setModes(self, change);
  }
  return 0;
}
