// How fast a VM starts from its template, and what memory it adds:
//     npm run bench [COUNT]
// Each start is measured through the path that a reader's terminal takes: QEMU, agent, virtio port,
// attach client, node-pty, first prompt. Then a command is typed and its answer waited for.

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { ensureImage } from "../server/image/image.ts";
import { openVmSandbox } from "../server/vm/vmSandbox.ts";

/** One start, in milliseconds and MiB. */
type Start = {
  readonly open: number;
  readonly prompt: number;
  readonly answer: number;
  readonly memory: Memory;
};
type Memory = { readonly pss: number; readonly privatePages: number };

const size = { columns: 80, rows: 24 };
const count = Number(process.argv[2] ?? 20);
const image = await ensureImage((text) => console.error(text));
await (await openVmSandbox(image))[Symbol.asyncDispose](); // makes the template if there is none
const loadBefore = loadavg()[0] ?? 0;
const starts: Start[] = [];
for (let index = 0; index < count; index++) starts.push(await startOnce());
const together = await memoryTogether(5);
print();

async function startOnce(): Promise<Start> {
  const begun = performance.now();
  const sandbox = await openVmSandbox(image);
  const open = performance.now() - begun;
  const terminal = await sandbox.terminal("lab", size);
  const prompt = performance.now() - begun;
  const [memory = { pss: 0, privatePages: 0 }] = qemuPids().map(memoryOf);
  const nonce = randomBytes(16).toString("hex");
  const typed = performance.now();
  for await (const event of terminal.run("echo $((6 * 7))", { nonce })) {
    if (event.type === "lost") throw new Error(event.reason);
  }
  const answer = prompt + performance.now() - typed;
  await sandbox[Symbol.asyncDispose]();
  return { open, prompt, answer, memory };
}

/** Mean memory of VMs that run at the same time: pages of the template are counted in parts. */
async function memoryTogether(machines: number): Promise<Memory> {
  const running = [];
  for (let index = 0; index < machines; index++) {
    const sandbox = await openVmSandbox(image);
    await sandbox.terminal("lab", size);
    running.push(sandbox);
  }
  const all = qemuPids().map(memoryOf);
  for (const sandbox of running) await sandbox[Symbol.asyncDispose]();
  const mean = (of: (memory: Memory) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return { pss: mean((one) => one.pss), privatePages: mean((one) => one.privatePages) };
}

/** The VMs of this process: its children whose program is QEMU. */
function qemuPids(): number[] {
  const isQemu = (pid: string): boolean => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [, name = "", parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
      return name.startsWith("qemu-system") && Number(parent) === process.pid;
    } catch {
      return false; // it has just ended
    }
  };
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && isQemu(entry))
    .map(Number);
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) / 1024;
  return { pss: field("Pss"), privatePages: field("Private_Dirty") + field("Private_Clean") };
}

function print(): void {
  const time = (of: (start: Start) => number) => {
    const sorted = starts.map(of).sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(count - 1, Math.ceil(part * count) - 1)] ?? 0;
    return [`${(at(0.5) / 1000).toFixed(3)} s`, `${(at(0.95) / 1000).toFixed(3)} s`];
  };
  const middle = (of: (start: Start) => number) => {
    const sorted = starts.map(of).sort((a, b) => a - b);
    return `${(sorted[Math.floor(count / 2)] ?? 0).toFixed(0)} MiB`;
  };
  const rows = [
    ["", "p50", "p95", "reference"],
    ["sandbox is open", ...time((start) => start.open), ""],
    ["prompt in the terminal", ...time((start) => start.prompt), "0.085 s quiet, 0.13 s busy"],
    ["first command answered", ...time((start) => start.answer), ""],
    ["private memory at the prompt", middle((start) => start.memory.privatePages), "", "38 MiB"],
    ["Pss, the only VM", middle((start) => start.memory.pss), "", ""],
    ["Pss, each of 5 at once", `${together.pss.toFixed(0)} MiB`, "", "40 MiB"],
    ["private, each of 5 at once", `${together.privatePages.toFixed(0)} MiB`, "", "38 MiB"],
  ];
  for (const [name = "", p50 = "", p95 = "", reference = ""] of rows) {
    console.log(`${name.padEnd(30)}${p50.padStart(9)}${p95.padStart(9)}   ${reference}`);
  }
  const load = `${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`;
  console.log(`${count} clones one by one; load of this machine ${load}.`);
}
