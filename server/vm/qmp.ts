// Talks to QEMU's monitor: one JSON object a line. Commands are answered in the order in which they
// were sent; events come in between. Source: QEMU's docs/interop/qmp-spec.

import type { Duplex } from "node:stream";
import { z } from "zod";

const message = z.object({
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** An event of QEMU, such as `MIGRATION` with `{status: "completed"}`. */
export type QmpEvent = { readonly name: string; readonly data: Readonly<Record<string, unknown>> };

/** The monitor of one QEMU. */
export type Qmp = {
  /** Resolves with what the command returns; rejects with QEMU's words, or when QEMU is gone. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Calls back for every event from now on. */
  onEvent(listener: (event: QmpEvent) => void): void;
};

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** Connects to the monitor at the other end of `stream`; `ended` says why when QEMU is gone. */
export function connectQmp(stream: Duplex, ended: Promise<string>): Qmp {
  const waiting: Waiting[] = [];
  const listeners: ((event: QmpEvent) => void)[] = [];
  let rest = "";
  let gone = false;
  const receive = (line: string): void => {
    const said = message.parse(JSON.parse(line));
    if (said.event !== undefined) {
      const event = { name: said.event, data: said.data ?? {} };
      for (const listener of listeners) listener(event);
    } else if (said.error) {
      waiting.shift()?.reject(new Error(said.error.desc));
    } else if ("return" in said) {
      waiting.shift()?.resolve(said.return);
    } // else: the greeting
  };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") receive(line);
  });
  stream.on("error", () => {}); // told by "close"
  stream.on("close", () => {
    gone = true;
    ended.then((reason) => {
      for (const one of waiting.splice(0)) one.reject(new Error(reason));
    });
  });
  return {
    async execute(command, args = {}) {
      if (gone) throw new Error(await ended);
      stream.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    onEvent(listener) {
      listeners.push(listener);
    },
  };
}
