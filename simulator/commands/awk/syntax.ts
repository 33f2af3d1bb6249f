// The tree of an awk program (POSIX awk).
// Not here: reading it (parse.ts), running it (run.ts).

/** An expression. */
export type Expression =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "regex"; readonly source: string }
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "element"; readonly name: string; readonly keys: readonly Expression[] }
  | { readonly type: "field"; readonly index: Expression }
  | {
      readonly type: "assign";
      readonly operator: string;
      readonly target: Target;
      readonly value: Expression;
    }
  | {
      readonly type: "step";
      readonly target: Target;
      readonly by: 1 | -1;
      readonly before: boolean;
    }
  | {
      readonly type: "choice";
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly type: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly type: "unary"; readonly operator: "!" | "-" | "+"; readonly operand: Expression }
  | {
      readonly type: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: "match";
      readonly negated: boolean;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly type: "member"; readonly keys: readonly Expression[]; readonly name: string }
  | {
      readonly type: "call";
      readonly name: string;
      readonly values: readonly Expression[];
      readonly own: boolean;
    }
  | {
      readonly type: "getline";
      readonly target: Target | undefined;
      readonly from: "main" | "file" | "command";
      readonly source: Expression | undefined;
    }
  | { readonly type: "group"; readonly inner: Expression };

/** What can be assigned to. */
export type Target = Extract<Expression, { type: "variable" | "element" | "field" }>;

/** Where print and printf write. */
export type Output = { readonly mode: ">" | ">>" | "|"; readonly to: Expression };

/** A statement. */
export type Statement =
  | { readonly type: "expression"; readonly expression: Expression }
  | {
      readonly type: "print" | "printf";
      readonly values: readonly Expression[];
      readonly output: Output | undefined;
    }
  | { readonly type: "block"; readonly body: readonly Statement[] }
  | {
      readonly type: "if";
      readonly test: Expression;
      readonly yes: Statement;
      readonly no: Statement | undefined;
    }
  | {
      readonly type: "while";
      readonly test: Expression;
      readonly body: Statement;
      readonly after: boolean;
    }
  | {
      readonly type: "for";
      readonly start: Statement | undefined;
      readonly test: Expression | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | {
      readonly type: "forIn";
      readonly name: string;
      readonly array: string;
      readonly body: Statement;
    }
  | { readonly type: "next" | "break" | "continue" }
  | { readonly type: "exit" | "return"; readonly value: Expression | undefined }
  | {
      readonly type: "delete";
      readonly name: string;
      readonly keys: readonly Expression[] | undefined;
    };

/** What is done for records that fit. */
export type Rule = {
  readonly pattern: Expression | undefined;
  readonly until: Expression | undefined;
  readonly action: Statement | undefined;
};

/** A function of the program. */
export type AwkFunction = { readonly parameters: readonly string[]; readonly body: Statement };

/** A whole program. */
export type AwkProgram = {
  readonly begin: readonly Statement[];
  readonly rules: readonly Rule[];
  readonly end: readonly Statement[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
};
