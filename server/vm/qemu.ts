// Starts QEMU and watches over it: it ends when this process ends, its monitor and the control port
// are inherited sockets, so there is nothing to wait for, and how it ended is told in a sentence.

import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { SandboxError } from "../../shared/sandbox.ts";
import { inherited } from "./machineLine.ts";
import { connectQmp, type Qmp } from "./qmp.ts";

/** The program; found by PATH. */
export const qemuProgram = "qemu-system-x86_64";

/** One running QEMU. */
export type Qemu = {
  readonly pid: number;
  readonly qmp: Qmp;
  /** The VM's port 0. */
  readonly control: Duplex;
  /** Settles when the process is gone, with the reason in words: "killed", "shut down", … */
  readonly ended: Promise<string>;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
};

/** What to start. */
export type QemuStart = {
  /** The sandbox agent's host binary: its `launch` ties QEMU to this process. */
  readonly agent: string;
  readonly args: readonly string[];
  /** Open file that QEMU inherits as `inherited.state`. */
  readonly state?: number;
};

/** Starts QEMU; rejects with a sentence when there is none. */
export async function startQemu(start: QemuStart): Promise<Qemu> {
  const child = spawn(start.agent, ["launch", "--", qemuProgram, ...start.args], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe", start.state ?? "ignore"],
  });
  const complaint: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => complaint.push(chunk));
  const { promise: ended, resolve } = withResolvers<string>();
  child.on("error", (error) => resolve(error.message));
  child.on("close", (code, signal) => resolve(reason(code, signal, Buffer.concat(complaint))));
  if (child.pid === undefined) throw new SandboxError(`QEMU could not be started: ${await ended}.`);
  const control = stream(child, inherited.control);
  control.on("error", () => {}); // a dead QEMU is told by `ended`
  return {
    pid: child.pid,
    qmp: connectQmp(stream(child, inherited.monitor), ended),
    control,
    ended,
    async stop() {
      // SIGKILL at once: a clone has nothing to save, and asking first would only take longer.
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function stream(child: ChildProcess, descriptor: number): Duplex {
  const found = child.stdio[descriptor];
  if (!found || !("write" in found) || !("read" in found)) {
    throw new Error(`QEMU's descriptor ${descriptor} is no socket`);
  }
  return found as unknown as Duplex; // Node types it as one half; "pipe" is a socket pair
}

function reason(code: number | null, signal: NodeJS.Signals | null, complaint: Buffer): string {
  if (signal === "SIGKILL") return "killed";
  if (signal === "SIGBUS") return "no space left on the disk of its memory";
  const said = complaint.toString().trim().split("\n").at(-1) ?? "";
  if (said !== "") return said.replace(/^qemu-system-x86_64: /, "");
  if (signal) return `ended by ${signal}`;
  return code === 0 ? "shut down" : `status ${code}`;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
