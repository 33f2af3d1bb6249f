// What a program of `awk` is made of once it has been read.
// This file holds the shape only.
// Not here: reading (awkParse.ts, awkExpression.ts), running (awkCompile.ts, awkMachine.ts).

/** An expression. */
export type AwkExpression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "regex"; readonly source: string }
  | AwkTarget
  /** A list in parentheses: of print's arguments, or before `in`. */
  | { readonly kind: "list"; readonly items: readonly AwkExpression[] }
  | {
      readonly kind: "assign";
      readonly operator: string;
      readonly target: AwkTarget;
      readonly value: AwkExpression;
    }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: AwkExpression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: AwkExpression;
      readonly right: AwkExpression;
    }
  | {
      readonly kind: "condition";
      readonly test: AwkExpression;
      readonly yes: AwkExpression;
      readonly no: AwkExpression;
    }
  | { readonly kind: "in"; readonly keys: readonly AwkExpression[]; readonly name: string }
  | {
      readonly kind: "step";
      readonly prefix: boolean;
      readonly delta: number;
      readonly target: AwkTarget;
    }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly AwkExpression[];
      readonly line: number;
    }
  | { readonly kind: "builtin"; readonly name: string; readonly args: readonly AwkExpression[] }
  | {
      readonly kind: "getline";
      readonly from: "main" | "file" | "command";
      readonly source: AwkExpression | undefined;
      readonly target: AwkTarget | undefined;
    };

/** What can be assigned to. */
export type AwkTarget =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "field"; readonly index: AwkExpression }
  | { readonly kind: "element"; readonly name: string; readonly keys: readonly AwkExpression[] };

/** A statement. */
export type AwkStatement =
  | { readonly kind: "block"; readonly body: readonly AwkStatement[] }
  | { readonly kind: "expression"; readonly expression: AwkExpression }
  | {
      readonly kind: "print";
      readonly formatted: boolean;
      readonly args: readonly AwkExpression[];
      readonly redirection:
        | { readonly how: ">" | ">>" | "|"; readonly to: AwkExpression }
        | undefined;
    }
  | {
      readonly kind: "if";
      readonly test: AwkExpression;
      readonly yes: AwkStatement;
      readonly no: AwkStatement | undefined;
    }
  | {
      readonly kind: "loop";
      readonly start: AwkStatement | undefined;
      readonly test: AwkExpression | undefined;
      readonly step: AwkStatement | undefined;
      readonly body: AwkStatement;
      /** do … while: the body runs before the first test. */
      readonly late: boolean;
    }
  | {
      readonly kind: "each";
      readonly variable: string;
      readonly array: string;
      readonly body: AwkStatement;
    }
  | { readonly kind: "break" | "continue" | "next" | "nextfile" }
  | { readonly kind: "exit" | "return"; readonly value: AwkExpression | undefined }
  | {
      readonly kind: "delete";
      readonly name: string;
      readonly keys: readonly AwkExpression[] | undefined;
    };

/** A function. */
export type AwkFunction = {
  readonly name: string;
  readonly parameters: readonly string[];
  body: AwkStatement;
};

/** A rule; a range has two patterns. */
export type AwkRule = {
  readonly when: "begin" | "end" | "each";
  readonly patterns: readonly AwkExpression[];
  /** Undefined: print the record. */
  readonly body: AwkStatement | undefined;
};

/** A program. */
export type AwkProgram = {
  readonly rules: readonly AwkRule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
  /** Global names that are certainly no arrays. */
  readonly plain: ReadonlySet<string>;
};
