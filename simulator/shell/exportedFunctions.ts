// Functions that programs inherit: `export -f` puts them into the environment, a shell that starts
// takes them out of it.
// Source: bash(1) FUNCTIONS, export.
// Not simulated: the exact blanks of the text that `env` shows.

import type { ShellFunction, ShellState } from "./shellState.ts";
import { parseText } from "./syntax/parse.ts";
import { functionText } from "./syntax/printCommand.ts";

const NAME = /^BASH_FUNC_(.+)%%$/;

/** Adds the functions that are exported. */
export function putFunctions(state: ShellState, environment: Map<string, string>): void {
  for (const name of state.exportedFunctions) {
    const body = state.functions.get(name)?.body;
    if (body === undefined) continue;
    const text = functionText(name, body)
      .trimEnd()
      .slice(name.length + 1);
    environment.set(`BASH_FUNC_${name}%%`, text.replace(/^\(\) \n\{ \n {3}/, "() { "));
  }
}

/** The functions of an environment. */
export function takeFunctions(environment: ReadonlyMap<string, string>): ShellFunction[] {
  const found: ShellFunction[] = [];
  for (const [key, value] of environment) {
    const name = NAME.exec(key)?.[1];
    if (name === undefined || !value.startsWith("() {")) continue;
    const command = parseText(`${name} ${value}\n`).lists[0]?.list[0]?.command;
    if (command?.type !== "function") continue;
    found.push({ name, body: command.body, source: "environment", line: 0, lineOffset: 0 });
  }
  return found;
}
