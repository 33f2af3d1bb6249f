// A chapter as data: what the parser makes of notebooks/NN-name/index.md, and what the page, the
// command line and the tests read. Lines are counted from 1 in the author's file.

/** The initial namespace by its name in chapters: where a cell without `on` runs. */
export const LAB = "lab";

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

/** In the order of the file. */
export type Block =
  | Prose
  | { readonly type: "error"; readonly error: ChapterError; readonly source: string }
  | Cell;

/** Text up to the next heading or cell. `html` is our own renderer's and holds no author's HTML. */
export type Prose = {
  readonly type: "prose";
  readonly html: string;
  readonly line: number;
  /** The heading that this prose begins with, if it begins with one. */
  readonly heading?: Heading;
};

/** One line of the list of contents. `id` is the id of the heading's element in the page. */
export type Heading = {
  readonly id: string;
  readonly text: string;
  /** 2 to 6; the title of the chapter is the only heading of level 1. */
  readonly level: number;
};

export type Cell = ShellCell | ViewCell | PredictCell | ScriptCell;

/** A `sh` fence: commands for the terminal named `on`. */
export type ShellCell = {
  readonly type: "sh";
  readonly id: string;
  readonly line: number;
  readonly source: string;
  /** Terminal, by the name of its namespace; "lab" is the initial namespace. */
  readonly on: string;
  /** What the exit status should be: 0, anything else, or (any) not said. */
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

/**
 * One line of a `view` fence. A topology without names shows all namespaces, `packets` without names all
 * devices.
 */
export type ViewRequest =
  /** What went wrong first with the newest ping that failed. */
  | { readonly view: "why" }
  | { readonly view: "topology"; readonly namespaces: readonly string[] }
  | { readonly view: TableView; readonly namespaces: readonly string[] }
  | { readonly view: "packets"; readonly devices: readonly string[] };

/** A view that is a table for each namespace that its line names. */
export type TableView = "arp" | "routes" | "rules" | "links" | "fdb" | "vlans" | "sysctls";

/** A `predict` fence of 2 to 6 options: a question that is asked before the cell `for` runs. */
export type PredictCell = {
  readonly type: "predict";
  readonly id: string;
  readonly line: number;
  readonly for: string;
  readonly question: string;
  readonly options: readonly string[];
};

/** A `js` fence: an Observable cell, compiled ahead of time. It stays a cell when it has an error. */
export type ScriptCell = {
  readonly type: "js";
  readonly id: string;
  readonly line: number;
  readonly source: string;
};
