// From expanded pieces to fields: word splitting by IFS, and remembering what was quoted so that only
// the rest is matched against file names.
// Source: bash(1) Word Splitting, Quote Removal.
// Not here: expanding (words.ts), file names (paths.ts).

/** A piece of an expanded word. */
export type Piece = {
  readonly text: string;
  readonly quoted: boolean;
  /** Subject to word splitting. */
  readonly split: boolean;
};

/** Between two pieces: a new field begins ("$@"). */
export const fieldBreak: Piece = { text: "", quoted: false, split: false };

/** A field; `pattern` has its quoted characters behind backslashes, when it may be a pattern. */
export type Field = { readonly text: string; readonly pattern: string | undefined };

const patternCharacters = /[*?[\]\\()|!+@^-]/g;
const globCharacters = /[*?[]|[@!+]\(/;

/** True when unquoted text may be a pattern, with what stands around it perhaps. */
function mayGlob(text: string): boolean {
  return text !== "[" && globCharacters.test(text);
}

/** Text in which nothing is special to a pattern. */
function escapePattern(text: string): string {
  return text.replace(patternCharacters, "\\$&");
}

/** Pieces as one pattern: what was not quoted stays special. */
export function piecesToPattern(pieces: readonly Piece[]): string {
  let pattern = "";
  for (const piece of pieces) {
    pattern += piece === fieldBreak ? " " : piece.quoted ? escapePattern(piece.text) : piece.text;
  }
  return pattern;
}

/** Pieces as one text. */
export function piecesToText(pieces: readonly Piece[]): string {
  let text = "";
  for (const piece of pieces) text += piece === fieldBreak ? " " : piece.text;
  return text;
}

/** Splits pieces into fields. */
export function piecesToFields(pieces: readonly Piece[], ifs: string): Field[] {
  const builder = createBuilder();
  for (const piece of pieces) {
    if (piece === fieldBreak) builder.end(false);
    else if (piece.quoted || !piece.split) builder.add(piece);
    else splitInto(builder, piece.text, ifs);
  }
  builder.end(false);
  return builder.fields;
}

type Builder = ReturnType<typeof createBuilder>;

function createBuilder() {
  const fields: Field[] = [];
  let text = "";
  let pattern = "";
  let special = false;
  let begun = false;
  return {
    fields,
    get begun() {
      return begun;
    },
    add(piece: { readonly text: string; readonly quoted: boolean }) {
      text += piece.text;
      pattern += piece.quoted ? escapePattern(piece.text) : piece.text;
      if (!piece.quoted && !special) special = mayGlob(piece.text);
      if (piece.quoted || piece.text !== "") begun = true;
    },
    /** Ends the field; `even` when it is empty. */
    end(even: boolean) {
      if (begun || even) fields.push({ text, pattern: special ? pattern : undefined });
      text = "";
      pattern = "";
      special = false;
      begun = false;
    },
  };
}

function splitInto(builder: Builder, text: string, ifs: string): void {
  if (text === "") return;
  let from = 0;
  let afterSpace = false;
  const take = (to: number) => {
    if (to > from) {
      builder.add({ text: text.slice(from, to), quoted: false });
      afterSpace = false;
    }
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (!ifs.includes(character)) continue;
    take(at);
    from = at + 1;
    if (character === " " || character === "\t" || character === "\n") {
      if (builder.begun) {
        builder.end(false);
        afterSpace = true;
      }
    } else if (afterSpace) afterSpace = false;
    else builder.end(true);
  }
  take(text.length);
}
