// POSIX extended regular expressions, as JavaScript's. The leftmost match is the same; where POSIX
// wants the longest of several alternatives, JavaScript takes the first.
// Source: regex(7).
// Not simulated: collating elements, back-references, the longest-alternative rule.

const classes: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\r\\f\\v",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  cntrl: "\\x00-\\x1f\\x7f",
  graph: "!-~",
  print: " -~",
  xdigit: "0-9A-Fa-f",
};

const longest = 5000;

/** The expression; undefined when it is none. */
export function regularExpression(source: string, ignoreCase = false): RegExp | undefined {
  if (source.length > longest) return undefined;
  let out = "";
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? "";
    if (character === "\\") {
      const next = source[++at];
      if (next === undefined) return undefined;
      out += /[wWsSbB]/.test(next) ? `\\${next}` : /[A-Za-z0-9]/.test(next) ? next : `\\${next}`;
    } else if (character === "[") {
      const set = bracket(source, at);
      if (set === undefined) return undefined;
      out += set.text;
      at = set.end;
    } else if (character === "{" && !/^\{\d*,?\d*\}/.test(source.slice(at))) out += "\\{";
    else if (character === "(" && source[at + 1] === "?") return undefined;
    else out += character === "/" ? "\\/" : character;
  }
  try {
    return new RegExp(out, ignoreCase ? "is" : "s");
  } catch {
    return undefined;
  }
}

function bracket(source: string, open: number): { text: string; end: number } | undefined {
  let at = open + 1;
  let text = "[";
  if (source[at] === "^") {
    text += "^";
    at += 1;
  }
  for (let first = true; ; first = false) {
    const character = source[at];
    if (character === undefined) return undefined;
    if (character === "]" && !first) return { text: `${text}]`, end: at };
    const named = /^\[:([a-z]+):\]/.exec(source.slice(at, at + 12));
    if (named !== null) {
      const members = classes[named[1] ?? ""];
      if (members === undefined) return undefined;
      text += members;
      at += named[0].length;
      continue;
    }
    text += /[\\\][^]/.test(character) ? `\\${character}` : character;
    at += 1;
  }
}
