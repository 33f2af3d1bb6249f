// printf.
// Source: bash(1) printf; printf(3); strftime(3).
// Not simulated: %n, the time zone (it is UTC), more digits of floating point than JavaScript has.

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { complain, say } from "../messages.ts";
import { quoteByBackslash } from "../quote.ts";
import type { ShellState } from "../shellState.ts";
import { decodeAnsi } from "../syntax/ansiQuote.ts";
import { codeOf } from "../utf8.ts";
import { assign } from "../values.ts";
import { type Builtin, readOptions, showUsage } from "./builtin.ts";
import { formatFloat } from "./floatFormat.ts";
import { numberField, padded, type Shape } from "./numberField.ts";
import { formatTime } from "./timeFormat.ts";

/** The longest text that one conversion may make. */
const widest = 1_000_000;

/** printf. */
export const printf: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "v:");
  if (options === undefined) return 2;
  const [format, ...args] = options.rest;
  const variable = options.values.get("v");
  if (variable !== undefined && !/^[A-Za-z_]\w*(?:\[.+\])?$/s.test(variable)) {
    yield* complain(state, `printf: \`${variable}': not a valid identifier`);
    return 2;
  }
  if (format === undefined) {
    yield* showUsage(state, "printf");
    return 2;
  }
  const printer: Printer = {
    state,
    args,
    at: 0,
    out: [],
    length: 0,
    status: 0,
    stopped: false,
    kept: variable !== undefined,
  };
  do {
    const before = printer.at;
    yield* formatOnce(printer, format);
    if (printer.at === before) break;
  } while (printer.at < args.length && !printer.stopped && printer.length < 64 * widest);
  const text = printer.out.join("");
  if (variable === undefined) return (yield* say(state, "printf", text)) || printer.status;
  const [, name = variable, subscript] = /^(\w+)\[(.+)\]$/s.exec(variable) ?? [];
  const refusal = assign(state, { name, subscript }, text);
  if (refusal === undefined) return printer.status;
  yield* complain(state, refusal.text);
  return 1;
};

type Printer = {
  readonly state: ShellState;
  readonly args: readonly string[];
  at: number;
  readonly out: string[];
  length: number;
  status: number;
  stopped: boolean;
  /** -v: nothing is printed. */
  readonly kept: boolean;
};

const conversion = /%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:hh|ll|[hlLjzt])?(\([^)]*\)T|.|$)/sy;

function* formatOnce(printer: Printer, format: string): Steps<void> {
  let at = 0;
  while (at < format.length && !printer.stopped) {
    const percent = format.indexOf("%", at);
    const literal = format.slice(at, percent < 0 ? undefined : percent);
    if (literal !== "") add(printer, decodeAnsi(literal, "format").text);
    if (percent < 0) return;
    conversion.lastIndex = percent;
    const match = conversion.exec(format);
    const whole = match?.[0] ?? "%";
    at = percent + whole.length;
    if (match === null) return;
    yield* convert(printer, match);
  }
}

function add(printer: Printer, text: string): void {
  printer.out.push(text);
  printer.length += text.length;
}

function* convert(printer: Printer, match: RegExpExecArray): Steps<void> {
  const [whole, flags = "", width = "", precision, letter = ""] = match;
  if (letter === "%" && whole === "%%") {
    add(printer, "%");
    return;
  }
  const point = whole.includes(".") && !letter.startsWith("(");
  const wide = width === "*" ? yield* integerArgument(printer) : Number(width || "0");
  const digits = precision === "*" ? yield* integerArgument(printer) : Number(precision ?? 0);
  const shape: Shape = {
    flags: Number(wide) < 0 ? `${flags}-` : flags,
    width: Math.abs(Number(wide)),
    precision: point && Number(digits) >= 0 ? Number(digits) : undefined,
  };
  if (shape.width > widest || (shape.precision ?? 0) > widest) {
    yield* fault(printer, "vethbook simulator: a field of this width is not simulated");
    printer.status = 2;
    printer.stopped = true;
    return;
  }
  yield* convertAs(printer, { shape, letter, whole });
}

type Conversion = { readonly shape: Shape; readonly letter: string; readonly whole: string };

