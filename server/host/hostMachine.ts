// Starts the machine of a host sandbox: bubblewrap around our agent, on this host's kernel. When the
// server runs as root, the sandbox belongs to nobody's user id, because a root that is mapped to the
// host's root could write kernel-wide settings.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { release } from "node:os";
import { basename, dirname } from "node:path";
import { SandboxError } from "../../shared/sandbox.ts";
import { connectAgent } from "../agent/connection.ts";
import type { Image } from "../image/image.ts";
import type { AgentMachine } from "../machine/agentSandbox.ts";
import { bwrapLine } from "./bwrapLine.ts";
import { makeControlGroup, removeControlGroup } from "./controlGroup.ts";
import { type HostFolder, makeHostFolder } from "./hostFolder.ts";
import { limits } from "./limits.ts";

/** User and group of a sandbox that root starts: `nobody`. */
const unprivilegedUser = 65534;
const startSeconds = 10;

/** A host machine, with the process that is it. */
export type HostMachine = AgentMachine & { readonly pid: number };

/** Starts the sandbox's namespaces; resolves when the agent in them answers. */
export async function startHostMachine(image: Image): Promise<HostMachine> {
  const folder = await makeHostFolder(image);
  const group = basename(folder.path);
  const removeAll = async (): Promise<void> => {
    await removeControlGroup(group);
    await folder.remove();
  };
  const running = startBwrap(image, folder, {
    controlGroups: await makeControlGroup(group),
    sysMounts: await mountsBelowSys(),
  });
  try {
    const socket = await connectWithin(folder.socket, running);
    const control = connectAgent(socket);
    // The socket is there before bubblewrap is: when it fails, it says more than a lost connection.
    await control.ping().catch(() => running.failed);
    return {
      kind: "host",
      kernel: `this host's Linux ${release()}`,
      control,
      agentProgram: image.agent,
      pid: running.pid,
      openTerminal: async () => ({ socket: folder.socket, release: () => {} }),
      async stop() {
        running.child.kill("SIGKILL");
        await running.ended;
        await removeAll();
      },
      ended: running.ended,
    };
  } catch (error) {
    running.child.kill("SIGKILL");
    await running.ended;
    await removeAll();
    throw error;
  }
}

type Running = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<string>;
  /** Rejects when it ends, with what it said. */
  readonly failed: Promise<never>;
};

type Surroundings = {
  readonly controlGroups: readonly string[];
  readonly sysMounts: readonly string[];
};

function startBwrap(image: Image, folder: HostFolder, around: Surroundings): Running {
  const { controlGroups, sysMounts } = around;
  const isRoot = process.getuid?.() === 0;
  const tree = isRoot ? folder.tree : image.tree;
  const { processes, processMemory, networkNamespaces } = limits;
  const child = spawn(
    image.agent,
    [
      "launch",
      ...["--socket", folder.socket],
      ...controlGroups.flatMap((path) => ["--cgroup", path]),
      ...(isRoot ? ["--tree", image.tree, "--at", folder.tree] : []),
      ...(isRoot ? ["--uid", String(unprivilegedUser)] : []),
      ...["--", "bwrap", ...bwrapLine({ tree, files: folder.files, sysMounts })],
      ...["--", "/usr/sbin/vethbook-agent", "serve", "3"],
      ...[processes, processMemory, networkNamespaces].map(String),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const said: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
  const closed = once(child, "close").then(
    () => Buffer.concat(said).toString().trim(),
    (error: Error) => error.message,
  );
  const failed = closed.then((text) => {
    const reason = text.split("\n").at(-1) || "it ended at once";
    throw new SandboxError(`The host sandbox did not start: ${reason.replace(/\.$/, "")}.`);
  });
  failed.catch(() => {}); // heard only while it starts
  return {
    child,
    pid: child.pid ?? 0,
    ended: closed.then(() => "The sandbox on this host ended. Run starts a new one."),
    failed,
  };
}

/** Outermost mount points below /sys, such as /sys/fs/cgroup. */
async function mountsBelowSys(): Promise<string[]> {
  const table = await readFile("/proc/self/mounts", "utf8");
  const points = table.split("\n").map((line) => line.split(" ")[1] ?? "");
  const below = points.filter((point) => point.startsWith("/sys/"));
  return below.filter((one) => !below.some((other) => one.startsWith(`${other}/`)));
}

/** Connects as soon as the socket has its name; it has none before it listens. */
async function connectWithin(path: string, running: Running): Promise<Socket> {
  const waiting = new AbortController();
  try {
    await Promise.race([appears(path, waiting.signal), running.failed]);
  } finally {
    waiting.abort();
  }
  const socket = connect(path);
  await once(socket, "connect").catch(() => running.failed);
  return socket;
}

/** Resolves when there is such a file; rejects when it takes too long. */
function appears(path: string, left: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (existsSync(path)) resolve();
    };
    watch(dirname(path), { signal: left }, check);
    const timer = setTimeout(() => {
      reject(new SandboxError("The host sandbox did not start in time. Reset it to try again."));
    }, startSeconds * 1000);
    left.addEventListener("abort", () => clearTimeout(timer));
    check();
  });
}
