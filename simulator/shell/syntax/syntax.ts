// The shapes of parsed bash: what the parser makes and the expander and the executor read. Words keep
// their source text, because bash prints commands again (jobs, type, declare -f).
// Source: bash(1) SHELL GRAMMAR, EXPANSION, REDIRECTION.
// Not here: making them (parse.ts), printing them (printCommand.ts).

/** A word before expansion. */
export type Word = {
  /** As it stands in the script. */
  readonly source: string;
  readonly parts: readonly WordPart[];
  /** What it expands to, when nothing in it expands. */
  readonly literal: string | undefined;
  /** True when nothing in it runs commands, makes lists or has operators: it expands at once. */
  readonly quick: boolean;
  /** True when braces in it may make several words. */
  readonly braces: boolean;
};

/** A piece of a word; `quoted` pieces are neither split nor matched against file names. */
export type WordPart =
  | { readonly type: "text"; readonly quoted: boolean; readonly text: string }
  | ParameterPart
  | {
      readonly type: "command";
      readonly quoted: boolean;
      readonly source: string;
      readonly backquoted: boolean;
      readonly body: Parsed;
    }
  | { readonly type: "arithmetic"; readonly quoted: boolean; readonly expression: Arithmetic }
  | {
      readonly type: "process";
      readonly quoted: boolean;
      readonly source: string;
      readonly direction: "<" | ">";
      readonly body: Parsed;
    };

/** `$x`, `${x…}`. */
export type ParameterPart = {
  readonly type: "parameter";
  readonly quoted: boolean;
  /** As written, for "bad substitution". */
  readonly source: string;
  readonly name: string;
  /** Text between the brackets of an array reference. */
  readonly index: Word | undefined;
  readonly prefix: "#" | "!" | undefined;
  readonly operation: ParameterOperation | undefined;
};

/** What follows the name in `${…}`. */
export type ParameterOperation =
  | { readonly type: "default"; readonly operator: string; readonly word: Word }
  | { readonly type: "remove"; readonly operator: string; readonly pattern: Word }
  | {
      readonly type: "replace";
      readonly operator: string;
      readonly pattern: Word;
      readonly replacement: Word;
    }
  | { readonly type: "slice"; readonly offset: Word; readonly length: Word | undefined }
  | { readonly type: "case"; readonly operator: string; readonly pattern: Word | undefined }
  | { readonly type: "transform"; readonly operator: string }
  | { readonly type: "names"; readonly operator: string }
  | { readonly type: "bad" };

/** An arithmetic expression: text that is expanded as in double quotes, then evaluated. */
export type Arithmetic = { readonly source: string; readonly word: Word };

/** `name=value`, `name[index]+=value`, `name=(…)`. */
export type Assignment = {
  readonly type: "assignment";
  readonly source: string;
  readonly name: string;
  readonly index: Word | undefined;
  readonly append: boolean;
  readonly value: Word | readonly ArrayElement[];
};

/** One element of `name=(…)`. */
export type ArrayElement = {
  readonly index: Word | undefined;
  readonly append: boolean;
  readonly value: Word;
};

/** A redirection; `descriptor` is a number, or the variable of `{name}>`. */
export type Redirect = {
  readonly operator:
    | "<"
    | ">"
    | ">>"
    | ">|"
    | "<>"
    | "<&"
    | ">&"
    | "&>"
    | "&>>"
    | "<<"
    | "<<-"
    | "<<<";
  readonly descriptor: number | string | undefined;
  readonly target: Word;
  /** For here-documents: the delimiter as written. */
  readonly delimiter?: string;
};

