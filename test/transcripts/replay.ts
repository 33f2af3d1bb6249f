// Does a sandbox print what was recorded? Runs the commands of a transcript in one fresh sandbox and
// compares turn by turn.
// Not here: where sandboxes come from, who says it to whom.

import { runCommands } from "../../server/cli/exec.ts";
import type { Sandbox } from "../../shared/sandbox.ts";
import { normalise } from "./normalise.ts";
import type { Turn } from "./transcript.ts";

/** A turn that came out otherwise, both sides as they were compared. */
export type Difference = {
  readonly command: string;
  readonly recorded: string;
  readonly printed: string;
  readonly recordedCode: number;
  readonly code: number | undefined;
  readonly differs: string | undefined;
};

/** A machine that waits for what never comes would wait for ever. */
const LIMIT_MILLISECONDS = 240_000;

/** Runs the commands of the turns; the turns as this sandbox answers them, up to where it got stuck. */
export async function play(
  sandbox: Sandbox,
  turns: readonly Turn[],
  limit = LIMIT_MILLISECONDS,
): Promise<readonly Turn[]> {
  const timer = setTimeout(() => void sandbox[Symbol.asyncDispose](), limit);
  const { results } = await runCommands(
    sandbox,
    turns.map(({ command }) => command),
  );
  clearTimeout(timer);
  return results;
}

/** The turns that differ, those with a mark included. */
export function differences(
  recorded: readonly Turn[],
  printed: readonly Turn[],
): readonly Difference[] {
  const commands = recorded.map(({ command }) => command);
  const left = normalise(
    commands,
    recorded.map(({ output }) => output),
  );
  const right = normalise(
    commands,
    printed.map(({ output }) => output),
  );
  return recorded.flatMap((turn, index) => {
    const other = printed[index];
    if (other?.exitCode === turn.exitCode && left[index] === right[index]) return [];
    return {
      command: turn.command,
      recorded: left[index] ?? "",
      printed: right[index] ?? "(it did not run)",
      recordedCode: turn.exitCode,
      code: other?.exitCode,
      differs: turn.differs,
    };
  });
}
