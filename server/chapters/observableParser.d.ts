// What we use of @observablehq/parser, which comes without types.

declare module "@observablehq/parser" {
  type Node = { readonly type: string; readonly start: number; readonly end: number };
  type Identifier = Node & { readonly type: "Identifier"; readonly name: string };
  type Special = Node & {
    readonly type: "ViewExpression" | "MutableExpression";
    readonly id: Identifier;
  };

  /** A name that a cell uses or takes: `x`, `viewof x` or `mutable x`. */
  export type Name = Identifier | Special;

  export type ParsedCell = {
    readonly id: Name | null;
    readonly body: Node | null;
    readonly async: boolean;
    readonly generator: boolean;
    readonly references: readonly Name[];
  };

  export type Syntax = { readonly sourceType: "module"; readonly ecmaVersion: 2022 };

  /** Throws a SyntaxError, mostly with `loc`. */
  export function parseCell(
    input: string,
    options: Syntax & { readonly globals: ReadonlySet<string> },
  ): ParsedCell;

  export type Token = {
    readonly value: unknown;
    readonly type: {
      readonly label: string;
      readonly keyword?: string;
      readonly prefix: boolean;
      readonly isAssign: boolean;
      readonly binop: number | null;
    };
  };

  export const CellParser: {
    /** Throws a SyntaxError where no token can begin. */
    readonly tokenizer: (input: string, options: Syntax) => Iterable<Token>;
  };
}
