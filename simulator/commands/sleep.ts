// `sleep` of coreutils 9.1 (sleep(1)).
// Not simulated: --help, --version.

import { sleep as pass } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";
import { FOREVER, parseInterval } from "./interval.ts";

/** Lets time pass. */
export function* sleep(self: Process): Execution {
  const name = self.argv[0] ?? "sleep";
  const given = getopt(self.argv, { short: "+", long: { help: "help", version: "version" } });
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `sleep --${option.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  if (given.operands.length === 0) return yield* tryHelp(self, `${name}: missing operand`);
  const intervals = given.operands.map((word) => ({ word, seconds: parseInterval(word) }));
  const wrong = intervals.filter(({ seconds }) => seconds === undefined);
  if (wrong.length > 0) {
    const lines = wrong.map(({ word }) => `${name}: invalid time interval ‘${word}’`);
    return yield* tryHelp(self, lines.join("\n"));
  }
  const total = intervals.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  yield* pass(self, Math.min(FOREVER, Math.ceil(total * 1e6)));
  return 0;
}
