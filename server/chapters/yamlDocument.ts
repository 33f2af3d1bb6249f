// Reads YAML (1.2) whose author is told about every mistake by line. The shape is checked by a zod
// schema; what zod finds is said in plain sentences.
// Not here: what the values mean.

import { isMap, isPair, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { z } from "zod";
import { suggestion } from "./nearestName.ts";
import type { Problem } from "./problem.ts";

/** A path into the document, such as ["links", 0, "from"]. */
export type Path = readonly PropertyKey[];

/** A document whose shape fits, or what is wrong with it. `value` is undefined when it does not fit. */
export type YamlDocument<T> = {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** The line of the value (or key) at this path, or of the nearest one above it. */
  readonly lineOf: (path: Path) => number;
};

const MAX_LENGTH = 64 * 1024;
const MAX_NESTING = 10;

/** Reads a YAML mapping that begins in `firstLine` of its file and must fit the schema. */
export function readYaml<T>(
  text: string,
  schema: z.ZodType<T>,
  firstLine: number,
): YamlDocument<T> {
  const refuse = (line: number, message: string) => ({
    value: undefined,
    problems: [{ line, message }],
    lineOf: () => line,
  });
  if (text.length > MAX_LENGTH)
    return refuse(firstLine, "This YAML is longer than 64 KB; shorten it.");
  // The parser is recursive, and Node may end the whole process when the stack runs out.
  if (nestsDeeply(text)) {
    return refuse(firstLine, "This YAML nests too deeply; write it more plainly.");
  }
  try {
    return readDocument(text, schema, firstLine);
  } catch {
    return refuse(firstLine, "This YAML repeats itself too much; write it out without & and *.");
  }
}

/** Whether brackets or indents nest deeply; brackets in quotes count too, which does no harm. */
function nestsDeeply(text: string): boolean {
  let depth = 0;
  for (const line of text.split("\n")) {
    const [head = ""] = /^(?:[ \t]|[-?:](?=[ \t]|$))*/.exec(line) ?? [];
    if (head.length > MAX_NESTING * 4 || head.replace(/[ \t]/g, "").length > MAX_NESTING)
      return true;
    for (const character of line) {
      if (character === "[" || character === "{") depth++;
      else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
      if (depth > MAX_NESTING) return true;
    }
  }
  return false;
}

function readDocument<T>(text: string, schema: z.ZodType<T>, firstLine: number): YamlDocument<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line) + firstLine - 1;
  const problems = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    message: `This is not YAML: ${sentence(error.message)}`,
  }));
  const lineOf = (path: Path) => lineAt(offsetOf(document.contents, path));
  if (problems.length > 0) return { value: undefined, problems, lineOf };
  const content: unknown = document.toJS({ maxAliasCount: 20 }) ?? {};
  const result = schema.safeParse(content);
  if (result.success) return { value: result.data, problems, lineOf };
  const found = result.error.issues.flatMap((issue) =>
    messagesOf(issue, schema, content).map(({ path, message }) => ({
      line: lineOf(path),
      message,
    })),
  );
  return { value: undefined, problems: found, lineOf };
}

/** Where the value at the path begins; for a missing value, where the mapping around it begins. */
function offsetOf(root: ParsedNode | null, path: Path): number {
  let node: ParsedNode | null = root;
  let offset = root?.range[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key));
      if (pair === undefined) return offset;
      offset = pair.key.range[0];
      node = pair.value;
    } else if (node !== null && "items" in node) {
      const item: unknown = node.items[Number(key)];
      if (!isNode(item)) return offset;
      node = item;
      offset = node.range[0];
    } else return offset;
  }
  return offset;
}

function isNode(value: unknown): value is ParsedNode {
  return (
    typeof value === "object" && value !== null && "range" in value && Array.isArray(value.range)
  );
}

function messagesOf(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  content: unknown,
): { path: Path; message: string }[] {
  const { path } = issue;
  const name = path.length === 0 ? "This" : `\`${path.map(String).join(".")}\``;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `\`${key}\` is not known here.${suggestion(key, known) || ` Known are ${known.join(", ")}.`}`,
    }));
  }
  if (issue.code === "invalid_type") {
    const missing = path.length > 0 && valueAt(content, path) === undefined;
    const what = article(issue.expected);
    return [
      { path, message: `${name} ${missing ? `is missing; write ${what}` : `must be ${what}`}.` },
    ];
  }
  return [{ path, message: `${name}: ${sentence(issue.message)}` }];
}

function valueAt(content: unknown, path: Path): unknown {
  let at = content;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

function article(type: string): string {
  if (type === "string") return "a text";
  if (type === "array") return "a list";
  return type === "object" || type === "record" ? "a mapping" : `a ${type}`;
}

/** The keys that the schema knows at a path; empty where it is not an object. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const key of path) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap();
    if (at instanceof z.ZodObject) at = at.shape[String(key)];
    else if (at instanceof z.ZodArray) at = at.element;
  }
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap();
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function sentence(text: string): string {
  const first = text.split("\n")[0] ?? "";
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
