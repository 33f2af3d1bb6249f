// What each route of the policy table answers.
//
// Not here: who may ask (policy.ts, app.ts); what the pages hold (chapterPage.ts and its siblings).

import { join } from "node:path";
import type { RequestHandler, Response } from "express";
import { pageAssets } from "./assets.ts";
import type { Book } from "./book.ts";
import { chapterListPage } from "./chapterListPage.ts";
import { chapterPage } from "./chapterPage.ts";
import { favicon } from "./favicon.ts";
import { fileInside } from "./files.ts";
import type { Engine } from "./pageShell.ts";
import { plainPage } from "./plainPage.ts";
import type { RoutePath } from "./policy.ts";

const ENTRY = "main.ts";
const FIGURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/** What the routes read from. */
export type RouteParts = {
  readonly book: Book;
  /** What vite built: client/dist. */
  readonly dist: string;
  readonly engine: Engine;
};

/** One handler for each path of the table. */
export function routeHandlers({
  book,
  dist,
  engine,
}: RouteParts): Record<RoutePath, RequestHandler> {
  return {
    "/": async (_request, response) => {
      sendPage(response, chapterListPage(await book.list(), await pageAssets(dist, ENTRY)));
    },
    "/chapters/:slug": async (request, response) => {
      const chapter = await book.load(one(request.params.slug));
      if (chapter === undefined) {
        sendNotFound(response);
      } else {
        const assets = await pageAssets(dist, ENTRY);
        sendPage(response, chapterPage(chapter, { book, assets, engine }));
      }
    },
    "/chapters/:slug/cells.js": async (request, response) => {
      const chapter = await book.load(one(request.params.slug));
      if (chapter === undefined) {
        sendNotFound(response);
      } else {
        response.type("text/javascript").set("Cache-Control", "no-cache");
        response.send(book.script(chapter));
      }
    },
    "/chapters/:slug/figures/*file": async (request, response) => {
      const chapter = await book.load(one(request.params.slug));
      const name = all(request.params.file).join("/");
      const file = chapter && (await book.figure(chapter.slug, name));
      // An SVG that is opened by itself is a document; it may draw and nothing else.
      response.set("Content-Security-Policy", FIGURE_POLICY);
      await sendFile(response, file, "no-cache");
    },
    // Names of built files hold a hash of what is in them.
    "/assets/*file": async (request, response) => {
      const file = await fileInside(join(dist, "assets"), all(request.params.file));
      await sendFile(response, file, "private, max-age=31536000, immutable");
    },
    "/favicon.svg": (_request, response) => {
      response.type("image/svg+xml").set("Cache-Control", "max-age=86400").send(favicon);
    },
  };
}

/** Sends one of our documents; it is made anew each time. */
export function sendPage(response: Response, document: string): void {
  response.type("text/html").set("Cache-Control", "no-store").send(document);
}

/** Says that there is nothing at this address. */
export function sendNotFound(response: Response): void {
  sendPage(response.status(404), plainPage(404, "Nothing is kept at this address."));
}

function sendFile(response: Response, file: string | undefined, caching: string): Promise<void> {
  if (file === undefined) {
    sendNotFound(response);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    response.set("Cache-Control", caching);
    // The path is already known to be inside; it may run through a folder such as ~/.local.
    response.sendFile(file, { dotfiles: "allow", cacheControl: false }, (error) => {
      if (error && !response.headersSent) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}

/** express hands over a decoded parameter, a list for a wildcard. */
function one(parameter: string | readonly string[] | undefined): string {
  return typeof parameter === "string" ? parameter : "";
}

function all(parameter: string | readonly string[] | undefined): readonly string[] {
  return typeof parameter === "string" ? [parameter] : (parameter ?? []);
}
