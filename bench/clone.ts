// How fast a VM starts from its template, and what memory it adds:
//     node --import tsx bench/clone.ts [COUNT]
// Each start is measured through the path that a reader's terminal takes: QEMU, agent, virtio port,
// attach client, node-pty, first prompt. Then a command is typed and its answer waited for.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { ensureImage, type Image } from "../server/image/image.ts";
import { openPtyTerminal } from "../server/terminal/ptyTerminal.ts";
import { startClone } from "../server/vm/clone.ts";
import { probeKvm } from "../server/vm/kvm.ts";
import { ensureTemplate, type Template } from "../server/vm/template.ts";
import { terminalPorts } from "../server/vm/terminalPorts.ts";

/** One start, in milliseconds and MiB. */
type Start = {
  readonly agent: number;
  readonly prompt: number;
  readonly answer: number;
  readonly memory: Memory;
};
type Memory = { readonly pss: number; readonly privatePages: number };

const count = Number(process.argv[2] ?? 20);
const image = await ensureImage((text) => console.error(text));
const accelerator = (await probeKvm(image)).works ? "kvm" : "tcg";
const template = await ensureTemplate(image, accelerator);
const loadBefore = loadavg()[0] ?? 0;
const starts: Start[] = [];
for (let index = 0; index < count; index++) starts.push(await startOnce(template, image));
const together = await memoryTogether(template, 5);
print();

async function startOnce(template: Template, image: Image): Promise<Start> {
  const begun = performance.now();
  const clone = await startClone(template);
  const agent = performance.now() - begun;
  const place = await terminalPorts(clone.agent, clone.sockets)("lab");
  const attachCommand = [image.agent, "attach", place.socket, "0"];
  const terminal = await openPtyTerminal({ attachCommand, size: { columns: 80, rows: 24 } });
  const prompt = performance.now() - begun;
  const memory = memoryOf(clone.qemu.pid);
  const nonce = randomBytes(16).toString("hex");
  for await (const event of terminal.run("echo $((6 * 7))", { nonce })) {
    if (event.type === "lost") throw new Error(event.reason);
  }
  const answer = performance.now() - begun;
  terminal.dispose("The measurement is over.");
  await clone.stop();
  return { agent, prompt, answer, memory };
}

/** Mean memory of clones that run at the same time: pages of the template are counted in parts. */
async function memoryTogether(template: Template, clones: number): Promise<Memory> {
  const running = [];
  for (let index = 0; index < clones; index++) running.push(await startClone(template));
  const all = running.map((clone) => memoryOf(clone.qemu.pid));
  for (const clone of running) await clone.stop();
  const mean = (of: (memory: Memory) => number) => all.reduce((sum, m) => sum + of(m), 0) / clones;
  return { pss: mean((m) => m.pss), privatePages: mean((m) => m.privatePages) };
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
    ["agent answers", ...time((start) => start.agent), ""],
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
  console.log(`${count} clones one by one, ${accelerator}; load of this machine ${load}.`);
}
