// Lists of numbers as `cut -f` takes them: "1,3-5,7-".
// Error texts are those of `cut` of coreutils 9.1.

import { quote } from "../quoteName.ts";

/** Which fields are meant, from 1 on, in order and without overlaps. */
export type FieldList = readonly { readonly from: number; readonly to: number }[];

/** The list, or what is wrong with it. `what` is "field" or "byte/character". */
export function parseFieldList(text: string, what: "field" | "byte/character"): FieldList | string {
  const ranges: { from: number; to: number }[] = [];
  const numbered = what === "field" ? "fields" : "byte/character positions";
  for (const part of text.split(/[,\s]/)) {
    const odd = /^[\d-]*/.exec(part)?.[0].length ?? 0;
    if (odd < part.length) {
      const rest = quote(part.slice(odd));
      return what === "field"
        ? `invalid field value ${rest}`
        : `invalid byte/character position ${rest}`;
    }
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null) {
      return what === "field" ? "invalid field range" : "invalid byte or character range";
    }
    const [, first = "", dash = "", last = ""] = match;
    if (first === "" && dash === "" && last === "") return `${numbered} are numbered from 1`;
    if (dash === "-" && first === "" && last === "") return "invalid range with no endpoint: -";
    if (
      Number(first || "1") === 0 ||
      (dash !== "" && last !== "" && Number(last) === 0 && first === "")
    ) {
      return `${numbered} are numbered from 1`;
    }
    const from = Number(first || "1");
    const to = dash === "" ? from : last === "" ? Number.POSITIVE_INFINITY : Number(last);
    if (to < from) return "invalid decreasing range";
    ranges.push({ from, to });
  }
  return merge(ranges);
}

function merge(ranges: { from: number; to: number }[]): FieldList {
  const sorted = ranges.sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged;
}

/** What is not in the list. */
export function complement(list: FieldList): FieldList {
  const rest: { from: number; to: number }[] = [];
  let next = 1;
  for (const { from, to } of list) {
    if (from > next) rest.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  if (Number.isFinite(next)) rest.push({ from: next, to: Number.POSITIVE_INFINITY });
  return rest;
}
