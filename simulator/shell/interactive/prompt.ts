// What a prompt shows: PS1 and its kin with their backslash escapes, then expanded.
// Source: bash(1) PROMPTING.
// Not simulated: widths of wide characters.

import type { Steps } from "../../process/wait.ts";
import { formatTime } from "../builtins/timeFormat.ts";
import { expandText } from "../expand/words.ts";
import type { ShellState } from "../shellState.ts";
import { parseQuoted } from "../syntax/parse.ts";
import { characters } from "../utf8.ts";
import { readVariable } from "../values.ts";

/** A prompt as it is written; what has no width stands between two characters
 * that no byte string holds. */
export function* promptText(state: ShellState, name: "PS0" | "PS1" | "PS2"): Steps<string> {
  const raw = readVariable(state, name) ?? "";
  const decoded = raw.includes("\\") ? decodeEscapes(state, raw) : raw;
  if (!/[$`\\]/.test(decoded) || !state.shopts.has("promptvars")) return decoded;
  const { status } = state;
  const shown = yield* expandText(state, parseQuoted(decoded, state.line), "none");
  state.status = status;
  return shown;
}

function decodeEscapes(state: ShellState, raw: string): string {
  return raw.replace(/\\(?:([0-7]{3})|D\{([^}]*)\}|([\s\S]))/g, (whole, octal, format, letter) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (format !== undefined) return timeText(state, format === "" ? "%H:%M:%S" : format);
    return escapeText(state, letter) ?? whole;
  });
}

const TIMES: Readonly<Record<string, string>> = {
  t: "%H:%M:%S",
  T: "%I:%M:%S",
  "@": "%I:%M %p",
  A: "%H:%M",
  d: "%a %b %d",
};

function escapeText(state: ShellState, letter: string): string | undefined {
  const { process } = state;
  const host = process.uts.hostname;
  switch (letter) {
    case "h":
      return host.replace(/\..*$/, "");
    case "H":
      return host;
    case "w":
      return folderText(state);
    case "W":
      return folderText(state).replace(/^.*\/(?=[^/])/, "");
    case "u":
      return "root";
    case "$":
      return "#";
    case "s":
      return state.name.replace(/^.*\//, "");
    case "v":
      return "5.2";
    case "V":
      return "5.2.15";
    case "j":
      return `${state.jobs.length}`;
    case "!":
    case "#":
      return `${state.history.length + 1}`;
    case "l":
      return process.tty?.name.replace("/dev/", "") ?? "tty";
    default:
      return letter in TIMES ? timeText(state, TIMES[letter] ?? "") : LITERAL[letter];
  }
}

const LITERAL: Readonly<Record<string, string>> = {
  a: "\x07",
  e: "\x1b",
  n: "\n",
  r: "\r",
  // The backslash stays one when the text is expanded.
  "\\": "\\\\",
  "[": "\ue000",
  "]": "\ue001",
};

function folderText(state: ShellState): string {
  const folder = readVariable(state, "PWD") ?? state.process.cwd;
  const home = readVariable(state, "HOME") ?? "";
  if (home === "" || (folder !== home && !folder.startsWith(`${home}/`))) return folder;
  return `~${folder.slice(home.length)}`;
}

function timeText(state: ShellState, format: string): string {
  return formatTime(format, Math.floor(state.process.machine.clock.now / 1e6));
}

/** The last line of a prompt, and what stands above it. */
export function splitPrompt(prompt: string): { readonly above: string; readonly last: string } {
  const at = prompt.lastIndexOf("\n") + 1;
  return { above: prompt.slice(0, at), last: prompt.slice(at) };
}

/** A prompt as it goes to the terminal. */
export function shownPrompt(prompt: string): string {
  return prompt.replace(/[\ue000\ue001]/g, "");
}

/** How many columns the last line of a prompt takes. */
export function promptWidth(prompt: string): number {
  return characters(splitPrompt(prompt).last.replace(/\ue000[^\ue001]*\ue001?/g, "")).length;
}
