// The front matter of a chapter: title, summary and topology, between two lines `---`.

import { z } from "zod";
import type { Report } from "./problem.ts";
import { readYaml } from "./yamlDocument.ts";

/** What stands at the head of a chapter, with the line of its topology for messages. */
export type FrontMatter = {
  readonly title?: string;
  readonly summary: string;
  readonly topology?: string;
  readonly topologyLine: number;
};

const oneLine = z.string().trim().min(1, "Write a text.").max(300, "Write at most 300 characters.");
const schema = z.strictObject({
  title: oneLine,
  summary: oneLine.optional(),
  topology: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, "Write a name from content/topologies, such as two-segments.")
    .optional(),
});

const MAX_LENGTH = 4 * 1024;
const EXAMPLE = "write three lines at the top: ---, title: …, ---.";

/** Reads front matter; `text` is undefined where a chapter has none. */
export function parseFrontMatter(text: string | undefined, report: Report): FrontMatter {
  const empty = { summary: "", topologyLine: 1 };
  if (text === undefined) {
    report(1, `The chapter has no front matter; ${EXAMPLE}`);
    return empty;
  }
  if (text.length > MAX_LENGTH) {
    report(1, "The front matter is longer than 4 KB; shorten it.");
    return empty;
  }
  const { value, problems, lineOf } = readYaml(text, schema, 2);
  for (const { line, message } of problems) report(line, message);
  // A chapter with one wrong key still has its title.
  const usable = value ?? readYaml(text, looseSchema, 2).value;
  if (usable === undefined) return empty;
  const { title, summary = "", topology } = usable;
  return {
    summary,
    topologyLine: lineOf(["topology"]),
    ...(title !== undefined && { title }),
    ...(topology !== undefined && { topology }),
  };
}

const looseSchema = z.object({
  title: oneLine.optional().catch(undefined),
  summary: oneLine.optional().catch(undefined),
  topology: schema.shape.topology.catch(undefined),
});
