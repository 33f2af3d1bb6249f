// Text to commands: the one place that knows the parser unbash. Its tree becomes our own smaller one,
// at the pace in which bash reads: everything up to the end of a line, or of a command that spans lines.
// Source: bash(1) SHELL GRAMMAR; unbash's types.
// Not simulated: aliases that open a construct which ends outside of them.

import { lowerStatements } from "./lowerCommands.ts";
import { lowerQuoted, plainWord } from "./lowerWords.ts";
import { plainLines } from "./plainLines.ts";
import { lineFinder, type SourceText } from "./sourceText.ts";
import type { Parsed, ParsedList, SyntaxProblem, Word } from "./syntax.ts";
import { extendedProblem, problemIn, spoiledProblem } from "./syntaxProblem.ts";
import { type ScriptNode, type StatementNode, treeOf } from "./tree.ts";

/** The longest script, in bytes. */
const longestText = 4_000_000;

/** Reads a text whose first line has the number `line`. */
export function parseText(text: string, line = 1): Parsed {
  if (text.length > longestText) return { firstLine: line, lists: [], problem: tooLong(line) };
  const plain = plainLines(text, line);
  if (plain.end === 0) return parseByGrammar(text, line);
  if (plain.end === text.length) return { firstLine: line, lists: plain.lists, problem: undefined };
  const rest = parseByGrammar(text.slice(plain.end), line + plain.lines);
  for (const list of rest.lists) plain.lists.push({ ...list, end: list.end + plain.end });
  return { firstLine: line, lists: plain.lists, problem: rest.problem };
}

/** The long way. */
function parseByGrammar(text: string, line = 1): Parsed {
  const source = sourceText(text, line);
  const script = treeOf(text);
  const groups = groupByLine(text, script.commands);
  const lists: ParsedList[] = [];
  for (const group of groups) {
    const end = lineEnd(text, group.at(-1)?.end ?? 0);
    const warned = source.warnings.length;
    const list = lowerStatements(source, group);
    const line = source.lineAt(Math.max(0, (group.at(-1)?.end ?? 0) - 1));
    const place = source.extended.splice(0)[0];
    const extended = place === undefined ? undefined : extendedProblem(source, place);
    const test = source.tests.splice(0)[0];
    const spoiled = test === undefined ? undefined : spoiledProblem(source, test);
    const warnings = source.warnings.slice(warned);
    lists.push({ list, warnings, end, line, extended, spoiled });
  }
  const problem = problemIn(source, script.errors ?? []);
  if (problem === undefined)
    return { firstLine: line, lists, problem: openEnd(source, text, line) };
  // Bash has run the lines before the faulty command.
  const before = groups.filter((group) => isBefore(text, group, problem.position)).length;
  // What the end of the text left open is the last command, however early its words end.
  const sound = problem.unfinished ? Math.min(before, groups.length - 1) : before;
  return { firstLine: line, lists: lists.slice(0, sound), problem };
}

/** A text, ready to be lowered. */
function sourceText(text: string, line: number): SourceText {
  const source: SourceText = {
    text,
    faults: [],
    extended: [],
    tests: [],
    warnings: [],
    openDocument: false,
    lineAt: lineFinder(text, line),
    script: (script) => lowerScript(source, script),
    parse: parseText,
  };
  return source;
}

function lowerScript(source: SourceText, script: ScriptNode): Parsed {
  const problem = problemIn({ ...source, faults: [] }, script.errors ?? []);
  if (problem !== undefined) source.faults.push({ ...problem, nested: true });
  const warned = source.warnings.length;
  const list = lowerStatements(source, script.commands);
  const warnings = source.warnings.splice(warned);
  const firstLine = source.lineAt(script.commands[0]?.pos ?? script.pos);
  return {
    firstLine,
    lists: [
      { list, warnings, end: script.end, line: firstLine, extended: undefined, spoiled: undefined },
    ],
    problem: undefined,
  };
}

/** Statements that bash reads together: those between which there is no end of line. */
function groupByLine(text: string, statements: readonly StatementNode[]): StatementNode[][] {
  const groups: StatementNode[][] = [];
  let before = -1;
  for (const statement of statements) {
    const newLine = before >= 0 ? text.indexOf("\n", before) : -1;
    const last = groups.at(-1);
    if (last === undefined || (newLine >= 0 && newLine < statement.pos)) groups.push([statement]);
    else last.push(statement);
    before = statement.end;
  }
  return groups;
}

function lineEnd(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : end + 1;
}

function isBefore(text: string, group: readonly StatementNode[], position: number): boolean {
  const end = group.at(-1)?.end ?? 0;
  const newLine = text.indexOf("\n", end);
  return end < position && newLine >= 0 && newLine < position;
}

/** A text may be sound and yet ask for more: an open here-document, a backslash at its end. */
function openEnd(source: SourceText, text: string, line: number): SyntaxProblem | undefined {
  const backslashes = /\\+\n?$/.exec(text)?.[0].replace("\n", "").length ?? 0;
  if (!source.openDocument && backslashes % 2 === 0) return undefined;
  return { line, messages: [], unfinished: true, status: 0 };
}

function tooLong(line: number): SyntaxProblem {
  return {
    line,
    messages: ["vethbook simulator: a script of this size is not simulated"],
    unfinished: false,
    status: 2,
  };
}

/** The words of a text: what a brace expansion made, an alias's value. */
export function parseWords(text: string, line: number): Word[] {
  const source = sourceText(`: ${text}`, line);
  const command = lowerStatements(source, treeOf(source.text).commands)[0]?.command;
  if (command?.type !== "simple") return [plainWord(text)];
  const words = command.words.slice(1);
  return words.map((word) => ("type" in word ? plainWord(word.source) : word));
}

/** A text that is expanded as if it stood in double quotes: PS4, a prompt. */
export function parseQuoted(text: string, line: number): Word {
  return lowerQuoted(sourceText(text, line), text, { line, dropQuotes: false });
}
