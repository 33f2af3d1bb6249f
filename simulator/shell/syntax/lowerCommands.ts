// Commands: from the parser's tree to ours.
// Source: bash(1) SHELL GRAMMAR.
// Not here: words (lowerWords.ts), texts and their faults (parse.ts).

import {
  lowerArithmetic,
  lowerAssignment,
  lowerQuoted,
  lowerWord,
  plainWord,
} from "./lowerWords.ts";
import { lastLine, type SourceText } from "./sourceText.ts";
import type {
  Branch,
  CaseItem,
  Command,
  List,
  Redirect,
  SimpleCommand,
  TestExpression,
  Word,
} from "./syntax.ts";
import type {
  CommandNode,
  ListNode,
  RedirectNode,
  StatementNode,
  TestNode,
  WordNode,
} from "./tree.ts";

/** Statements, one after another. */
export function lowerStatements(source: SourceText, statements: readonly StatementNode[]): List {
  return statements.map((statement) => ({
    command: lowerCommand(source, statement.command),
    background: statement.background === true,
  }));
}

const lowerList = (source: SourceText, list: ListNode): List =>
  lowerStatements(source, list.commands);

type Of<T extends CommandNode["type"]> = Extract<CommandNode, { type: T }>;

function lowerCommand(source: SourceText, node: CommandNode): Command {
  switch (node.type) {
    case "Command":
      return lowerSimple(source, node);
    case "Pipeline":
      return lowerPipeline(source, node);
    case "AndOr":
      return {
        type: "andOr",
        commands: node.commands.map((command) => lowerCommand(source, command)),
        operators: node.operators,
      };
    case "Redirected":
      return {
        type: "redirected",
        command: lowerCommand(source, node.command),
        redirects: node.redirects.map((redirect) => lowerRedirect(source, redirect)),
      };
    case "Function":
      return lowerFunction(source, node);
    case "Coproc":
      return {
        type: "coproc",
        line: source.lineAt(node.pos),
        name: node.name?.value ?? "COPROC",
        body: node.body.type === "CompoundList" ? emptyGroup : lowerCommand(source, node.body),
      };
    default:
      return lowerCompound(source, node);
  }
}

const emptyGroup: Command = { type: "group", body: [] };

function lowerPipeline(source: SourceText, node: Of<"Pipeline">): Command {
  const time = node.prefixes.find((prefix) => prefix.type === "Time");
  const negations = node.prefixes.filter((prefix) => prefix.type === "Negation").length;
  return {
    type: "pipeline",
    line: source.lineAt(node.pos),
    negated: negations % 2 === 1,
    timed: time?.type !== "Time" ? undefined : time.posix === undefined ? "bash" : "posix",
    commands: node.commands.map((command) => lowerCommand(source, command)),
    withErrors: node.operators.map((operator) => operator === "|&"),
  };
}

function lowerFunction(source: SourceText, node: Of<"Function">): Command {
  return {
    type: "function",
    line: source.lineAt(node.pos),
    name: node.name.value,
    body: node.body.type === "CompoundList" ? emptyGroup : lowerCommand(source, node.body),
  };
}

function lowerCompound(
  source: SourceText,
  node: Exclude<
    CommandNode,
    { type: "Command" | "Pipeline" | "AndOr" | "Redirected" | "Function" | "Coproc" }
  >,
): Command {
  const line = source.lineAt(node.pos);
  switch (node.type) {
    case "If":
      return lowerIf(source, node);
    case "For":
    case "Select":
      return lowerFor(source, node);
    case "ArithmeticFor":
      return lowerArithmeticFor(source, node);
    case "While":
      return {
        type: "while",
        until: node.kind === "until",
        condition: lowerList(source, node.clause),
        body: lowerList(source, node.body),
      };
    case "Case":
      return lowerCase(source, node);
    case "Subshell":
      return { type: "subshell", line, body: lowerList(source, node.body) };
    case "BraceGroup":
      return { type: "group", body: lowerList(source, node.body) };
    case "TestCommand":
      source.tests.push(node.pos);
      return { type: "test", line, expression: lowerTest(source, node.expression) };
    default:
      return {
        type: "arithmetic",
        line: source.lineAt(node.end - 1),
        expression: lowerArithmetic(source, node.body, line),
      };
  }
}

function lowerIf(source: SourceText, node: Of<"If">): Command {
  const branch = (one: { readonly clause: ListNode; readonly then: ListNode }): Branch => ({
    condition: lowerList(source, one.clause),
    body: lowerList(source, one.then),
  });
  return {
    type: "if",
    branches: [branch(node), ...node.elif.map(branch)],
    otherwise: node.else === undefined ? undefined : lowerList(source, node.else),
  };
}

function lowerFor(source: SourceText, node: Of<"For"> | Of<"Select">): Command {
  const header = source.text.slice(node.name.end, node.body.pos);
  const hasWords = node.wordlist !== undefined && /^\s*in\b/.test(header);
  return {
    type: node.type === "For" ? "for" : "select",
    line: source.lineAt(node.pos),
    name: node.name.value,
    words: hasWords ? node.wordlist?.map((word) => commandWord(source, word)) : undefined,
    body: lowerList(source, node.body),
  };
}

/** The three expressions are read from the text: bash evaluates text. */
function lowerArithmeticFor(source: SourceText, node: Of<"ArithmeticFor">): Command {
  const line = source.lineAt(node.pos);
  const open = source.text.indexOf("((", node.pos) + 2;
  const parts = ["", "", ""];
  let depth = 0;
  let which = 0;
  for (let at = open; at < node.end; at++) {
    const character = source.text[at] ?? "";
    if (character === ")" && depth === 0) break;
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === ";" && depth === 0) which += 1;
    else parts[which] = `${parts[which] ?? ""}${character}`;
  }
  const arithmetic = (index: number) =>
    lowerArithmetic(source, (parts[index] ?? "").trimStart(), line);
  return {
    type: "arithmeticFor",
    line,
    parts: [arithmetic(0), arithmetic(1), arithmetic(2)],
    body: lowerList(source, node.body),
  };
}

