// Variables of the shell: scalars, arrays, attributes, and the scopes that functions open. Scoping is
// dynamic, as bash's is: a function sees the locals of its callers.
// Source: bash(1) PARAMETERS, Arrays, declare.
// Not here: variables that compute themselves (specialVariables.ts). Not simulated: the tracing attribute.

/** One variable. `attributes` holds the letters of declare: a A i l n r u x. */
export type Variable = {
  value: string | undefined;
  /** For attribute a. */
  elements: Map<number, string> | undefined;
  /** For attribute A. */
  entries: Map<string, string> | undefined;
  attributes: string;
};

/** Names of one function call, or of the whole shell. */
export type Scope = Map<string, Variable>;

/** A new variable without a value. */
export function newVariable(attributes = ""): Variable {
  return { value: undefined, elements: undefined, entries: undefined, attributes };
}

/** A copy that shares nothing. */
export function copyVariable(variable: Variable): Variable {
  return {
    value: variable.value,
    elements: variable.elements && new Map(variable.elements),
    entries: variable.entries && new Map(variable.entries),
    attributes: variable.attributes,
  };
}

/** True when it has one of the attributes. */
export function has(variable: Variable, letter: string): boolean {
  return variable.attributes !== "" && variable.attributes.includes(letter);
}

const order = "aAilnrtux";

/** Gives an attribute. */
export function giveAttribute(variable: Variable, letter: string): void {
  if (variable.attributes.includes(letter)) return;
  const letters = variable.attributes + letter;
  variable.attributes = [...order].filter((one) => letters.includes(one)).join("");
}

/** Takes an attribute away. */
export function takeAttribute(variable: Variable, letter: string): void {
  variable.attributes = variable.attributes.replace(letter, "");
}

/** The variable of a name, from the innermost scope out. */
export function findVariable(scopes: readonly Scope[], name: string): Variable | undefined {
  for (let at = scopes.length - 1; at >= 0; at--) {
    const found = scopes[at]?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True when it has a value (an array: an element). */
export function isSet(variable: Variable): boolean {
  if (variable.elements !== undefined) return variable.elements.size > 0;
  if (variable.entries !== undefined) return variable.entries.size > 0;
  return variable.value !== undefined;
}

/** What `$name` gives: the scalar, or element 0. */
export function scalarOf(variable: Variable): string | undefined {
  if (variable.elements !== undefined) return variable.elements.get(0);
  if (variable.entries !== undefined) return variable.entries.get("0");
  return variable.value;
}

/** Indices of an indexed array in their order. */
export function indices(elements: ReadonlyMap<number, string>): number[] {
  const keys = [...elements.keys()];
  for (let at = 1; at < keys.length; at++) {
    if ((keys[at - 1] ?? 0) > (keys[at] ?? 0)) return keys.sort((a, b) => a - b);
  }
  return keys;
}

/** Keys of an associative array in the order in which bash's hash table lists them. */
function keysInOrder(entries: ReadonlyMap<string, string>): string[] {
  const keys = [...entries.keys()].reverse();
  const bucket = new Map(keys.map((key) => [key, hashOf(key) & 1023]));
  return keys.sort((a, b) => (bucket.get(a) ?? 0) - (bucket.get(b) ?? 0));
}

/** FNV-1, by Fowler, Noll and Vo. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash, 0x01000193) ^ text.charCodeAt(at);
  }
  return hash >>> 0;
}

/** All values with their keys, in order. A scalar has one, at 0. */
export function itemsOf(variable: Variable): [string, string][] {
  const { elements, entries, value } = variable;
  if (elements !== undefined)
    return indices(elements).map((at) => [`${at}`, elements.get(at) ?? ""]);
  if (entries !== undefined)
    return keysInOrder(entries).map((key) => [key, entries.get(key) ?? ""]);
  return value === undefined ? [] : [["0", value]];
}

/** The index that a new last element gets. */
export function nextIndex(elements: ReadonlyMap<number, string>): number {
  let next = 0;
  for (const index of elements.keys()) if (index >= next) next = index + 1;
  return next;
}

/** True for what may name a variable. */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}
