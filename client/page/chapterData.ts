// What the server says about the chapter inside the page: its cells, as data beside their HTML.

import type { Cell } from "../../shared/chapter.ts";

export type ChapterData = {
  readonly slug: string;
  readonly cells: readonly Cell[];
  /** What runs the cells: the server, or a simulator in this page. */
  readonly engine: "server" | "page";
};

/** The chapter of this page; undefined on pages without one, such as the list of chapters. */
export function chapterData(): ChapterData | undefined {
  const slug = document.body.dataset.chapter;
  const data = document.getElementById("chapter-data")?.textContent;
  if (slug === undefined || !data) return undefined;
  const { cells } = JSON.parse(data) as { cells: readonly Cell[] };
  const engine = document.documentElement.dataset.engine === "page" ? "page" : "server";
  return { slug, cells, engine };
}
