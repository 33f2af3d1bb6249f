// `npm run fuzz -- --minutes N [--seed S] [--keep]`: random networks on the VM and on the simulator,
// until the time is up or ten differences were found. Each difference is shrunk and printed; with
// --keep it becomes a transcript in test/transcripts/fuzz.
// A case that could not be compared (a VM that hangs or does not start) is skipped and says so.
// The exit status is 1 when a difference was found. The last line says seeds and counts.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeTranscript } from "../transcripts/transcript.ts";
import { compare, type Outcome, shrink } from "./differ.ts";
import { generate } from "./generate.ts";

const MOST_FOUND = 10;
const AT_ONCE = 2;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    keep: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});
const first =
  values.seed === undefined ? Math.floor(Date.now() / 1000) % 1_000_000 : Number(values.seed);
const end = Date.now() + Number(values.minutes) * 60_000;
let next = first;
let cases = 0;
let commands = 0;
let found = 0;
let chance = 0;
let skipped = 0;

await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(
  `${cases} cases, ${commands} commands, seeds ${first} to ${next - 1}: ${found} differ, ${chance} differ between two runs of Linux, ${skipped} skipped.`,
);
process.exitCode = found > 0 ? 1 : 0;

async function work(): Promise<void> {
  while (Date.now() < end && found < MOST_FOUND) {
    const seed = next++;
    try {
      await tryCase(seed);
    } catch (error) {
      skipped += 1;
      console.log(`== seed ${seed} skipped: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function tryCase(seed: number): Promise<void> {
  const outcome = await compare(generate(seed));
  cases += 1;
  commands += outcome.turns.length;
  for (const command of outcome.chance) {
    chance += 1;
    console.log(`== seed ${seed}, chance: ${command}`);
  }
  if (outcome.found.length === 0) return;
  found += 1;
  const small = values["no-shrink"] ? outcome : await shrink(outcome);
  console.log(textOf(seed, small));
  if (values.keep)
    writeTranscript(
      join(import.meta.dirname, `../transcripts/fuzz/seed-${seed}.json`),
      small.turns,
    );
}

function textOf(seed: number, { turns, found: all }: Outcome): string {
  return [
    `== seed ${seed}`,
    ...turns.map(({ command }) => `  ${command}`),
    ...all.flatMap(({ command, recorded, recordedCode, printed, code }) => [
      `-- ${command}`,
      `-- Linux, exit ${recordedCode}`,
      recorded,
      `-- simulator, exit ${code}`,
      printed,
    ]),
  ].join("\n");
}
