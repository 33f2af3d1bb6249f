// Starts the server that `vethbook serve` promises: the sandbox that was asked for, the chapters of
// this repository, the client that vite built, the reader's state in its usual place.
//
// Not here: the server itself (runServer.ts); the command line (server/cli/serve.ts).

import { fileURLToPath } from "node:url";
import { figurePath, listChapters, loadChapter } from "../chapters/chapters.ts";
import { contents, renderChapter } from "../chapters/renderChapter.ts";
import { scriptModule } from "../chapters/scriptModule.ts";
import { chooseSandbox, type WantedKind } from "../sandboxes/choose.ts";
import { stateDirectory } from "../session/stateDirectory.ts";
import type { Book } from "./book.ts";
import { reportToConsole } from "./log.ts";
import { type RunningServer, runServer, type ServerOptions } from "./runServer.ts";

const DIST = fileURLToPath(new URL("../../client/dist", import.meta.url));

const book: Book = {
  list: () => listChapters(),
  load: (slug) => loadChapter(slug),
  html: renderChapter,
  contents,
  script: scriptModule,
  figure: (slug, name) => figurePath(slug, name),
};

/** Starts it; rejects with a sentence when the kind or the port that was named cannot be had. */
export async function startServer(
  options: ServerOptions & { readonly sandbox: WantedKind },
): Promise<RunningServer> {
  const report = reportToConsole;
  const source = await chooseSandbox(options.sandbox, report);
  if (source.note !== undefined) {
    report(source.note);
  }
  return runServer(options, { source, book, dist: DIST, state: stateDirectory(), report });
}
