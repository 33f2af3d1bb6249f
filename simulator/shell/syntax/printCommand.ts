// Commands as bash prints them: for jobs on a line where that is possible, for `type` and `declare -f`
// with an indent of four.
// Source: experiments with bash 5.2.
// Not here: quoting of values (../quote.ts).

import type { Command, List, Redirect, SimpleCommand, TestExpression, Word } from "./syntax.ts";

/** A command as `jobs` shows it. */
export function commandText(command: Command): string {
  return print({ indent: 0, inFunction: false }, command);
}

/** A function as `declare -f` shows it, with a newline at its end. */
export function functionText(name: string, body: Command): string {
  return `${functionBody({ indent: 0, inFunction: true }, name, body)}\n`;
}

type Style = { readonly indent: number; readonly inFunction: boolean };

const deeper = (style: Style): Style => ({ ...style, indent: style.indent + 4 });
const pad = (style: Style): string => " ".repeat(style.indent);

/** A function of the shell; `header` is its name or "function NAME". */
function functionBody(style: Style, header: string, body: Command): string {
  const [inner, redirects] =
    body.type === "redirected" ? [body.command, body.redirects] : [body, []];
  const tail = redirects.map((one) => ` ${redirectText(one)}`).join("");
  const open = `${header} () \n${pad(style)}{ \n`;
  const inside = deeper({ ...style, inFunction: true });
  const text = inner.type === "group" ? listText(inside, inner.body) : print(inside, inner);
  return `${open}${pad(inside)}${text}\n${pad(style)}}${tail}`;
}

/** Commands, each on a line of its own behind the indent. */
function listText(style: Style, list: List): string {
  let text = "";
  for (const [index, { command, background }] of list.entries()) {
    const last = index === list.length - 1;
    const printed = print(style, command);
    text += printed;
    if (background) text += " &";
    if (last) break;
    const document = printed.endsWith("\n");
    text += background || document ? "" : ";";
    text += style.inFunction || document ? `\n${pad(style)}` : " ";
  }
  return text;
}

/** A list between keywords: indented, with `;` at its end. */
function block(style: Style, list: List): string {
  const inside = deeper(style);
  const text = multiline(inside, list);
  return `${pad(inside)}${text}${/[&\n]$/.test(text) ? "" : ";"}\n${pad(style)}`;
}

function multiline(style: Style, list: List): string {
  let text = "";
  for (const [index, { command, background }] of list.entries()) {
    const printed = print(style, command);
    text += printed + (background ? " &" : "");
    if (index === list.length - 1) break;
    if (!background && !printed.endsWith("\n")) text += ";";
    text += `\n${pad(style)}`;
  }
  return text;
}

/** A list on one line. */
function inLine(style: Style, list: List): string {
  return listText({ ...style, inFunction: style.inFunction }, list);
}

function print(style: Style, command: Command): string {
  switch (command.type) {
    case "simple":
      return simpleText(command);
    case "pipeline": {
      let text =
        command.timed === undefined ? "" : command.timed === "posix" ? "time -p " : "time ";
      if (command.negated) text += "! ";
      for (const [index, one] of command.commands.entries()) {
        const joint = command.withErrors[index - 1] === true ? " 2>&1 | " : " | ";
        text += (index === 0 ? "" : joint) + print(style, one);
      }
      return text;
    }
    case "andOr":
      return command.commands
        .map(
          (one, index) =>
            (index === 0 ? "" : ` ${command.operators[index - 1]} `) + print(style, one),
        )
        .join("");
    case "redirected":
      return (
        print(style, command.command) +
        command.redirects.map((one) => ` ${redirectText(one)}`).join("")
      );
    case "function":
      return functionBody(style, `function ${command.name}`, command.body);
    case "group":
      return style.inFunction
        ? `{ \n${pad(deeper(style))}${listText(deeper(style), command.body)}\n${pad(style)}}`
        : `{ ${inLine(style, command.body)}${endsOpen(command.body) ? "" : ";"} }`;
    case "subshell":
      return `( ${inLine(style, command.body)} )`;
    case "coproc":
      return `coproc ${command.body.type === "simple" ? "" : `${command.name} `}${print(style, command.body)}`;
    default:
      return compoundText(style, command);
  }
}

const endsOpen = (list: List): boolean => list.at(-1)?.background === true;

type Compound = Extract<
  Command,
  { type: "if" | "for" | "select" | "arithmeticFor" | "while" | "case" | "test" | "arithmetic" }
>;

