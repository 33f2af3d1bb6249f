// What the renderer of prose shares over a whole chapter: ids of headings, where links inside the
// chapter lead, and where problems go.

import { suggestion } from "./nearestName.ts";
import type { Report } from "./problem.ts";

/** One per chapter. */
export type ProseContext = {
  readonly slug: string;
  readonly report: Report;
  /** Whether the chapter's folder holds this figure; undefined when nobody has looked. */
  readonly hasFigure: ((name: string) => boolean) | undefined;
  /** Slugs of the headings so far, as code hosts make them. */
  readonly headings: Set<string>;
  /** Links to places in this chapter, with their lines. */
  readonly fragments: { readonly line: number; readonly fragment: string }[];
  /** Level of the last heading; 1 is the title. */
  level: number;
};

/** The id in the page for a heading. The prefix keeps it apart from every name of the page itself. */
export function headingId(slug: string): string {
  return `h-${slug}`;
}

/** A slug for a heading, as code hosts make it: lower case, no punctuation, hyphens, numbered. */
export function headingSlug(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
  const base = plain === "" ? "section" : plain.slice(0, 100);
  let slug = base;
  for (let count = 1; taken.has(slug); count++) slug = `${base}-${count}`;
  taken.add(slug);
  return slug;
}

/** Reports links to headings and cells that the chapter does not have. */
export function checkFragments(context: ProseContext, cellIds: ReadonlySet<string>): void {
  const places = [...context.headings, ...[...cellIds].map((id) => `cell-${id}`)];
  const known = new Set(places);
  for (const { line, fragment } of context.fragments) {
    if (known.has(fragment)) continue;
    const near = suggestion(fragment, places);
    const message = `The link leads to \`#${fragment}\`, but this chapter has no such heading.`;
    context.report(line, message + near);
  }
}
