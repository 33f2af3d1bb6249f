// How `read` splits a line: the last name gets the rest, without the separators around it.
// Source: bash(1) read, Word Splitting; POSIX read.
// Not here: reading (read.ts).

/** Fields of a line whose quoted characters stand behind backslashes; at most `most` of them. */
export function splitForRead(
  characters: readonly string[],
  ifs: string,
  most: number | undefined,
): string[] {
  const fields: string[] = [];
  const spaces = [...ifs].filter((one) => " \t\n".includes(one)).join("");
  const isSpace = (at: number) => spaces.includes(characters[at] ?? "x") && characters[at] !== "";
  const isSeparator = (at: number) => ifs.includes(characters[at] ?? "\0") && characters[at] !== "";
  let at = 0;
  while (at < characters.length && isSpace(at)) at += 1;
  while (at < characters.length) {
    if (most !== undefined && fields.length === most - 1) {
      fields.push(rest(characters, at, { isSpace, isSeparator }));
      return fields;
    }
    let text = "";
    while (at < characters.length && !isSeparator(at))
      text += (characters[at++] ?? "").at(-1) ?? "";
    fields.push(text);
    while (at < characters.length && isSpace(at)) at += 1;
    if (at < characters.length && isSeparator(at) && !isSpace(at)) at += 1;
    while (at < characters.length && isSpace(at)) at += 1;
  }
  return fields;
}

type Kinds = {
  readonly isSpace: (at: number) => boolean;
  readonly isSeparator: (at: number) => boolean;
};

function rest(characters: readonly string[], from: number, kinds: Kinds): string {
  let end = characters.length;
  while (end > from && kinds.isSpace(end - 1)) end -= 1;
  // A single field with one separator behind it loses that separator too.
  const separators: number[] = [];
  for (let at = from; at < end; at++) if (kinds.isSeparator(at)) separators.push(at);
  const [only] = separators;
  const single = separators.every((at) => kinds.isSpace(at) || at === end - 1);
  if (only !== undefined && single && separators.at(-1) === end - 1 && !kinds.isSpace(end - 1)) {
    const inside = separators
      .slice(0, -1)
      .some((at) => at < end - 2 && kinds.isSpace(at) && !kinds.isSpace(at + 1));
    if (!inside) end -= 1;
    while (end > from && kinds.isSpace(end - 1)) end -= 1;
  }
  return characters
    .slice(from, end)
    .map((one) => one.at(-1) ?? "")
    .join("");
}
