// Variables as commands that would make them: declare -p, set, export -p, ${x@A}, ${a[@]@K}.
// Source: experiments with bash 5.2.
// Not here: the values (values.ts).

import { doubleQuote, quoteAlways, quoteByBackslash, quoteIfNeeded } from "./quote.ts";
import { itemsOf, scalarOf, type Variable } from "./variables.ts";

/** `([0]="a" [1]="b")`. */
function arrayText(variable: Variable): string {
  const items = itemsOf(variable).map(
    ([key, value]) => `[${keyText(variable, key)}]=${doubleQuote(value)}`,
  );
  const body = items.join(" ");
  return variable.entries !== undefined && body !== "" ? `(${body} )` : `(${body})`;
}

function keyText(variable: Variable, key: string): string {
  if (variable.entries === undefined || /^[\w%+,./:@^-]+$/.test(key)) return key;
  return doubleQuote(key);
}

/** The line that `declare -p` prints. */
export function declaration(name: string, variable: Variable): string {
  const letters = variable.attributes === "" ? "-" : variable.attributes;
  const start = `declare -${letters} ${name}`;
  if (variable.elements !== undefined || variable.entries !== undefined) {
    return `${start}=${arrayText(variable)}`;
  }
  return variable.value === undefined ? start : `${start}=${doubleQuote(variable.value)}`;
}

/** The line that `set` prints; undefined for a variable without a value. */
export function settingLine(name: string, variable: Variable): string | undefined {
  if (variable.elements !== undefined || variable.entries !== undefined) {
    return `${name}=${arrayText(variable)}`;
  }
  if (variable.value === undefined) return undefined;
  return `${name}=${variable.value === "" ? "" : quoteIfNeeded(variable.value)}`;
}

/** `${x@A}`; of an array "all", or one of its elements. */
export function assignmentText(
  name: string,
  variable: Variable,
  value: string | undefined,
): string {
  const array = variable.elements !== undefined || variable.entries !== undefined;
  if (array && value === "all") return declaration(name, variable);
  const text = array ? value : scalarOf(variable);
  const quoted = text === undefined ? "" : `=${quoteAlways(text)}`;
  if (variable.attributes === "") return text === undefined ? "" : `${name}${quoted}`;
  return `declare -${variable.attributes} ${name}${quoted}`;
}

/** `${a[@]@K}` as one text, or `${a[@]@k}` as keys and values. */
export function keyValueText(variable: Variable, asOne: boolean): string[] {
  const items = itemsOf(variable);
  if (!asOne) return items.flat();
  return [items.map(([key, value]) => `${quoteKey(key)} ${doubleQuote(value)}`).join(" ")];
}

function quoteKey(key: string): string {
  const quoted = quoteByBackslash(key);
  return quoted === key ? key : doubleQuote(key);
}
