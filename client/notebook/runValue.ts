// A run as the value that a JavaScript cell sees under the cell's name.

import type { CellState, CellStatus } from "../session/cellState.ts";
import { joined, type OutputLog } from "../session/outputLog.ts";

export type Run = {
  readonly state: CellStatus;
  /** Undefined before the end, and when it was never known. */
  readonly exitCode?: number;
  readonly seconds?: number;
  /** What it printed so far, without colours and with plain line ends. */
  readonly text: string;
};

/** The value of a cell's variable. */
export function runValue(state: CellState, log: OutputLog | undefined): Run {
  const { run } = state;
  return {
    state: state.status,
    ...(run?.end?.type === "exit" ? { exitCode: run.end.code } : {}),
    ...(run?.milliseconds === undefined ? {} : { seconds: run.milliseconds / 1000 }),
    text: log ? plainText(joined(log)) : "",
  };
}

/** Escape sequences (CSI, OSC and the two-byte ones) as a terminal would swallow them. */
const escapeByte = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const control = `\\[[0-?]*[ -/]*[@-~]`;
const command = `\\][^${bell}${escapeByte}]*(?:${bell}|${escapeByte}\\\\)`;
const escapes = new RegExp(`${escapeByte}(?:${control}|${command}|[ -/]*[0-~])`, "g");

function plainText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(escapes, "").replace(/\r\n/g, "\n");
}
