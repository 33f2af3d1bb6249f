// What one line of a `view` fence shows, by the way it is drawn.

import type { TopologyView } from "../topology/words.ts";
import type { ViewTable } from "./viewTable.ts";

/** A table of rows, or a drawing that has a table beside it. */
export type View =
  | ({ readonly type: "table" } & ViewTable)
  | ({ readonly type: "topology" } & TopologyView);