function compoundText(style: Style, command: Compound): string {
  switch (command.type) {
    case "if":
      return ifText(style, command);
    case "for":
    case "select": {
      const words = command.words?.map(wordText).join(" ") ?? '"$@"';
      const head = `${command.type} ${command.name} in ${words};\n${pad(style)}do\n`;
      return `${head}${block(style, command.body)}done`;
    }
    case "arithmeticFor": {
      const parts = command.parts.map((part) => part.source || "1").join("; ");
      return `for ((${parts}))\n${pad(style)}do\n${block(style, command.body)}done`;
    }
    case "while": {
      const word = command.until ? "until" : "while";
      return `${word} ${inLine(style, command.condition)}; do\n${block(style, command.body)}done`;
    }
    case "case":
      return caseText(style, command);
    case "test":
      return `[[ ${testText(command.expression)} ]]`;
    default:
      return `((${command.expression.source}))`;
  }
}

function ifText(style: Style, command: Extract<Command, { type: "if" }>): string {
  const [first, ...rest] = command.branches;
  if (first === undefined) return "";
  const head = `if ${inLine(style, first.condition)}; then\n${block(style, first.body)}`;
  const [next] = rest;
  if (next !== undefined) {
    // Bash prints `elif` as an `if` inside of `else`.
    const inside = deeper(style);
    const nested = ifText(inside, { ...command, branches: rest });
    return `${head}else\n${pad(inside)}${nested};\n${pad(style)}fi`;
  }
  if (command.otherwise === undefined) return `${head}fi`;
  return `${head}else\n${block(style, command.otherwise)}fi`;
}

function caseText(style: Style, command: Extract<Command, { type: "case" }>): string {
  const inside = deeper(style);
  let text = `case ${wordText(command.word)} in `;
  for (const item of command.items) {
    const patterns = item.patterns.map(wordText).join(" | ");
    const body =
      item.body.length === 0 ? "" : pad(deeper(inside)) + multiline(deeper(inside), item.body);
    text += `\n${pad(inside)}${patterns})\n${body}\n${pad(inside)}${item.end}`;
  }
  return `${text}\n${pad(style)}esac`;
}

/** The expression of `[[ ]]`. */
function testText(expression: TestExpression): string {
  switch (expression.type) {
    case "unary":
      return `${expression.operator} ${wordText(expression.operand)}`;
    case "binary":
      return `${wordText(expression.left)} ${expression.operator} ${wordText(expression.right)}`;
    case "logical":
      return expression.operands.map(testText).join(expression.and ? " && " : " || ");
    case "not":
      return `! ${testText(expression.operand)}`;
    default:
      return `( ${testText(expression.expression)} )`;
  }
}

function simpleText(command: SimpleCommand): string {
  const words = [...command.assignments, ...command.words].map((one) =>
    "type" in one ? assignmentSource(one) : wordText(one),
  );
  const documents: string[] = [];
  for (const one of command.redirects) {
    words.push(redirectText(one));
    if (one.operator === "<<" || one.operator === "<<-") documents.push(documentText(one));
  }
  return words.join(" ") + documents.join("");
}

function assignmentSource(
  assignment: Extract<SimpleCommand["words"][number], { type: "assignment" }>,
): string {
  const { value, name, append, source } = assignment;
  if ("parts" in value) return source;
  const items = value.map((item) =>
    item.index === undefined
      ? wordText(item.value)
      : `[${item.index.source}]${item.append ? "+" : ""}=${wordText(item.value)}`,
  );
  return `${name}${append ? "+" : ""}=(${items.join(" ")})`;
}

/** A word as written; commands in it as bash prints them. */
export function wordText(word: Word): string {
  let { source } = word;
  if (!source.includes("$(") && !source.includes("<(") && !source.includes(">(")) return source;
  for (const part of word.parts) {
    if (part.type === "process" || (part.type === "command" && !part.backquoted)) {
      const open = part.type === "process" ? `${part.direction}(` : "$(";
      const lists = part.body.lists.map((one) =>
        listText({ indent: 0, inFunction: false }, one.list),
      );
      source = source.replace(part.source, () => `${open}${lists.join("\n")})`);
    }
  }
  return source;
}

function redirectText(redirect: Redirect): string {
  const { operator, descriptor, target, delimiter } = redirect;
  const fd = typeof descriptor === "string" ? `{${descriptor}}` : descriptor;
  const input = operator.startsWith("<");
  const usual = input ? 0 : 1;
  const left = fd === undefined || fd === usual ? "" : `${fd}`;
  switch (operator) {
    case "<<":
    case "<<-":
      return `${left}${operator}${delimiter ?? ""}`;
    case ">&":
    case "<&": {
      const text = target.source;
      if (text === "-") return `${fd ?? usual}>&-`;
      return `${fd ?? usual}${operator}${text}`;
    }
    case "<>":
      return `${fd ?? 0}<> ${wordText(target)}`;
    default:
      return `${left}${operator} ${wordText(target)}`;
  }
}

function documentText(redirect: Redirect): string {
  const end = (redirect.delimiter ?? "").replace(/['"\\]/g, "");
  return `\n${redirect.target.source}${end}\n`;
}
