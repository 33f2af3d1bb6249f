// What a script of `sed` is made of once it has been read.
// This file holds the shape only.
// Not here: reading (sedParse.ts), running (sedRun.ts).

import type { Regex } from "./regex.ts";

/** Which line is meant. An expression that is undefined is the one that was used last. */
export type SedAddress =
  | { readonly type: "line"; readonly line: number }
  | { readonly type: "step"; readonly first: number; readonly step: number }
  | { readonly type: "last" }
  | { readonly type: "regex"; readonly regex: Regex | undefined }
  /** addr1,+N and addr1,~N. */
  | { readonly type: "plus" | "multiple"; readonly count: number };

/** A piece of a replacement. */
export type SedPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "group"; readonly number: number }
  | { readonly type: "case"; readonly letter: string };

/** `s`. */
export type SedSubstitution = {
  readonly regex: Regex | undefined;
  readonly parts: readonly SedPart[];
  readonly global: boolean;
  readonly print: boolean;
  readonly number: number;
  readonly file: string | undefined;
};

/** One command. */
export type SedCommand = {
  readonly name: string;
  readonly from: SedAddress | undefined;
  readonly to: SedAddress | undefined;
  readonly negated: boolean;
  /** Text of a, i and c; name of a file or a label. */
  readonly text: string;
  /** Number of q, Q, l and L. */
  readonly number: number | undefined;
  readonly substitution: SedSubstitution | undefined;
  /** `y`: character → character. */
  readonly map: ReadonlyMap<string, string> | undefined;
  /** Where to go on: of b, t, T the label, of { what is behind its }. */
  target: number;
  /** Whether its range has begun, and the line at which it ends. */
  active: boolean;
  end: number;
};

/** A script; or the whole line that says what is wrong with it. */
export type SedScript =
  | { readonly commands: readonly SedCommand[]; readonly quiet: boolean }
  | { readonly error: string; readonly code: number };
