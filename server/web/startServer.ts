// Starts the server that `vethbook serve` promises: the sandbox that was asked for, the chapters of
// this repository, the client that vite built, the reader's state in its usual place.
//
// When nothing that could run a cell works here, `auto` still serves pages to read, and each run
// says what is missing. A kind that was named is never replaced by another.
//
// Not here: the server itself (runServer.ts); the command line (server/cli/serve.ts).

import { fileURLToPath } from "node:url";
import { SandboxError } from "../../shared/sandbox.ts";
import type { SandboxSource } from "../../shared/session/sandboxLife.ts";
import { figurePath, listChapters, loadChapter } from "../chapters/chapters.ts";
import { contents, renderChapter } from "../chapters/renderChapter.ts";
import { scriptModule } from "../chapters/scriptModule.ts";
import { chooseSandbox, type WantedKind } from "../sandboxes/choose.ts";
import { stateDirectory } from "../session/stateDirectory.ts";
import type { Book } from "./book.ts";
import { type Report, reportToConsole } from "./log.ts";
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
  const source = await sourceOf(options.sandbox, report);
  return runServer(options, { source, book, dist: DIST, state: stateDirectory(), report });
}

async function sourceOf(wanted: WantedKind, report: Report): Promise<SandboxSource> {
  try {
    const choice = await chooseSandbox(wanted, report);
    if (choice.note !== undefined) {
      report(choice.note);
    }
    return choice;
  } catch (error) {
    if (wanted !== "auto" || !(error instanceof SandboxError)) {
      throw error;
    }
    report(error.message);
    return {
      kind: "vm",
      label: "No sandbox on this machine",
      open: () => Promise.reject(new SandboxError(error.message)),
    };
  }
}
