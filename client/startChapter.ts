// Brings a chapter page to life: the store, the connection, and the elements that are needed to read
// and to press Run. Everything else comes after the first paint (restOfPage.ts).

import type { SessionEvent } from "../shared/session.ts";
import type { Connection, ConnectionOptions } from "./connection/connection.ts";
import { connectToServer } from "./connection/socketConnection.ts";
import { CellElement } from "./elements/cellElement.ts";
import { StatusElement } from "./elements/statusElement.ts";
import { pageActions } from "./page/actions.ts";
import type { ChapterData } from "./page/chapterData.ts";
import { recall } from "./page/memory.ts";
import { nextFrame } from "./page/nextFrame.ts";
import { receiver } from "./page/receive.ts";
import { createStore, type PageStore } from "./page/store.ts";
import { simulatorOffer } from "./worker/simulatorOffer.ts";

/** Starts the page of one chapter. */
export function startChapter({ slug, cells, engine }: ChapterData): void {
  const store = createStore(slug, cells);
  restoreMemories(store);
  let onLive: (event: SessionEvent) => void = () => {};
  const { receive } = receiver(store, (event) => onLive(event));
  const options: ConnectionOptions = {
    chapter: slug,
    since: () => store.state.session.seq,
    onMessage: (message) => receive(message, connection),
    onStatus: (status) => store.update({ connection: status }),
  };
  const connection: Connection =
    engine === "page" ? connectAfterPaint(options) : connectToServer(options);
  if (engine === "page") store.update({ offer: simulatorOffer });
  const page = { store, actions: pageActions(store, connection) };

  customElements.define("vb-status", StatusElement);
  customElements.define("vb-cell", CellElement);
  for (const element of document.querySelectorAll<StatusElement | CellElement>(
    "vb-status, vb-cell",
  )) {
    element.page = page;
  }

  nextFrame(async () => {
    const { startRestOfPage } = await import("./restOfPage.ts");
    onLive = startRestOfPage(page).announce;
  });
}

/** The simulator and what starts it are fetched when the page can be read. */
function connectAfterPaint(options: ConnectionOptions): Connection {
  let connection: Connection | undefined;
  const start = async () => {
    try {
      const { connectToWorker } = await import("./connection/workerConnection.ts");
      connection ??= connectToWorker(options);
    } catch {
      options.onStatus({ state: "refused", reason: "The simulator's script did not load." });
    }
  };
  nextFrame(start);
  return {
    send: (message) => connection?.send(message) ?? false,
    retryNow: () => (connection ? connection.retryNow() : void start()),
    restart: () => connection?.restart(),
  };
}

/** What this browser remembers of an earlier visit. */
function restoreMemories(store: PageStore): void {
  const edits = new Map<string, string>();
  const predictions = new Map<string, number>();
  for (const { type, id } of store.cells) {
    const edit = type === "sh" ? recall(`${store.slug}:edit:${id}`) : undefined;
    if (edit !== undefined) edits.set(id, edit);
    const option = type === "predict" ? recall(`${store.slug}:predict:${id}`) : undefined;
    if (option !== undefined) predictions.set(id, Number(option));
  }
  store.update({ edits, predictions });
}