/** Commands, with the line in which they start. */
export type Command =
  | SimpleCommand
  | Pipeline
  | {
      readonly type: "andOr";
      readonly commands: readonly Command[];
      readonly operators: readonly ("&&" | "||")[];
    }
  | {
      readonly type: "if";
      readonly branches: readonly Branch[];
      readonly otherwise: List | undefined;
    }
  | ForCommand
  | {
      readonly type: "arithmeticFor";
      readonly line: number;
      readonly parts: readonly [Arithmetic, Arithmetic, Arithmetic];
      readonly body: List;
    }
  | {
      readonly type: "while";
      readonly until: boolean;
      readonly condition: List;
      readonly body: List;
    }
  | {
      readonly type: "case";
      readonly line: number;
      readonly word: Word;
      readonly items: readonly CaseItem[];
    }
  | { readonly type: "subshell"; readonly line: number; readonly body: List }
  | { readonly type: "group"; readonly body: List }
  | {
      readonly type: "function";
      readonly line: number;
      readonly name: string;
      readonly body: Command;
    }
  | { readonly type: "test"; readonly line: number; readonly expression: TestExpression }
  | { readonly type: "arithmetic"; readonly line: number; readonly expression: Arithmetic }
  | {
      readonly type: "coproc";
      readonly line: number;
      readonly name: string;
      readonly body: Command;
    }
  | {
      readonly type: "redirected";
      readonly command: Command;
      readonly redirects: readonly Redirect[];
    };

/** Words, assignments before them, redirections. */
export type SimpleCommand = {
  readonly type: "simple";
  readonly line: number;
  readonly assignments: readonly Assignment[];
  /** Assignments among them are arguments of declare and its kin. */
  readonly words: readonly (Word | Assignment)[];
  readonly redirects: readonly Redirect[];
};

/** `[time] [!] a | b`. */
export type Pipeline = {
  readonly type: "pipeline";
  readonly line: number;
  readonly negated: boolean;
  readonly timed: "bash" | "posix" | undefined;
  readonly commands: readonly Command[];
  /** For each `|`: does it carry standard error as well? */
  readonly withErrors: readonly boolean[];
};

/** `for` and `select`; without words they go through "$@". */
export type ForCommand = {
  readonly type: "for" | "select";
  readonly line: number;
  readonly name: string;
  readonly words: readonly Word[] | undefined;
  readonly body: List;
};

/** `if condition; then body`. */
export type Branch = { readonly condition: List; readonly body: List };

/** One clause of `case`. */
export type CaseItem = {
  readonly patterns: readonly Word[];
  readonly body: List;
  readonly end: ";;" | ";&" | ";;&";
};

/** Commands one after another. */
export type List = readonly ListItem[];

/** A command of a list. */
export type ListItem = { readonly command: Command; readonly background: boolean };

/** Inside `[[ ]]`. */
export type TestExpression =
  | { readonly type: "unary"; readonly operator: string; readonly operand: Word }
  | {
      readonly type: "binary";
      readonly operator: string;
      readonly left: Word;
      readonly right: Word;
    }
  | {
      readonly type: "logical";
      readonly and: boolean;
      readonly operands: readonly TestExpression[];
    }
  | { readonly type: "not"; readonly operand: TestExpression }
  | { readonly type: "group"; readonly expression: TestExpression };

/** Why a text is no bash: what bash says of it, line by line without its prefix. */
export type SyntaxProblem = {
  readonly line: number;
  readonly messages: readonly string[];
  /** True when more text could make it right. */
  readonly unfinished: boolean;
  readonly status: number;
  /** True when the shell reads nothing more: a fault in a substitution. */
  readonly fatal?: boolean;
  /** True for a fault inside `[[ ]]`, after which bash cannot read the next `[[`. */
  readonly spoils?: boolean;
  /** What bash says instead when it is so confused. */
  readonly instead?: { readonly messages: readonly string[]; readonly spoils: boolean };
};

/** A text as bash reads it: one list per line or multi-line command, then perhaps a problem. */
export type Parsed = {
  /** The line of its first command, from which the others count. */
  readonly firstLine: number;
  readonly lists: readonly ParsedList[];
  readonly problem: SyntaxProblem | undefined;
};

/** What bash reads before it runs anything of it. */
export type ParsedList = {
  readonly list: List;
  /** Things bash says while it reads. */
  readonly warnings: readonly { readonly line: number; readonly text: string }[];
  /** Offset in the text behind it. */
  readonly end: number;
  /** What is wrong with its first `[[` when a fault in one before has confused bash. */
  readonly spoiled: SyntaxProblem | undefined;
  /** What is wrong with it unless extended patterns are switched on. */
  readonly extended: SyntaxProblem | undefined;
  /** The line up to which it was read. */
  readonly line: number;
};
