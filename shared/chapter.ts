// A chapter as data: what the parser makes of notebooks/NN-name/index.md, and what the page, the
// command line and the tests read. Lines are counted from 1 in the author's file.

/** A chapter that opens even where parts of it are wrong: every error stands in `errors`. */
export type Chapter = {
  /** Folder name, such as "05-routing-namespace"; part of the address of the page. */
  readonly slug: string;
  readonly title: string;
  /** One sentence for the list of chapters. */
  readonly summary: string;
  /** Name of the topology in content/topologies that its cells build. */
  readonly topology?: string;
  readonly blocks: readonly Block[];
  readonly errors: readonly ChapterError[];
};

export type ChapterError = {
  readonly file: string;
  readonly line: number;
  readonly message: string;
};

/** In the order of the file. `html` is made by our own renderer and holds no author's HTML. */
export type Block =
  | { readonly type: "prose"; readonly html: string; readonly line: number }
  | { readonly type: "error"; readonly error: ChapterError; readonly source: string }
  | Cell;

export type Cell = ShellCell | ViewCell | PredictCell | ScriptCell;

/** A `sh` fence: commands for the terminal named `on`. */
export type ShellCell = {
  readonly type: "sh";
  readonly id: string;
  readonly line: number;
  readonly source: string;
  /** Terminal, by the name of its namespace; "lab" is the initial namespace. */
  readonly on: string;
  /** What the exit status should be: 0, anything else, or not said. */
  readonly expect: "ok" | "fail" | "any";
  /** Ids of cells that must have run before this one; Run runs those that have not. */
  readonly needs: readonly string[];
  /** A sentence that says what the cell does, for the reader and for a screen reader. */
  readonly title?: string;
};

/** A `view` fence: live tables. Each line is a view's name and its arguments. */
export type ViewCell = {
  readonly type: "view";
  readonly id: string;
  readonly line: number;
  readonly views: readonly ViewRequest[];
};

export type ViewRequest = {
  readonly view: "arp" | "routes";
  readonly namespaces: readonly string[];
};

/** A `predict` fence: a question that is asked before the cell `for` runs. */
export type PredictCell = {
  readonly type: "predict";
  readonly id: string;
  readonly line: number;
  readonly for: string;
  readonly question: string;
  readonly options: readonly string[];
};

/** A `js` fence: an Observable cell, compiled ahead of time. */
export type ScriptCell = {
  readonly type: "js";
  readonly id: string;
  readonly line: number;
  readonly source: string;
};
