// The chapter as a graph of variables of @observablehq/runtime: the network is `net`, all runs are
// `runs`, each shell cell is a variable of its own, each view is one that depends on `net`, and
// `js` cells are what their author wrote. A change of the network or of a run flows from there.
// Not here: parsing of js cells; the server has compiled them into a module.

import { type Module, Runtime, type Variable } from "@observablehq/runtime";
import { cellVariableName, PROVIDED_NAMES } from "../../shared/cellNames.ts";
import type { ViewCell } from "../../shared/chapter.ts";
import type { PageContext } from "../elements/pageElement.ts";
import type { View } from "../elements/view.ts";
import type { ViewElement } from "../elements/viewElement.ts";
import type { Frames } from "../packets/captured.ts";
import { packetsView } from "../packets/packetsView.ts";
import { needsFrames, type PageStore } from "../page/store.ts";
import type { CellState } from "../session/cellState.ts";
import { topologyView } from "../topology/words.ts";
import { type Moments, viewTable } from "../views/viewTable.ts";
import { input } from "./generators.ts";
import { type Run, runValue } from "./runValue.ts";

/** Names that a cell cannot take away; loaded when a js cell first uses them. */
const library = {
  Inputs: () => import("./inputs.ts").then(({ Inputs }) => Inputs),
  html: () => import("htl").then(({ html }) => html),
  svg: () => import("htl").then(({ svg }) => svg),
  Generators: () => ({ input }),
};

/** Starts the graph and keeps it up to date for as long as the page lives. */
export function startNotebook({ store }: PageContext): void {
  const module = new Runtime(library).module();
  publishNetwork(module, store);
  publishFrames(module, store);
  publishRuns(module, store);
  for (const cell of store.cells) if (cell.type === "view") showView(module, cell);
  if (!store.cells.some(({ type }) => type === "js")) return;
  void import("./scripts.ts").then(({ showScripts }) => showScripts(module, store.slug));
}

/** The network as views want it: now and before, or undefined while there is none. */
const moments = "network moments";

/** The frames that the page has been told. */
const frames = "captured frames";

/**
 * For js cells, `net` is pending while there is no network, and so is what uses it; `netBefore` is
 * undefined until a run has begun.
 */
function publishNetwork(module: Module, store: PageStore): void {
  // A variable is not computed again before its promise has settled, so that one has to end too.
  let stopWaiting = () => {};
  const waiting = () =>
    new Promise<void>((resolve) => {
      stopWaiting = resolve;
    });
  const source = module.variable().define(moments, [], () => undefined);
  module
    .variable()
    .define("net", [moments], (known: Moments | undefined) => known?.state ?? waiting());
  module.variable().define("netBefore", [moments], (known: Moments | undefined) => known?.before);
  follow(
    store,
    ({ network }) => network,
    (network) => {
      source.define(moments, [], () => network);
      stopWaiting();
    },
  );
}

function publishFrames(module: Module, store: PageStore): void {
  const source = module.variable().define(frames, [], () => undefined);
  follow(
    store,
    (state) => state.frames,
    (known) => source.define(frames, [], () => known),
  );
}

/** Tells a part of the state when it has become another one. */
function follow<Part>(
  store: PageStore,
  pick: (state: PageStore["state"]) => Part | undefined,
  tell: (part: Part | undefined) => void,
): void {
  let told: Part | undefined;
  const look = () => {
    const part = pick(store.state);
    if (part === told) return;
    told = part;
    tell(part);
  };
  look();
  store.subscribe(look);
}

function publishRuns(module: Module, store: PageStore): void {
  const all = module.variable();
  const variables = new Map<string, Variable>();
  const values = new Map<string, { readonly state: CellState; readonly run: Run }>();
  const publish = () => {
    let changed = false;
    for (const [id, state] of store.states) {
      if (sameState(values.get(id)?.state, state)) continue;
      changed = true;
      const run = runValue(state, store.outputs.get(state.run?.run ?? ""));
      values.set(id, { state, run });
      const name = cellVariableName(id);
      if (PROVIDED_NAMES.includes(name)) continue;
      const variable = variables.get(id) ?? module.variable();
      variables.set(
        id,
        variable.define(name, [], () => run),
      );
    }
    if (!changed) return;
    const runs = Object.fromEntries([...values].map(([id, { run }]) => [id, run]));
    all.define("runs", [], () => runs);
  };
  publish();
  store.subscribe(publish);
}

function sameState(a: CellState | undefined, b: CellState): boolean {
  return a?.status === b.status && a.run === b.run && a.past === b.past;
}

function showView(module: Module, cell: ViewCell): void {
  const element = document.querySelector<ViewElement>(
    `vb-view[data-cell="${CSS.escape(cell.id)}"]`,
  );
  if (!element) return;
  const observer = {
    fulfilled: (views: unknown) => {
      element.views = views as View[];
    },
  };
  const packets = cell.views.some(needsFrames);
  module
    .variable(observer)
    .define(null, packets ? [moments, frames] : [moments], (known?: Moments, seen?: Frames) =>
      viewsOf(cell, known, seen),
    );
}

async function viewsOf(
  cell: ViewCell,
  known: Moments | undefined,
  frames: Frames | undefined,
): Promise<View[]> {
  const asksWhy = cell.views.some(({ view }) => view === "why");
  const reasons = asksWhy ? await import("../why/whyView.ts") : undefined;
  return cell.views.flatMap((request): View[] => {
    switch (request.view) {
      case "topology":
        return [{ type: "topology", ...topologyView(known, request.namespaces) }];
      case "why":
        return reasons ? [{ type: "table", ...reasons.whyView(known, frames) }] : [];
      case "packets":
        return [{ type: "packets", ...packetsView(known, frames, request.devices) }];
      default:
        return request.namespaces.map((namespace) => ({
          type: "table",
          ...viewTable(request.view, namespace, known),
        }));
    }
  });
}
