// One terminal of the dock: xterm on the shell of one namespace. What was printed before it opened
// is written first, as history: questions in it get no answer, since they were answered or missed
// when they were asked.

import "../style/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import type { Terminal } from "@xterm/xterm";
import type { TerminalSize } from "../../shared/sandbox.ts";
import type { TerminalLog } from "../page/store.ts";
import { quietTerminal } from "./quietTerminal.ts";
import { terminalTheme } from "./terminalTheme.ts";

export type DockTerminalOptions = {
  readonly label: string;
  readonly screenReaderMode: boolean;
  readonly onInput: (data: string) => void;
  readonly onResize: (size: TerminalSize) => void;
  /** The reader wants the keyboard out of the terminal. */
  readonly onLeave: () => void;
};

export type DockTerminal = {
  readonly size: TerminalSize;
  feed(log: TerminalLog): void;
  focus(): void;
  setScreenReaderMode(on: boolean): void;
};

/** Opens an xterm in `host`, which must be visible. */
export function dockTerminal(host: HTMLElement, options: DockTerminalOptions): DockTerminal {
  let live = false;
  const terminal = quietTerminal(
    {
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: 13,
      lineHeight: 1.25,
      scrollback: 5000,
      screenReaderMode: options.screenReaderMode,
      theme: terminalTheme(host),
      // A program may print grey on grey; the reader should see it all the same.
      minimumContrastRatio: 4.5,
    },
    () => live && document.hasFocus(),
  );
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(host);
  terminal.textarea?.setAttribute("aria-label", `${options.label} F6 leaves the terminal.`);
  fit.fit();
  terminal.onData(options.onInput);
  terminal.attachCustomKeyEventHandler((event) => handleKey(event, terminal, options));
  followSize(host, fit, () => options.onResize(sizeOf(terminal)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    terminal.options.theme = terminalTheme(host);
  });
  return {
    get size() {
      return sizeOf(terminal);
    },
    feed: feeder(terminal, (isLive) => {
      live = isLive;
    }),
    focus: () => terminal.focus(),
    setScreenReaderMode: (on) => {
      terminal.options.screenReaderMode = on;
    },
  };
}

function sizeOf({ cols, rows }: Terminal): TerminalSize {
  return { columns: cols, rows };
}

/** Writes what is new in a log; a log that began anew, with a new shell, clears the terminal. */
function feeder(terminal: Terminal, setLive: (live: boolean) => void): (log: TerminalLog) => void {
  let shown: TerminalLog["output"] | undefined;
  let fed = 0;
  let opening = true;
  return ({ output }) => {
    if (output !== shown) {
      if (shown) terminal.reset();
      shown = output;
      fed = 0;
    }
    fed = Math.max(fed, output.dropped);
    for (; fed < output.dropped + output.chunks.length; fed += 1) {
      const chunk = output.chunks[fed - output.dropped];
      if (!chunk) continue;
      const isLive = !opening && !chunk.history;
      // Writes are worked off in order, so this holds exactly while the next one is parsed.
      terminal.write("", () => setLive(isLive));
      terminal.write(chunk.bytes);
    }
    opening = false;
  };
}

/** False keeps a key from the program. */
function handleKey(event: KeyboardEvent, terminal: Terminal, options: DockTerminalOptions) {
  const leaves = event.key === "F6" || (event.key === "Escape" && event.ctrlKey && event.shiftKey);
  const copies =
    event.key.toLowerCase() === "c" && event.ctrlKey && event.shiftKey && terminal.hasSelection();
  if (!leaves && !copies) return true;
  if (event.type === "keydown") {
    event.preventDefault();
    if (leaves) options.onLeave();
    else void navigator.clipboard.writeText(terminal.getSelection());
  }
  return false;
}

function followSize(host: HTMLElement, fit: FitAddon, onResize: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new ResizeObserver(() => {
    if (host.clientHeight === 0) return;
    fit.fit();
    clearTimeout(timer);
    timer = setTimeout(onResize, 100);
  });
  observer.observe(host);
}