function lowerCase(source: SourceText, node: Of<"Case">): Command {
  const items: CaseItem[] = node.items.map((item) => ({
    patterns: item.pattern.map((word) => commandWord(source, word)),
    body: lowerList(source, item.body),
    end: item.terminator ?? ";;",
  }));
  const word = lowerWord(source, node.word);
  return { type: "case", line: source.lineAt(node.pos), word, items };
}

function lowerTest(source: SourceText, node: TestNode): TestExpression {
  switch (node.type) {
    case "TestUnary":
      return { type: "unary", operator: node.operator, operand: lowerWord(source, node.operand) };
    case "TestBinary": {
      if (node.right.text === "]]") {
        const message = "unexpected argument `]]' to conditional binary operator";
        source.faults.push({ position: node.right.pos, token: "]]", message });
      }
      const left = lowerWord(source, node.left);
      return {
        type: "binary",
        operator: node.operator,
        left,
        right: lowerWord(source, node.right),
      };
    }
    case "TestLogical": {
      const operands = node.operands.map((operand) => lowerTest(source, operand));
      return { type: "logical", and: node.operator === "&&", operands };
    }
    case "TestNot": {
      const operand = lowerTest(source, node.operand);
      return node.negations.length % 2 === 1 ? { type: "not", operand } : operand;
    }
    default:
      return { type: "group", expression: lowerTest(source, node.expression) };
  }
}

/** A word of a command, in which extended patterns are noted. */
function commandWord(source: SourceText, node: WordNode): Word {
  for (const part of node.parts ?? [])
    if (part.type === "ExtendedGlob") source.extended.push(part.pos);
  return lowerWord(source, node);
}

function lowerSimple(source: SourceText, node: Of<"Command">): SimpleCommand {
  const assignments = [];
  const words = [];
  const redirects = [];
  for (const part of node.prefix) {
    if (part.type === "Assignment") assignments.push(lowerAssignment(source, part));
    else redirects.push(lowerRedirect(source, part));
  }
  if (node.name !== undefined) words.push(commandWord(source, node.name));
  for (const part of node.suffix) {
    if (part.type === "Word") words.push(commandWord(source, part));
    else if (part.type === "Assignment") words.push(lowerAssignment(source, part));
    else redirects.push(lowerRedirect(source, part));
  }
  checkParenthesis(source, node);
  return { type: "simple", line: lineOfSimple(source, node), assignments, words, redirects };
}

/** Bash notes the line when it has read the second word, which tells that the first one is a command's. */
function lineOfSimple(source: SourceText, node: Of<"Command">): number {
  const all = [...node.prefix, ...(node.name === undefined ? [] : [node.name]), ...node.suffix];
  const second = all[1] ?? all[0];
  if (second === undefined) return source.lineAt(node.pos);
  const isRedirect = second.type !== "Word" && second.type !== "Assignment";
  return source.lineAt(isRedirect ? second.pos : Math.max(node.pos, second.end - 1));
}

/** `name (word`: the parser reads on, bash does not. */
function checkParenthesis(source: SourceText, node: Of<"Command">): void {
  const next = node.suffix[0];
  if (node.name === undefined || next === undefined) return;
  const between = source.text.slice(node.name.end, next.pos);
  if (!between.includes("(") || between.includes("\n")) return;
  const token = source.text.slice(next.pos, next.end);
  source.faults.push({ position: next.pos, token });
}

function lowerRedirect(source: SourceText, node: RedirectNode): Redirect {
  const of = node.descriptor;
  const descriptor =
    of === undefined ? undefined : of.type === "FileDescriptor" ? of.value : of.name;
  if (node.type === "HereDoc") return lowerDocument(source, node, descriptor);
  const target = node.target === undefined ? plainWord("") : lowerWord(source, node.target);
  return { operator: node.operator, descriptor, target };
}

function lowerDocument(
  source: SourceText,
  node: Extract<RedirectNode, { type: "HereDoc" }>,
  descriptor: number | string | undefined,
): Redirect {
  const line = source.lineAt(node.pos);
  const delimiter = node.delimiter?.text ?? "";
  if (node.closing === undefined && node.delimiter !== undefined) {
    source.openDocument = true;
    const wanted = node.delimiter.value;
    source.warnings.push({
      line: Math.max(line, lastLine(source) - (source.text.endsWith("\n") ? 1 : 1)),
      text: `warning: here-document at line ${line} delimited by end-of-file (wanted \`${wanted}')`,
    });
  }
  const raw = node.body.text;
  const whole = raw === "" || raw.endsWith("\n") ? raw : `${raw}\n`;
  const text = node.operator === "<<-" ? whole.replace(/^\t+/gm, "") : whole;
  const target =
    node.delimiter?.quoted === true
      ? { ...plainWord(text), source: text }
      : documentWord(source, text, line);
  return { operator: node.operator, descriptor, target, delimiter };
}

function documentWord(source: SourceText, text: string, line: number) {
  const whole = lowerQuoted(source, text.endsWith("\n") ? text.slice(0, -1) : text, {
    line,
    dropQuotes: false,
  });
  if (text === "" || !text.endsWith("\n")) return whole;
  const parts = [...whole.parts, { type: "text" as const, quoted: true, text: "\n" }];
  const literal = whole.literal === undefined ? undefined : `${whole.literal}\n`;
  return { ...whole, source: text, parts, literal };
}
