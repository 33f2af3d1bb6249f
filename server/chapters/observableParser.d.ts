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

  /** Throws a SyntaxError, mostly with `loc`. */
  export function parseCell(
    input: string,
    options: {
      readonly globals: ReadonlySet<string>;
      readonly sourceType: "module";
      readonly ecmaVersion: 2022;
    },
  ): ParsedCell;
}
