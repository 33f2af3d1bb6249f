// Brace expansion: {a,b}, {1..5}, {a..z..2}, on the text of a word, before anything else is expanded.
// Source: bash(1) Brace Expansion.
// Not here: the words that come of it (words.ts).

const mostWords = 200_000;

/** The texts that a word's text stands for; undefined when they would be too many. */
export function expandBraces(text: string, depth = 0): readonly string[] | undefined {
  if (depth > 100) return [text];
  const open = findBrace(text);
  if (open === undefined) return [text];
  const { start, end, commas } = open;
  const before = text.slice(0, start);
  const middle =
    commas.length > 0
      ? alternatives(text, open, depth)
      : (sequence(text.slice(start + 1, end)) ?? undefined);
  if (middle === undefined) return undefined;
  if (middle === "none") {
    // Not a brace expression, but there may be one in it or after it.
    const rest = expandBraces(text.slice(start + 1), depth + 1);
    return rest?.map((one) => `${before}{${one}`);
  }
  const rest = expandBraces(text.slice(end + 1), depth + 1);
  if (rest === undefined || middle.length * rest.length > mostWords) return undefined;
  return middle.flatMap((one) => rest.map((after) => before + one + after));
}

type Brace = { readonly start: number; readonly end: number; readonly commas: readonly number[] };

function alternatives(text: string, brace: Brace, depth: number): readonly string[] | undefined {
  const bounds = [brace.start, ...brace.commas, brace.end];
  const all: string[] = [];
  for (let at = 0; at + 1 < bounds.length; at++) {
    const part = text.slice((bounds[at] ?? 0) + 1, bounds[at + 1]);
    const expanded = expandBraces(part, depth + 1);
    if (expanded === undefined || all.length + expanded.length > mostWords) return undefined;
    all.push(...expanded);
  }
  return all;
}

/** The first `{` that has its `}`; quotes, `${` and `$(` hide what is in them. */
function findBrace(text: string): Brace | undefined {
  let tries = 0;
  for (let start = nextOpen(text, 0); start >= 0; start = nextOpen(text, start + 1)) {
    if (++tries > 100) return undefined;
    const found = closeBrace(text, start);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nextOpen(text: string, from: number): number {
  for (let at = from; at < text.length; at = skip(text, at)) if (text[at] === "{") return at;
  return -1;
}

function closeBrace(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start + 1; at < text.length; at = skip(text, at)) {
    if (text[at] === "{") depth += 1;
    else if (text[at] === "," && depth === 0) commas.push(at);
    else if (text[at] === "}") {
      if (depth > 0) depth -= 1;
      else if (commas.length > 0 || sequence(text.slice(start + 1, at)) !== "none") {
        return { start, end: at, commas };
      } else return undefined;
    }
  }
  return undefined;
}

/** The place after the character, quoted text or expansion at `at`. */
function skip(text: string, at: number): number {
  switch (text[at]) {
    case "\\":
      return at + 2;
    case "'": {
      const end = text.indexOf("'", at + 1);
      return end < 0 ? text.length : end + 1;
    }
    case '"':
    case "`":
      return skipTo(text, at + 1, text[at] ?? "");
    case "$":
      if (text[at + 1] === "'") return skipTo(text, at + 2, "'");
      if (text[at + 1] === "{") return skipNested(text, at + 1, "{", "}");
      return text[at + 1] === "(" ? skipNested(text, at + 1, "(", ")") : at + 1;
    default:
      return at + 1;
  }
}

function skipTo(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipNested(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    if (text[at] === open) depth += 1;
    else if (text[at] === close && --depth === 0) return at + 1;
    at = text[at] === open || text[at] === close ? at + 1 : skip(text, at);
  }
  return text.length;
}

/** `{1..9..2}`, `{a..f}`; "none" when it is no sequence, undefined when it is too long. */
function sequence(body: string): readonly string[] | "none" | undefined {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(body);
  if (match === null) return "none";
  const [, low = "", high = "", by = "1"] = match;
  const letters = /[A-Za-z]/.test(low);
  if (letters !== /[A-Za-z]/.test(high)) return "none";
  const numbers = [low, high].map((one) => (letters ? one.charCodeAt(0) : Number(one)));
  const [from = 0, to = 0] = numbers;
  if (!numbers.every(Number.isSafeInteger)) return "none";
  const step = Math.abs(Number(by)) || 1;
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > mostWords) return undefined;
  const padded = !letters && [low, high].some((one) => /^-?0\d/.test(one));
  const width = padded ? Math.max(low.length, high.length) : 0;
  const sign = to >= from ? 1 : -1;
  return Array.from({ length: count }, (_, index) => {
    const value = from + sign * index * step;
    if (letters) return String.fromCharCode(value);
    const digits = `${Math.abs(value)}`;
    return value < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0");
  });
}
