// Words: from the parser's tree to ours. Quotes disappear, every piece knows whether it was quoted.
// Source: bash(1) QUOTING, EXPANSION.
// Not here: commands (lowerCommands.ts), what words expand to (../expand).

import { decodeAnsi } from "./ansiQuote.ts";
import type { SourceText } from "./sourceText.ts";
import type {
  Arithmetic,
  ArrayElement,
  Assignment,
  ParameterOperation,
  ParameterPart,
  Parsed,
  Word,
  WordPart,
} from "./syntax.ts";
import {
  type AssignmentNode,
  type ParameterNode,
  type PartNode,
  treeOf,
  type WordNode,
} from "./tree.ts";

/** A word; `quoted` when it stands inside double quotes as a whole. */
export function lowerWord(source: SourceText, node: WordNode, quoted = false): Word {
  const parts: WordPart[] = [];
  const line = source.lineAt(node.pos);
  const reader = { source, parts, line };
  if (node.parts === undefined) {
    if (quoted) push(parts, true, node.value);
    else pushRaw(parts, node.text);
  } else for (const part of node.parts) lowerPart(reader, part, quoted);
  return wordOf(node.text, parts);
}

/** A word of pieces that are known. */
function wordOf(source: string, parts: readonly WordPart[]): Word {
  return {
    source,
    parts,
    literal: literalOf(source, parts),
    quick: parts.every(isQuick),
    braces: mayBrace(source),
  };
}

/** Text that is one word as it stands. */
export function plainWord(text: string): Word {
  return {
    source: text,
    parts: [{ type: "text", quoted: true, text }],
    literal: text,
    quick: true,
    braces: false,
  };
}

function isQuick(part: WordPart): boolean {
  switch (part.type) {
    case "text":
      return part.quoted || !special.test(part.text);
    case "parameter":
      return (
        part.operation === undefined &&
        part.prefix === undefined &&
        part.index === undefined &&
        part.name !== "@" &&
        part.name !== "*" &&
        part.name !== ""
      );
    case "arithmetic":
      return part.expression.word.quick;
    default:
      return false;
  }
}

