// Cuts a filter into words, numbers and signs (pcap-filter(7)).
// Not here: grammar (filter.ts).

/** What cannot be a filter; the message is libpcap's. */
export class FilterError extends Error {
  override readonly name = "FilterError";
}

/** The tokens of a filter. */
export function scanFilter(text: string): string[] {
  const tokens: string[] = [];
  const pattern = /\s+|&&|\|\||<<|>>|[<>=!]=|[()[\]!&|<>=+*/%^-]|\\?[A-Za-z0-9_.:/%-]+|./gy;
  for (const [token] of text.matchAll(pattern)) {
    if (token.trim() === "") continue;
    // A minus, a slash or a colon within brackets is a sign and no part of a word.
    const depth = tokens.lastIndexOf("[") > tokens.lastIndexOf("]");
    if (depth && token.length > 1 && /[-:/%]/.test(token) && !/^[a-z]+6?-/.test(token)) {
      tokens.push(...(token.match(/[-:/%]|[^-:/%]+/g) ?? []));
    } else tokens.push(token.replace(/^\\/, ""));
  }
  return tokens;
}
