// A line while it is being read: what there is to edit, to show and to look through.
// The shape only. Not here: reading it (readLine.ts).

import type { ShellState } from "../shellState.ts";
import type { EditedLine } from "./editedLine.ts";
import type { HistoryWalk } from "./historyWalk.ts";
import type { KeyReader } from "./keys.ts";
import type { RunFollower } from "./runFollower.ts";
import type { ScreenLine } from "./screenLine.ts";
import type { Search } from "./searchHistory.ts";

/** What was entered: text, or the source of a run. */
export type Entered = { readonly type: "text" | "run"; readonly text: string } | Ending;

/** What came instead of a line: the end of input, or Ctrl-C. */
export type Ending = { readonly type: "end" | "interrupt" };

/** What outlives a line. */
export type Keyboard = {
  readonly kills: string[][];
  readonly keys: KeyReader;
  readonly follower: RunFollower | undefined;
};

/** A line being read. */
export type Reading = {
  readonly state: ShellState;
  readonly keyboard: Keyboard;
  readonly line: EditedLine;
  readonly screen: ScreenLine;
  readonly history: HistoryWalk;
  search: Search | undefined;
  readonly prompt: string;
  /** Tab was pressed and could add nothing: the next one lists. */
  tabbed: boolean;
  /** Completions that are listed if the next key agrees. */
  question: readonly string[] | undefined;
};
