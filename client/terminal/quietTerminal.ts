// xterm, told to keep to text: what a program prints can colour and move, and nothing else. It
// cannot set the title, touch the clipboard, open a link or change the page's colours, and its
// questions to the terminal are answered only where `answers` says so.
// Sources: xterm's ctlseqs (DA, DSR, DECRQM, DECRQSS, OSC 0 to 52).

import { type ITerminalOptions, Terminal } from "@xterm/xterm";

/** Titles, links, colour changes and colour questions, clipboard: swallowed. */
const silencedOsc = [0, 1, 2, 4, 5, 8, 10, 11, 12, 13, 17, 19, 22, 52, 104, 110, 111, 112];

/** Sequences that make a terminal answer as if somebody had typed. */
const questions = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { final: "n" },
  { prefix: "?", final: "n" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
  { prefix: ">", final: "q" },
  { final: "t" },
];

/** A terminal whose programs get an answer only while `answers()` is true. */
export function quietTerminal(options: ITerminalOptions, answers: () => boolean): Terminal {
  const terminal = new Terminal(options);
  for (const code of silencedOsc) terminal.parser.registerOscHandler(code, () => true);
  for (const question of questions) {
    terminal.parser.registerCsiHandler(question, () => !answers());
  }
  terminal.parser.registerDcsHandler({ intermediates: "$", final: "q" }, () => !answers());
  terminal.parser.registerDcsHandler({ intermediates: "+", final: "q" }, () => !answers());
  return terminal;
}
