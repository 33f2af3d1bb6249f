// A reader in front of chapter V: a server with a state of its own, a browser, the chapter's page.
// Every browser test begins with this and ends it.
// Not here: what the reader does (chapterPage.ts).

import type { Browser, Page } from "playwright-core";
import { openChapter } from "./chapterPage.ts";
import { launchChromium } from "./chromium.ts";
import {
  type RunningServer,
  type ServerOptions,
  startVethbook,
  temporaryFolder,
} from "./runningServer.ts";

/** What a test holds; disposing ends all of it. */
export type Reading = AsyncDisposable & {
  readonly browser: Browser;
  readonly page: Page;
  readonly stateDirectory: string;
  /** A test that starts another server puts it here. */
  server: RunningServer;
};

/** Starts it; what has been started is ended again when something does not start. */
export async function startReading(sandbox: ServerOptions["sandbox"]): Promise<Reading> {
  const ending: (() => PromiseLike<void>)[] = [];
  const end = async () => {
    for (const one of ending.splice(0)) await one();
  };
  try {
    const folder = await temporaryFolder();
    ending.unshift(() => folder[Symbol.asyncDispose]());
    const parts = { server: await startVethbook({ sandbox, stateDirectory: folder.path }) };
    ending.unshift(() => parts.server[Symbol.asyncDispose]());
    const browser = await launchChromium();
    ending.unshift(() => browser.close());
    const page = await openChapter(browser, parts.server.url);
    return Object.assign(parts, {
      ...{ browser, page, stateDirectory: folder.path },
      [Symbol.asyncDispose]: end,
    });
  } catch (error) {
    await end();
    throw error;
  }
}
