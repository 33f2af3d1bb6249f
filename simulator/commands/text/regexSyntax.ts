// What a regular expression is made of, and how the programs differ in what they take (regex(7)):
// basic or extended ones of GNU with \w, \<, \+ and back references, those of mawk 1.3.4,
// and of Perl's what `grep -P` is used for.
// This file holds the shape only.
// Not here: reading one (regexParse.ts), matching (regex.ts).

/** How an expression is written. */
export type RegexSyntax = {
  readonly style: "basic" | "extended" | "awk" | "perl";
  /** `grep` takes what others refuse: "*" with nothing before it, "a{1", ")". */
  readonly lenient?: boolean;
  /** `sed` knows \n, \t, \xHH in expressions. */
  readonly escapes?: boolean;
  readonly ignoreCase?: boolean;
  /** ^ and $ match at lines within the text. */
  readonly multiline?: boolean;
  /** Bytes are characters, as in mawk; otherwise the text is UTF-8. */
  readonly bytes?: boolean;
};

/** Characters that a bracket expression, "." or \w stands for. */
export type CharSet = {
  /** For bytes, or characters below 128. */
  readonly table: Uint8Array;
  /** For others: from, to, from, to, … */
  readonly ranges: readonly number[];
  /** For others: Unicode properties. */
  readonly classes: readonly RegExp[];
  readonly negated: boolean;
  readonly ignoreCase: boolean;
};

/** Where something stands. */
export type Place =
  | "lineStart"
  | "lineEnd"
  | "textStart"
  | "textEnd"
  | "edge"
  | "noEdge"
  | "wordStart"
  | "wordEnd"
  | "notAfterWord"
  | "notBeforeWord";

/** An expression that was read. */
export type RegexNode =
  | { readonly type: "bytes"; readonly bytes: string }
  | { readonly type: "set"; readonly set: CharSet }
  | { readonly type: "sequence" | "choice"; readonly nodes: readonly RegexNode[] }
  | { readonly type: "group"; readonly number: number; readonly node: RegexNode }
  | {
      readonly type: "repeat";
      readonly node: RegexNode;
      readonly least: number;
      readonly most: number;
      /** Perl's *?: as few as possible. */
      readonly lazy?: boolean;
    }
  | { readonly type: "place"; readonly place: Place }
  | { readonly type: "reference"; readonly number: number }
  | Look
  /** Perl's \K: the match begins here. */
  | { readonly type: "keep" };

/** Perl's (?=…), (?!…), (?<=…), (?<!…). */
export type Look = {
  readonly type: "look";
  readonly node: RegexNode;
  readonly behind: boolean;
  readonly negative: boolean;
};

/** A piece of the text of an expression. */
export type Token =
  | {
      readonly kind: "open" | "plainOpen" | "close" | "or" | "any" | "bracket" | "end";
    }
  | { readonly kind: "skip" | "start" | "finish" | "keep" }
  | {
      readonly kind: "repeat";
      readonly least: number;
      readonly most: number;
      readonly text: string;
      readonly lazy?: boolean;
    }
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean }
  | { readonly kind: "reference"; readonly number: number }
  | { readonly kind: "literal"; readonly bytes: string }
  | { readonly kind: "mistake"; readonly text: string };

/** A token and how long it is. */
export type Peeked = Token & { readonly length: number };

/** The expression, or why it is none. */
export type ParsedRegex =
  | {
      readonly node: RegexNode;
      readonly groups: number;
      readonly hasReference: boolean;
      /** What `grep` remarks. */
      readonly warnings: readonly string[];
    }
  | { readonly error: string };
