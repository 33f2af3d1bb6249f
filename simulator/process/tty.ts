// A terminal between a keyboard and processes: the line discipline (termios(3), tty_ioctl(4),
// linux/drivers/tty/n_tty.c). In canonical mode it edits lines, echoes, and knows erase, word erase,
// kill, reprint and end of file; Ctrl-C, Ctrl-\ and Ctrl-Z go to the foreground group only.
// A background process that reads is stopped by TTIN; one whose group nobody could continue gets EIO.
// Not simulated: baud rates, parity, NOFLSH, VMIN and VTIME, changing the control characters.

import type { Machine } from "./machine.ts";
import type {
  ByteString,
  ControllingTerminal,
  OpenFile,
  Process,
  Signal,
  TerminalModes,
} from "./process.ts";
import { isOrphanedGroup, sendSignal, signalGroup } from "./processTable.ts";
import { createLineEditor, type LineEditor } from "./ttyLine.ts";
import { createWaitQueue, type WaitQueue } from "./wait.ts";

/** What stands behind a terminal. */
export type TerminalParts = {
  /** As in /dev: "/dev/pts/0". */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** Takes what the terminal shows. */
  show(bytes: ByteString): void;
  /** False while the other side cannot take more; call `drained` when it can. */
  hasRoom?(): boolean;
};

/** The side of the keyboard and the screen. */
export type Terminal = ControllingTerminal & {
  columns: number;
  rows: number;
  /** Keys that were pressed. */
  input(bytes: ByteString): void;
  /** The window has another size: WINCH to the foreground group. */
  resize(columns: number, rows: number): void;
  /** The other side takes output again. */
  drained(): void;
  /** The terminal is gone: HUP to its session; reads end, writes fail. */
  hangUp(): void;
};

/** The modes of a new terminal. */
const COOKED: TerminalModes = {
  canonical: true,
  echo: true,
  signals: true,
  crToNl: true,
  nlToCrNl: true,
  flow: true,
  stopWriters: false,
};

type State = {
  readonly machine: Machine;
  readonly parts: TerminalParts;
  readonly modes: TerminalModes;
  readonly editor: LineEditor;
  readonly queue: WaitQueue;
  held: boolean;
  gone: boolean;
};

const SIGNAL_KEYS: Record<string, Signal> = { "\x03": "INT", "\x1c": "QUIT", "\x1a": "TSTP" };

/** A terminal that no session has yet; see takeTerminal. */
export function createTerminal(machine: Machine, parts: TerminalParts): Terminal {
  const modes = { ...COOKED };
  const queue = createWaitQueue();
  const editor = createLineEditor(modes, (bytes) => parts.show(mapOutput(modes, bytes)));
  const state: State = { machine, parts, modes, editor, queue, held: false, gone: false };
  const terminal: Terminal = {
    name: parts.name,
    foreground: 0,
    columns: parts.columns,
    rows: parts.rows,
    modes,
    setModes(self, change) {
      if (stopInBackground(self, terminal, "TTOU") !== "foreground") return;
      const wasCanonical = modes.canonical;
      Object.assign(modes, change);
      if (wasCanonical !== modes.canonical) editor.switchMode();
      queue.wakeAll();
    },
    open: () => openTerminal(state, terminal),
    input: (bytes) => {
      for (const byte of bytes) takeKey(state, terminal, byte);
      queue.wakeAll();
    },
    resize(columns, rows) {
      terminal.columns = columns;
      terminal.rows = rows;
      signalGroup(machine, terminal.foreground, "WINCH");
    },
    drained: () => queue.wakeAll(),
    hangUp() {
      state.gone = true;
      for (const process of [...machine.processes.values()]) {
        if (process.tty !== terminal) continue;
        if (process.pid === process.session || process.processGroup === terminal.foreground) {
          sendSignal(process, "HUP");
          sendSignal(process, "CONT");
        }
      }
      queue.wakeAll();
    },
  };
  return terminal;
}

function mapOutput(modes: TerminalModes, bytes: ByteString): ByteString {
  return modes.nlToCrNl ? bytes.replace(/\n/g, "\r\n") : bytes;
}

function takeKey(state: State, terminal: Terminal, key: string): void {
  const { modes, editor } = state;
  if (editor.quotesNext()) {
    editor.type(key);
    return;
  }
  const signal = modes.signals ? SIGNAL_KEYS[key] : undefined;
  if (signal !== undefined) {
    editor.flush();
    state.held = false;
    if (modes.echo) editor.echo(`^${String.fromCharCode(key.charCodeAt(0) + 64)}`);
    signalGroup(state.machine, terminal.foreground, signal);
  } else if (modes.flow && (key === "\x13" || key === "\x11")) {
    state.held = key === "\x13";
  } else {
    editor.type(modes.crToNl && key === "\r" ? "\n" : key);
  }
}

/**
 * Whether the process may use its terminal. In the background its group gets the signal; where that
 * changes nothing, the answer is "refused".
 */
function stopInBackground(
  self: Process,
  terminal: ControllingTerminal,
  signal: "TTIN" | "TTOU",
): "foreground" | "stopped" | "refused" {
  if (self.tty !== terminal || self.processGroup === terminal.foreground) return "foreground";
  if (self.handlers.get(signal) === "ignore") return signal === "TTOU" ? "foreground" : "refused";
  if (isOrphanedGroup(self.machine, self.processGroup)) return "refused";
  signalGroup(self.machine, self.processGroup, signal);
  return "stopped";
}

function openTerminal(state: State, terminal: Terminal): OpenFile {
  return {
    kind: "tty",
    label: terminal.name,
    terminal,
    read(self, max) {
      if (state.gone) return "";
      const place = stopInBackground(self, terminal, "TTIN");
      if (place === "refused") return { errno: "EIO" };
      return place === "stopped" ? "again" : state.editor.take(max);
    },
    write(self, bytes) {
      if (state.gone) return { errno: "EIO" };
      if (state.modes.stopWriters) {
        const place = stopInBackground(self, terminal, "TTOU");
        if (place === "refused") return { errno: "EIO" };
        if (place === "stopped") return "again";
      }
      if (state.held || state.parts.hasRoom?.() === false) return "again";
      state.editor.wrote(bytes);
      state.parts.show(mapOutput(state.modes, bytes));
      return bytes.length;
    },
    changed: state.queue.wait,
    references: 1,
    release() {},
  };
}