const special = /[*?[\\~]|[@!+]\(/;

function literalOf(source: string, parts: readonly WordPart[]): string | undefined {
  let text = "";
  for (const part of parts) {
    if (part.type !== "text") return undefined;
    if (!part.quoted && special.test(part.text) && source !== "[") return undefined;
    text += part.text;
  }
  return parts.length === 0 ? undefined : text;
}

function mayBrace(source: string): boolean {
  return source.includes("{") && (source.includes(",") || source.includes(".."));
}

type Reader = { readonly source: SourceText; readonly parts: WordPart[]; readonly line: number };

function push(parts: WordPart[], quoted: boolean, text: string): void {
  const last = parts.at(-1);
  if (last?.type === "text" && last.quoted === quoted) {
    parts[parts.length - 1] = { type: "text", quoted, text: last.text + text };
  } else parts.push({ type: "text", quoted, text });
}

/** Unquoted text: a backslash quotes what follows, and vanishes with the end of a line. */
function pushRaw(parts: WordPart[], raw: string): void {
  let from = 0;
  for (let at = raw.indexOf("\\"); at >= 0; at = raw.indexOf("\\", from)) {
    if (at > from) push(parts, false, raw.slice(from, at));
    const next = raw[at + 1];
    if (next === undefined) push(parts, true, "\\");
    else if (next !== "\n") push(parts, true, next);
    from = at + 2;
  }
  if (from < raw.length) push(parts, false, raw.slice(from));
}

function lowerPart(reader: Reader, part: PartNode, quoted: boolean): void {
  const { parts, source } = reader;
  switch (part.type) {
    case "Literal":
      if (quoted) push(parts, true, part.value);
      else pushRaw(parts, part.text);
      return;
    case "SingleQuoted":
      push(parts, true, part.value);
      return;
    case "AnsiCQuoted":
      push(parts, true, decodeAnsi(part.text.slice(2, -1), "quote").text);
      return;
    case "DoubleQuoted":
    case "LocaleString":
      if (part.parts.length === 0) push(parts, true, "");
      for (const child of part.parts) lowerPart(reader, child, true);
      return;
    case "SimpleExpansion":
      parts.push(parameter(part.text, part.text.slice(1), quoted));
      return;
    case "ParameterExpansion":
      parts.push(lowerParameter(source, part, quoted));
      return;
    case "CommandExpansion":
      parts.push({ type: "command", quoted, ...lowerCommand(reader, part) });
      return;
    case "ArithmeticExpansion": {
      const old = part.text.startsWith("$[");
      const text = old ? part.text.slice(2, -1) : part.text.slice(3, -2);
      parts.push({
        type: "arithmetic",
        quoted,
        expression: lowerArithmetic(source, text, reader.line),
      });
      return;
    }
    case "ProcessSubstitution": {
      const { text, operator: direction, script } = part;
      const body =
        script === undefined ? source.parse(text.slice(2, -1), reader.line) : source.script(script);
      parts.push({ type: "process", quoted, source: text, direction, body });
      return;
    }
    default:
      lowerPattern(reader, part, quoted);
  }
}

/** Globs and braces: raw text with expansions in it. */
function lowerPattern(
  reader: Reader,
  part: Extract<PartNode, { type: "Glob" | "ExtendedGlob" | "BraceExpansion" }>,
  quoted: boolean,
): void {
  const raw = (text: string) => {
    if (text === "") return;
    if (quoted) push(reader.parts, true, text);
    else pushRaw(reader.parts, text);
  };
  let at = part.pos;
  for (const child of part.parts ?? []) {
    raw(part.text.slice(at - part.pos, child.pos - part.pos));
    lowerPart(reader, child, quoted);
    at = child.end;
  }
  raw(part.text.slice(at - part.pos));
}

function lowerCommand(
  reader: Reader,
  part: Extract<PartNode, { type: "CommandExpansion" }>,
): { source: string; backquoted: boolean; body: Parsed } {
  const { source, line } = reader;
  const { text, script } = part;
  if (!text.startsWith("`")) {
    const body =
      script === undefined ? source.parse(text.slice(2, -1), line) : source.script(script);
    return { source: text, backquoted: false, body };
  }
  const inner = script?.source ?? text.slice(1, text.endsWith("`") ? -1 : undefined);
  return { source: text, backquoted: true, body: source.parse(inner, line) };
}

function parameter(source: string, name: string, quoted: boolean): ParameterPart {
  const none = { index: undefined, prefix: undefined, operation: undefined };
  return { type: "parameter", quoted, source, name, ...none };
}

const parameterName = /^(?:[A-Za-z_][A-Za-z0-9_]*|\d+|[@*#?$!-])$/;

function lowerParameter(source: SourceText, node: ParameterNode, quoted: boolean): ParameterPart {
  const known = parameterName.test(node.parameter);
  return {
    type: "parameter",
    quoted,
    source: node.text,
    name: node.parameter,
    index: node.index === undefined ? undefined : lowerWord(source, node.index),
    prefix: node.prefix,
    operation: known ? lowerOperation(source, node, quoted) : { type: "bad" },
  };
}

function lowerOperation(
  source: SourceText,
  node: ParameterNode,
  quoted: boolean,
): ParameterOperation | undefined {
  const operation = node.operation;
  if (operation === undefined) return undefined;
  const word = (one: WordNode) => lowerWord(source, one);
  switch (operation.type) {
    case "Default":
      return {
        type: "default",
        operator: operation.operator,
        word: lowerWord(source, operation.operand, quoted),
      };
    case "Remove":
      return { type: "remove", operator: operation.operator, pattern: word(operation.operand) };
    case "Replace":
      return {
        type: "replace",
        operator: operation.operator,
        pattern: word(operation.pattern),
        replacement: word(operation.replacement),
      };
    case "Slice": {
      const length = operation.length;
      return {
        type: "slice",
        offset: word(operation.offset),
        length: length === undefined ? undefined : word(length),
      };
    }
    case "CaseModification": {
      const pattern = operation.operand;
      return {
        type: "case",
        operator: operation.operator,
        pattern: pattern === undefined ? undefined : word(pattern),
      };
    }
    case "Transform":
      return { type: "transform", operator: operation.operand.text };
    case "Names":
      return { type: "names", operator: operation.operator };
    default:
      if (/^~~?$/.test(operation.operator)) {
        return { type: "case", operator: operation.operator, pattern: undefined };
      }
      return { type: "bad" };
  }
}

/** An arithmetic expression in a script. */
export function lowerArithmetic(source: SourceText, text: string, line: number): Arithmetic {
  return { source: text, word: lowerQuoted(source, text, { line, dropQuotes: true }) };
}

/** Text that is expanded as if in double quotes, without quotes around it. */
export function lowerQuoted(
  source: SourceText,
  text: string,
  options: { readonly line: number; readonly dropQuotes: boolean },
): Word {
  const { line, dropQuotes } = options;
  const cleaned = dropQuotes ? text.replace(/(?<!\\)"/g, "") : text;
  if (!/[$`\\]/.test(cleaned)) return plainWord(cleaned);
  let end = "EOF";
  while (cleaned.includes(end)) end += "F";
  const redirect = firstRedirect(treeOf(`:<<${end}\n${cleaned}\n${end}\n`));
  const parts: WordPart[] = [];
  if (redirect?.type !== "HereDoc") return plainWord(cleaned);
  const inside: SourceText = { ...source, lineAt: () => line, faults: [], warnings: [] };
  const reader = { source: inside, parts, line };
  for (const part of redirect.body.parts ?? []) lowerPart(reader, part, true);
  const last = parts.at(-1);
  if (redirect.body.parts === undefined) push(parts, true, redirect.body.text.slice(0, -1));
  else if (last?.type === "text") {
    parts[parts.length - 1] = { ...last, text: last.text.replace(/\n$/, "") };
  }
  return wordOf(text, parts);
}

function firstRedirect(tree: ReturnType<typeof treeOf>) {
  const command = tree.commands[0]?.command;
  return command?.type === "Command" ? command.redirects[0] : undefined;
}

/** `name=value` before a command or after declare. */
export function lowerAssignment(source: SourceText, node: AssignmentNode): Assignment {
  const { name, index, value, append, text } = node;
  return {
    type: "assignment",
    source: text,
    name,
    index: index === undefined ? undefined : lowerWord(source, index),
    append: append === true,
    value:
      value.type === "Word"
        ? lowerWord(source, value)
        : value.elements.map((element) => lowerElement(source, element)),
  };
}

function lowerElement(source: SourceText, node: WordNode): ArrayElement {
  const plain = () => ({ index: undefined, append: false, value: lowerWord(source, node) });
  if (!node.text.startsWith("[")) return plain();
  const command = treeOf(`_${node.text}`).commands[0]?.command;
  const first = command?.type === "Command" ? command.prefix[0] : undefined;
  if (first?.type !== "Assignment" || first.index === undefined || first.value.type !== "Word") {
    return plain();
  }
  const inside: SourceText = { ...source, lineAt: () => source.lineAt(node.pos) };
  return {
    index: lowerWord(inside, first.index),
    append: first.append === true,
    value: lowerWord(inside, first.value),
  };
}
