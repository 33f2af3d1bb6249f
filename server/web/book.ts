// What the pages need of the chapters, in one type, so that tests of the server can bring their own.
//
// Not here: Markdown and figures themselves (server/chapters).

import type { Chapter } from "../../shared/chapter.ts";

/** The chapters of this server. */
export type Book = {
  list(): Promise<readonly Chapter[]>;
  load(slug: string): Promise<Chapter | undefined>;
  /** The chapter as HTML that our renderer made. */
  html(chapter: Chapter): string;
  /** Its headings, in order, with the ids that they have in `html`. */
  contents(chapter: Chapter): readonly { readonly id: string; readonly title: string }[];
  /** Its js cells as an ES module. */
  script(chapter: Chapter): string;
  /** The folder of a chapter, with its figures. */
  folder(slug: string): string;
};
