// What one line of a `view` fence shows, by the way it is drawn.

import type { PacketsView } from "../packets/packetsView.ts";
import type { TopologyView } from "../topology/words.ts";
import type { ViewTable } from "../views/viewTable.ts";

/** A table of rows, a drawing that has a table beside it, or frames. */
export type View =
  | ({ readonly type: "table" } & ViewTable)
  | ({ readonly type: "topology" } & TopologyView)
  | ({ readonly type: "packets" } & PacketsView);
