// Of what a terminal prints while a source runs in it: which bytes are the run's output, and when
// it has ended with which code. Pure; the marks are described in server/agent/bashrc.
//
//   S  echo of the source  ESC[?2004l CR | C  output  C  output … job notices | ESC[?2004h  D  A
//
// The echo is over at the first C, or, when the first command does not even parse, where readline
// turns bracketed paste off. Where readline turns it on again belongs to the prompt.

import type { RunEvent } from "../../shared/sandbox.ts";
import type { Piece } from "./marks.ts";

const pasteOff = Buffer.from("\x1b[?2004l\r");
const pasteOn = Buffer.from("\x1b[?2004h");

/** Follows one run; gives the events that a piece leads to. After `exit` there are none. */
export type RunOutput = (piece: Piece) => RunEvent[];

/** Follows the run with this nonce from its S mark on. */
export function followRun(nonce: string): RunOutput {
  let phase: "echo" | "output" | "left out" | "over" = "echo";
  let held: Buffer = Buffer.alloc(0);
  let code: number | undefined;

  const output = (bytes: Buffer): RunEvent[] => {
    let data = Buffer.concat([held, bytes]);
    held = Buffer.alloc(0);
    if (phase === "echo") {
      const end = data.indexOf(pasteOff);
      if (end === -1) {
        held = tail(data, pasteOff);
        return [];
      }
      phase = "output";
      data = data.subarray(end + pasteOff.length);
    }
    if (phase !== "output") return [];
    held = tail(data, pasteOn);
    return printed(data.subarray(0, data.length - held.length));
  };

  const beginOutput = (): RunEvent[] => {
    if (phase === "left out") return [];
    const waiting = phase === "output" ? held : Buffer.alloc(0);
    phase = "output";
    held = Buffer.alloc(0);
    return printed(waiting);
  };

  const prompt = (): RunEvent[] => {
    const waiting = held.equals(pasteOn) || phase === "echo" ? Buffer.alloc(0) : held;
    held = Buffer.alloc(0);
    return phase === "left out" ? [] : printed(waiting);
  };

  return (piece) => {
    if (phase === "over") return [];
    if (piece.type === "output") return output(piece.bytes);
    if (piece.nonce !== nonce) return [];
    if (piece.kind === "C") return beginOutput();
    if (piece.kind === "P") {
      const events = prompt();
      phase = "output"; // an unfinished command: its prompt is all there is to see
      return events;
    }
    if (piece.kind === "Q") {
      const events = prompt();
      phase = "left out";
      return events;
    }
    if (piece.kind === "D") {
      code = Number(piece.argument);
      return [];
    }
    if (piece.kind !== "A" || code === undefined) return [];
    const events = prompt();
    phase = "over";
    return [...events, { type: "exit", code }];
  };
}

function printed(bytes: Buffer): RunEvent[] {
  return bytes.length === 0 ? [] : [{ type: "output", bytes: Buffer.from(bytes) }];
}

/** The longest end of `data` with which `sequence` begins; all of it when `data` ends in it. */
function tail(data: Buffer, sequence: Buffer): Buffer {
  for (let length = Math.min(sequence.length, data.length); length > 0; length--) {
    const end = data.subarray(data.length - length);
    if (end.equals(sequence.subarray(0, length))) return Buffer.from(end);
  }
  return Buffer.alloc(0);
}