function* convertAs(printer: Printer, { shape, letter, whole }: Conversion): Steps<void> {
  switch (letter) {
    case "d":
    case "i":
      add(printer, formatInteger(yield* integerArgument(printer), shape));
      return;
    case "u":
    case "o":
    case "x":
    case "X":
      add(printer, formatUnsigned(yield* integerArgument(printer), shape, letter));
      return;
    case "s":
      add(printer, padded(next(printer) ?? "", shape));
      return;
    case "c":
      add(printer, padded((next(printer) ?? "").slice(0, 1), { ...shape, precision: undefined }));
      return;
    case "b": {
      const decoded = decodeAnsi(next(printer) ?? "", "percentB");
      add(printer, padded(decoded.text, shape));
      printer.stopped = decoded.stopped;
      return;
    }
    case "q":
    case "Q":
      add(printer, padded(quoteByBackslash(next(printer) ?? ""), shape));
      return;
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
    case "a":
    case "A":
      add(printer, formatFloat(yield* floatArgument(printer), shape, letter));
      return;
    default:
      if (letter.startsWith("(")) {
        add(printer, padded(yield* timeText(printer, letter.slice(1, -2)), shape));
        return;
      }
      yield* badFormat(printer, letter, whole);
  }
}

/** Says what is wrong, after what was printed so far. */
function* fault(printer: Printer, text: string): Steps<void> {
  const { state, out } = printer;
  if (out.length > 0 && !printer.kept) yield* write(state.process, 1, out.splice(0).join(""));
  yield* complain(state, `printf: ${text}`);
  printer.status = 1;
}

function* badFormat(printer: Printer, letter: string, whole: string): Steps<void> {
  yield* fault(
    printer,
    letter === ""
      ? `\`${whole}': missing format character`
      : `\`${letter}': invalid format character`,
  );
  printer.stopped = true;
}

function next(printer: Printer): string | undefined {
  return printer.args[printer.at++];
}

function* timeText(printer: Printer, format: string): Steps<string> {
  const { clock } = printer.state.process.machine;
  const missing = printer.at >= printer.args.length;
  const value = Number(yield* integerArgument(printer));
  const seconds =
    missing || value === -1 ? clock.now / 1e6 : value === -2 ? clock.start / 1e6 : value;
  return formatTime(format === "" ? "%X" : format, Math.floor(seconds));
}

function* integerArgument(printer: Printer): Steps<bigint> {
  const word = next(printer);
  if (word === undefined || word === "") return 0n;
  if (word.startsWith("'") || word.startsWith('"')) return BigInt(codeOf(word.slice(1)));
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)(.*)$/s.exec(word);
  if (match === null) {
    yield* fault(printer, `${word}: invalid number`);
    return 0n;
  }
  const [, sign, digits = "0", rest] = match;
  if (rest !== "") {
    const octal = /^0[0-7]*$/.test(digits) && /^[89]/.test(rest ?? "");
    yield* fault(
      printer,
      `${word}: invalid ${octal ? "octal " : digits.startsWith("0x") ? "hex " : ""}number`,
    );
  }
  const octal = /^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const value = sign === "-" ? -BigInt(octal) : BigInt(octal);
  if (value > 0x7fffffffffffffffn || value < -0x8000000000000000n) {
    yield* fault(printer, `warning: ${word}: Numerical result out of range`);
    return value > 0 ? 0x7fffffffffffffffn : -0x8000000000000000n;
  }
  return value;
}

function* floatArgument(printer: Printer): Steps<number> {
  const word = next(printer) ?? "0";
  if (word.startsWith("'") || word.startsWith('"')) return codeOf(word.slice(1));
  if (word === "") return 0;
  const match =
    /^\s*[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(
      word,
    );
  if (match === null || match[0].length < word.length)
    yield* fault(printer, `${word}: invalid number`);
  const text = (match?.[0] ?? "0").trim().toLowerCase();
  if (text.includes("inf")) return text.startsWith("-") ? -Infinity : Infinity;
  return text.includes("nan") ? Number.NaN : Number(text.replace(/^\+/, ""));
}

/** Text in a field; the precision cuts it. */
function formatInteger(value: bigint, shape: Shape): string {
  const sign =
    value < 0n ? "-" : shape.flags.includes("+") ? "+" : shape.flags.includes(" ") ? " " : "";
  const digits = `${value < 0n ? -value : value}`;
  return numberField(sign, digits, shape);
}

function formatUnsigned(value: bigint, shape: Shape, letter: string): string {
  const unsigned = BigInt.asUintN(64, value);
  const base = letter === "o" ? 8 : letter === "u" ? 10 : 16;
  const lower = unsigned.toString(base);
  const digits = letter === "X" ? lower.toUpperCase() : lower;
  const mark =
    !shape.flags.includes("#") || unsigned === 0n
      ? ""
      : letter === "o"
        ? "0"
        : base === 16
          ? `0${letter}`
          : "";
  return numberField(mark, digits, shape);
}
