// Starts `vethbook serve` as a child process of a test, the way a reader starts it, and ends it by
// pid. Its state lives in a folder of its own, so tests neither see nor touch a reader's work.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type RunningServer = AsyncDisposable & {
  /** The printed address, token included. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** `kill -9`, then waits until the process is gone. */
  kill(): Promise<void>;
};

export type ServerOptions = {
  readonly sandbox: "vm" | "host" | "simulator";
  /** 0 takes a free port. */
  readonly port?: number;
  readonly stateDirectory: string;
};

const root = new URL("../..", import.meta.url).pathname;

/** Starts the server and resolves with its address; rejects with its output when it ends instead. */
export async function startVethbook(options: ServerOptions): Promise<RunningServer> {
  const child = spawn(
    process.execPath,
    [
      "server/bin/vethbook.mjs",
      "serve",
      ...["--sandbox", options.sandbox],
      ...["--port", String(options.port ?? 0)],
    ],
    {
      cwd: root,
      env: { ...process.env, VETHBOOK_STATE: options.stateDirectory },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const url = await printedAddress(child);
  const gone = once(child, "exit");
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await gone;
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const listen = (chunk: Buffer) => {
      text += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/\S*token=\S+/.exec(text)?.[0];
      if (address) resolve(address);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`vethbook serve ended with ${code}:\n${text}`)));
  });
}

/** A folder under the system's temporary folder that is removed at the end of its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Kills with -9 every child of this process whose command's name begins so; says how many. */
export async function killChildren(parent: number, name: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  let killed = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const match = /^\d+ \((.*)\) \S (\d+) /s.exec(stat);
    if (!match?.[1]?.startsWith(name) || Number(match[2]) !== parent) continue;
    process.kill(Number(pid), "SIGKILL");
    killed++;
  }
  return killed;
}
