// Does the simulator print what a real kernel prints for these commands? And which few of them are
// enough to show the difference?
// Not here: where commands come from (generate.ts).

import { openSandbox } from "../../server/sandboxes/choose.ts";
import { type Difference, differences, play } from "../transcripts/replay.ts";
import type { Turn } from "../transcripts/transcript.ts";

/** A case, as a real kernel answered it, and where the simulator answers otherwise. */
export type Outcome = { readonly turns: readonly Turn[]; readonly found: readonly Difference[] };

/** Runs the commands on both. */
export async function compare(commands: readonly string[]): Promise<Outcome> {
  const [turns, printed] = await Promise.all([
    answer("vm", commands),
    answer("simulator", commands),
  ]);
  return { turns, found: differences(turns, printed) };
}

async function answer(
  kind: "vm" | "simulator",
  commands: readonly string[],
): Promise<readonly Turn[]> {
  await using sandbox = await openSandbox(kind, () => {});
  return await play(
    sandbox,
    commands.map((command) => ({ command, output: "", exitCode: -1 })),
  );
}

/**
 * Fewer commands that still show a difference in the same command: halves, then quarters, then single
 * ones are left out (delta debugging). At most `attempts` comparisons.
 */
export async function shrink(outcome: Outcome, attempts = 40): Promise<Outcome> {
  const wanted = outcome.found[0]?.command;
  const end = outcome.turns.findIndex(({ command }) => command === wanted) + 1;
  let best = await compare(outcome.turns.slice(0, end).map(({ command }) => command));
  if (!shows(best, wanted)) return outcome;
  let left = attempts;
  for (
    let size = Math.ceil(end / 2);
    size >= 1 && left > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.turns.length - 1 && left > 0; ) {
      const commands = best.turns.map(({ command }) => command);
      const fewer = [
        ...commands.slice(0, at),
        ...commands.slice(Math.min(at + size, commands.length - 1)),
      ];
      left -= 1;
      const tried = await compare(fewer);
      if (shows(tried, wanted)) best = tried;
      else at += size;
    }
  }
  return best;
}

function shows(outcome: Outcome, command: string | undefined): boolean {
  return outcome.found.some((difference) => difference.command === command);
}
