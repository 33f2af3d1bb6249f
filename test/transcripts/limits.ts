// The table of what the simulator prints otherwise than Linux, made from the marks in the transcripts.
// The README holds it; `npm run -s transcripts -- limits` writes it there.
// Not here: limits that no transcript shows.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allTranscripts, nameOf, readTranscript } from "./transcript.ts";

const HEAD = "| what differs | seen in | first command |\n| --- | --- | --- |\n";
const readme = join(import.meta.dirname, "../../README.md");

/** The table, one row for each reason. */
export function limitsTable(): string {
  const rows = new Map<string, { readonly places: Set<string>; readonly command: string }>();
  for (const file of allTranscripts()) {
    for (const { command, differs } of readTranscript(file)) {
      if (differs === undefined) continue;
      const row = rows.get(differs) ?? { places: new Set(), command };
      row.places.add(nameOf(file));
      rows.set(differs, row);
    }
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([reason, { places, command }]) =>
        `| ${[cell(reason), [...places].join(", "), `\`${cell(short(command))}\``].join(" | ")} |`,
    );
  return `${HEAD}${lines.join("\n")}\n`;
}

/** The table that stands in the README. */
export function limitsInReadme(): string {
  const text = readFileSync(readme, "utf8");
  const from = text.indexOf(HEAD);
  return from < 0 ? "" : text.slice(from, endOfTable(text, from));
}

/** Puts the table of now in the place of the one that stands in the README. */
export function writeLimits(): void {
  const text = readFileSync(readme, "utf8");
  const from = text.indexOf(HEAD);
  if (from < 0) throw new Error("The README has no table of limits.");
  writeFileSync(readme, text.slice(0, from) + limitsTable() + text.slice(endOfTable(text, from)));
}

function endOfTable(text: string, from: number): number {
  const end = text.indexOf("\n\n", from);
  return end < 0 ? text.length : end + 1;
}

function short(command: string): string {
  const [line = ""] = command.split("\n");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("`", "'");
}
