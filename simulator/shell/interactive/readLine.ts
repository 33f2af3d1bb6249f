// Reads one line from the keyboard as readline does in emacs mode: echo, editing, history, searching,
// completion, pastes. While it reads, the terminal hands over every key but Ctrl-C.
// Source: readline(3); what bash 5.2 sends to an xterm.
// Not simulated: the reverse colours of a fresh paste, macros, vi mode.

import { write } from "../../process/io.ts";
import { onSignal } from "../../process/processTable.ts";
import { anyOf, createWaitQueue, type Steps, type Wait } from "../../process/wait.ts";
import type { ShellState } from "../shellState.ts";
import { characters } from "../utf8.ts";
import { answerQuestion } from "./complete.ts";
import { newLine, replaceLine } from "./editedLine.ts";
import { walkHistory } from "./historyWalk.ts";
import { keyReader } from "./keys.ts";
import { pressKey } from "./pressKey.ts";
import type { Entered, Keyboard, Reading } from "./reading.ts";
import type { RunFollower } from "./runFollower.ts";
import { screenLine } from "./screenLine.ts";

/** A keyboard that nothing was typed on. */
export function newKeyboard(follower: RunFollower | undefined): Keyboard {
  return { kills: [], keys: keyReader(), follower };
}

const RAW = { canonical: false, echo: false, crToNl: false };
const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l\r";

/** What stands before the line, and what it is read for. */
export type Asking = { readonly prompt: string; readonly moment: "prompt" | "unfinished" };

/** Reads a line behind a prompt. */
export function* readLine(state: ShellState, keyboard: Keyboard, asking: Asking): Steps<Entered> {
  const { process } = state;
  const { tty } = process;
  const { follower } = keyboard;
  const modes = { ...tty?.modes };
  tty?.setModes(process, RAW);
  const resized = createWaitQueue();
  onSignal(process, "WINCH", () => resized.wakeAll());
  const reading: Reading = {
    state,
    keyboard,
    line: newLine(keyboard.kills),
    screen: screenLine(asking.prompt, {
      columns: tty?.columns ?? 80,
      hidden: modes.echo === false,
    }),
    history: walkHistory(state.history),
    search: undefined,
    prompt: asking.prompt,
    tabbed: false,
    question: undefined,
  };
  if (asking.moment === "prompt") follower?.note("prompt", state.status);
  if (follower !== undefined) follower.shows = false;
  yield* say(reading, PASTE_ON);
  if (follower !== undefined) follower.shows = true;
  yield* say(reading, reading.screen.again());
  if (asking.moment === "unfinished") follower?.note("unfinished", state.status);
  try {
    const entered = yield* readKeys(reading, resized.wait);
    if ("text" in entered) yield* leaveLine(reading);
    else if (entered.type === "end") yield* say(reading, `${PASTE_OFF}\n`);
    else yield* say(reading, `^C${PASTE_OFF}${PASTE_ON}${PASTE_OFF}\n`);
    if (follower !== undefined && entered.type === "run") follower.shows = true;
    return entered;
  } finally {
    follower?.note("running", state.status);
    onSignal(process, "WINCH", "default");
    tty?.setModes(process, modes);
  }
}

function* say(reading: Reading, text: string): Steps<void> {
  if (text !== "") yield* write(reading.state.process, 2, text);
}

function* leaveLine({ state, line, screen }: Reading): Steps<void> {
  const shown = screen.show(line.chars, line.chars.length);
  yield* write(state.process, 2, `${shown}${screen.leave()}${PASTE_OFF}`);
}

function* readKeys(reading: Reading, resized: Wait): Steps<Entered> {
  const { state, keyboard, line, screen } = reading;
  const { process } = state;
  const { follower } = keyboard;
  let columns = process.tty?.columns ?? 80;
  for (;;) {
    if (state.interrupted || state.pending.includes("INT")) {
      state.interrupted = false;
      return { type: "interrupt" };
    }
    if (process.tty !== undefined && process.tty.columns !== columns) {
      columns = process.tty.columns;
      yield* say(reading, screen.resize(columns));
    }
    const file = process.files.get(0);
    const byte = file?.read(process, 1);
    if (file !== undefined && byte === "again") {
      const source = follower?.take();
      if (source !== undefined) return yield* takeRun(reading, source);
      if (reading.search === undefined && reading.question === undefined)
        yield* say(reading, screen.show(line.chars, line.point));
      yield anyOf(file.changed, resized, ...(follower === undefined ? [] : [follower.asked]));
    } else if (typeof byte !== "string" || byte === "") {
      return { type: "end" };
    } else {
      const entered = yield* takeByte(reading, byte);
      if (entered !== undefined) return entered;
    }
  }
}

function* takeByte(reading: Reading, byte: string): Steps<Entered | undefined> {
  if (reading.question !== undefined) {
    yield* say(reading, answerQuestion(reading, byte));
    return undefined;
  }
  const key = reading.keyboard.keys.take(byte);
  return key === undefined ? undefined : yield* pressKey(reading, key);
}

/** As if the source had been pasted over whatever was half typed. */
function* takeRun(reading: Reading, source: string): Steps<Entered> {
  const { line, screen, keyboard } = reading;
  if (keyboard.follower !== undefined) keyboard.follower.shows = false;
  if (reading.search !== undefined) yield* say(reading, screen.reprompt(reading.prompt));
  yield* say(reading, `${screen.show([], 0)}\r\x1b[K\r${screen.again()}`);
  replaceLine(line, characters(source));
  return { type: "run", text: source };
}
