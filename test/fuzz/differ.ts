// Does the simulator print what a real kernel prints for these commands? And which few of them are
// enough to show the difference?
// What Linux itself prints otherwise the second time is chance, and no difference.
// Not here: where commands come from (generate.ts).

import { openSandbox } from "../../server/sandboxes/choose.ts";
import { type Difference, differences, play } from "../transcripts/replay.ts";
import type { Turn } from "../transcripts/transcript.ts";

/** A case, as a real kernel answered it, and where the simulator answers otherwise. */
export type Outcome = {
  readonly turns: readonly Turn[];
  readonly found: readonly Difference[];
  /** Commands that differ, but for which Linux printed two things in two runs. */
  readonly chance: readonly string[];
};

/** A case takes about a minute; a VM that takes this long hangs. */
const LIMIT_MILLISECONDS = 200_000;

/** Rejects with a sentence when one of the two did not run all of the commands. */
export async function compare(commands: readonly string[]): Promise<Outcome> {
  const [turns, printed] = await Promise.all([
    answer("vm", commands),
    answer("simulator", commands),
  ]);
  const found = differences(turns, printed);
  if (found.length === 0) return { turns, found, chance: [] };
  const again = differences(turns, await answer("vm", commands));
  const stays = ({ command }: Difference) => !again.some((other) => other.command === command);
  const chance = found.filter((each) => !stays(each)).map(({ command }) => command);
  return { turns, found: found.filter(stays), chance };
}

async function answer(
  kind: "vm" | "simulator",
  commands: readonly string[],
): Promise<readonly Turn[]> {
  await using sandbox = await openSandbox(kind, () => {});
  const turns = await play(
    sandbox,
    commands.map((command) => ({ command, output: "", exitCode: -1 })),
    LIMIT_MILLISECONDS,
  );
  // The shell of the simulator may end early: that is a difference. The VM's was ended.
  if (kind === "vm" && turns.length < commands.length)
    throw new Error(`The VM did not come back from: ${commands[turns.length] ?? ""}`);
  return turns;
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
