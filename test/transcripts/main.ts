// `npm run -s transcripts -- record FILE…` asks the VM and writes what it prints; `check [FILE…]`
// replays on the simulator and shows what differs. A FILE that holds only commands becomes a
// transcript when it is recorded; marks in `differs` stay. `limits` writes the README's table.
// Not here: the test (transcripts.test.ts).

import { openSandbox } from "../../server/sandboxes/choose.ts";
import { writeLimits } from "./limits.ts";
import { type Difference, differences, play } from "./replay.ts";
import {
  allTranscripts,
  nameOf,
  readTranscript,
  type Turn,
  writeTranscript,
} from "./transcript.ts";

const [verb, ...files] = process.argv.slice(2);
if (verb === "record" && files.length > 0) for (const file of files) await record(file);
else if (verb === "check") await checkAll(files.length > 0 ? files : allTranscripts());
else if (verb === "limits") writeLimits();
else {
  console.error("Usage: npm run -s transcripts -- record FILE… | check [FILE…] | limits");
  process.exitCode = 2;
}

async function record(file: string): Promise<void> {
  const turns = readTranscript(file);
  await using sandbox = await openSandbox("vm", () => {});
  const results = await play(sandbox, turns);
  writeTranscript(
    file,
    results.map((result, index): Turn => {
      const differs = turns[index]?.differs;
      return differs === undefined ? result : { ...result, differs };
    }),
  );
  const missing = turns.length - results.length;
  console.log(
    `${file}: ${results.length} recorded${missing > 0 ? `, ${missing} did not run` : ""}`,
  );
}

async function checkAll(names: readonly string[]): Promise<void> {
  let same = 0;
  let other = 0;
  for (const file of names) {
    const turns = readTranscript(file);
    await using sandbox = await openSandbox("simulator", () => {});
    const found = differences(turns, await play(sandbox, turns, 20_000));
    same += turns.length - found.length;
    other += found.length;
    for (const difference of found) console.log(textOf(nameOf(file), difference));
  }
  console.log(`${same} turns are the same, ${other} differ.`);
  if (other > 0) process.exitCode = 1;
}

function textOf(name: string, one: Difference): string {
  const mark = one.differs === undefined ? "" : ` (known: ${one.differs})`;
  const block = (sign: string, text: string) =>
    text
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => `${sign} ${line}`)
      .join("\n");
  return [
    `== ${name}${mark}: ${one.command}`,
    block("-", `${one.recorded}\n[exit ${one.recordedCode}]`),
    block("+", `${one.printed}\n[exit ${one.code ?? "none"}]`),
  ].join("\n");
}
