// Reads what stands behind the backticks of a fence: a language and, in braces, attributes:
//
//     ```sh {#ping-across on=netns12 needs=setup,routes title="Ping across"}
//
// `#id`, key=value and key="quoted" (\" is a quote, \\ a backslash) in any order.
// Not here: which attributes a language knows.

/** A language and its attributes; `attributes` is undefined where there are no braces. */
export type FenceInfo = {
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string> | undefined;
  /** Sentences about what is not well-formed. */
  readonly mistakes: readonly string[];
};

/** The key under which `#id` stands among the attributes. */
export const ID = "#";

/** Reads an info string; what is not well-formed is told in `mistakes`, the rest is still read. */
export function parseFenceInfo(info: string): FenceInfo {
  const [language = ""] = /^[^\s{]*/.exec(info) ?? [];
  const rest = info.slice(language.length).trim();
  if (!rest.startsWith("{")) {
    // Other tools know words behind the language; here they would mean nothing.
    const mistakes =
      rest.includes("=") || rest.startsWith("#") ? [bracesMissing(language, rest)] : [];
    return { language, attributes: undefined, mistakes };
  }
  return { language, ...parseAttributes(rest) };
}

function bracesMissing(language: string, rest: string): string {
  return `Attributes stand in braces: write \`\`\`${language} {${rest.replace(/\}$/, "")}}.`;
}

function parseAttributes(text: string): Omit<FenceInfo, "language"> {
  const attributes = new Map<string, string>();
  const mistakes: string[] = [];
  const take = (key: string, value: string) => {
    if (attributes.has(key)) {
      const name = key === ID ? "An id (#…)" : `\`${key}\``;
      mistakes.push(`${name} stands twice in the braces; leave one out.`);
    } else attributes.set(key, value);
  };
  const token =
    /\s*(?:#([^\s}]*)|([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"}]*))(?=[\s}]|$)|(\})|([^\s}]+))/y;
  token.lastIndex = 1;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, id, key, quoted, plain, end, other] = match;
    if (end !== undefined) {
      const behind = text.slice(token.lastIndex).trim();
      if (behind !== "")
        mistakes.push(`Nothing may follow the closing brace; take out \`${behind}\`.`);
      return { attributes, mistakes };
    }
    if (id !== undefined) take(ID, id);
    else if (key !== undefined) {
      const value = quoted?.replace(/\\(["\\])/g, "$1") ?? plain ?? "";
      if (value === "") mistakes.push(`\`${key}\` has no value; write ${key}=… or leave it out.`);
      take(key, value);
    } else if (other !== undefined) {
      mistakes.push(strayWord(other));
      // A broken quote makes every later word look wrong; one message is enough.
      if (other.includes('"')) return { attributes, mistakes };
    }
  }
  mistakes.push("The brace is not closed; write } at the end of the line.");
  return { attributes, mistakes };
}

function strayWord(word: string): string {
  if (word.includes('"')) {
    return `The quotes at \`${word}\` do not fit; write name="text" and close the quotes.`;
  }
  return `\`${word}\` is no attribute; write #id, name=value or name="several words".`;
}
