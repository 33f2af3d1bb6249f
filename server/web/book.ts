// What the pages need of the chapters, in one type, so that tests of the server can bring their own.
//
// Not here: Markdown and figures themselves (server/chapters).

import type { Chapter, Heading } from "../../shared/chapter.ts";

/** The chapters of this server. */
export type Book = {
  list(): Promise<readonly Chapter[]>;
  load(slug: string): Promise<Chapter | undefined>;
  /** The chapter as HTML that our renderer made. */
  html(chapter: Chapter): string;
  /** Its headings of level 2 and 3, in order. */
  contents(chapter: Chapter): readonly Heading[];
  /** Its js cells as an ES module. */
  script(chapter: Chapter): string;
  /** The real path of a figure of a chapter; undefined when there is none, or not inside. */
  figure(slug: string, name: string): Promise<string | undefined>;
};
