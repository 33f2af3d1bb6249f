// Makes a cell of a fence: which attributes each language knows and what may stand inside.
// Not here: whether the ids it names exist (cellReferences.ts), JavaScript (scriptCell.ts).

import {
  type Cell,
  LAB,
  type PredictCell,
  type ScriptCell,
  type ShellCell,
  type ViewCell,
} from "../../shared/chapter.ts";
import { type FenceInfo, ID } from "./fenceInfo.ts";
import { suggestion } from "./nearestName.ts";
import type { Report } from "./problem.ts";
import type { CellLanguage } from "./shownCode.ts";
import type { FencePiece } from "./splitChapter.ts";
import { readViews } from "./viewLines.ts";

const ATTRIBUTES: Readonly<Record<CellLanguage, readonly string[]>> = {
  sh: ["on", "expect", "needs", "title"],
  view: [],
  predict: ["for"],
  js: [],
  check: [],
};

const MAX_SOURCE = 64 * 1024;
const ID_PATTERN = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Keys that a terminal takes as commands of its own; a cell must not press them unseen. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * The cell of a fence; an empty id stands for "not named". Everything wrong goes to `report`, and
 * then the cell is not to be used.
 */
export function readCell(
  language: CellLanguage,
  info: FenceInfo,
  { fence, report }: { readonly fence: FencePiece; readonly report: Report },
): Cell | undefined {
  const say = (message: string) => report(fence.line, message);
  if (language === "check") {
    say(
      "This version does not know `check` fences yet; take it out, or call it `text` to show it.",
    );
    return undefined;
  }
  const values = info.attributes ?? new Map<string, string>();
  checkAttributes(language, values, say);
  const id = values.get(ID) ?? "";
  if (values.has(ID) && (!ID_PATTERN.test(id) || id.length > 64)) {
    say(`\`#${id}\` is no id; use letters, digits and single hyphens, such as #ping-across.`);
  }
  if (fence.source.length > MAX_SOURCE) say("The cell is longer than 64 KB; divide it.");
  if (fence.source.trim() === "") {
    say(`The \`${language}\` fence is empty; write something in it or take it out.`);
    return undefined;
  }
  const place = { id, line: fence.line };
  switch (language) {
    case "sh":
      return shellCell(values, fence, { place, report });
    case "view":
      return viewCell(fence, { place, report });
    case "predict":
      return predictCell(values, fence, { place, report });
    case "js":
      return scriptCell(fence, { place, report });
  }
}

type Place = { readonly id: string; readonly line: number };
type Making = { readonly place: Place; readonly report: Report };

function checkAttributes(
  language: CellLanguage,
  values: ReadonlyMap<string, string>,
  say: (message: string) => void,
): void {
  const known = ATTRIBUTES[language];
  for (const key of values.keys()) {
    if (key === ID || known.includes(key)) continue;
    if (key === "id") {
      say(`An id is written #${values.get(key) ?? "name"}, not id=….`);
      continue;
    }
    const near = suggestion(key, known);
    const list = known.length === 0 ? "only an #id" : `#id, ${known.join(", ")}`;
    say(`A \`${language}\` fence does not know \`${key}\`.${near || ` It knows ${list}.`}`);
  }
}

function shellCell(
  values: ReadonlyMap<string, string>,
  fence: FencePiece,
  { place, report }: Making,
): ShellCell {
  const say = (message: string) => report(fence.line, message);
  if (place.id === "" && !values.has(ID) && !values.has("id")) {
    say("A cell that runs needs an id; write ```sh {#a-name …}.");
  }
  const on = values.get("on") ?? LAB;
  if (!NAME_PATTERN.test(on)) say(`\`${on}\` is no name of a namespace; write on=netns12, say.`);
  const expect = values.get("expect") ?? "any";
  if (expect !== "ok" && expect !== "fail" && expect !== "any") {
    say(`\`expect\` is ok, fail or any, not \`${expect}\`.`);
  }
  const needs = (values.get("needs") ?? "").split(",").filter((name) => name !== "");
  for (const [at, need] of needs.entries()) {
    if (needs.indexOf(need) < at) say(`\`needs\` names \`${need}\` twice; leave one out.`);
  }
  reportControls(fence, report);
  const title = values.get("title");
  return {
    type: "sh",
    ...place,
    source: fence.source,
    on,
    expect: expect === "ok" || expect === "fail" ? expect : "any",
    needs,
    ...(title !== undefined && { title }),
  };
}

/** Reports each line of the fence in which a control character or a direction mark hides. */
function reportControls(fence: FencePiece, report: Report): void {
  for (const [at, line] of fence.source.split("\n").entries()) {
    const found = CONTROL.exec(line.replaceAll("\t", ""));
    if (found === null) continue;
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    report(
      fence.line + 1 + at,
      `The line holds an invisible character (U+${code}) that a terminal may take as a key; delete it.`,
    );
  }
}

function viewCell(fence: FencePiece, { place, report }: Making): ViewCell {
  return { type: "view", ...place, views: readViews(fence.source, fence.line + 1, report) };
}

function scriptCell(fence: FencePiece, { place, report }: Making): ScriptCell {
  reportControls(fence, report);
  return { type: "js", ...place, source: fence.source };
}

function predictCell(
  values: ReadonlyMap<string, string>,
  fence: FencePiece,
  { place, report }: Making,
): PredictCell {
  const target = values.get("for") ?? "";
  if (!values.has("for")) {
    report(fence.line, "A `predict` fence needs the id of its cell; write ```predict {for=…}.");
  }
  const question: string[] = [];
  const options: string[] = [];
  for (const [at, text] of fence.source.split("\n").entries()) {
    const line = fence.line + 1 + at;
    const [, option] = /^\s*-\s+(.*\S)\s*$/.exec(text) ?? [];
    if (option === undefined && text.trim() === "") continue;
    if (option === undefined && options.length === 0) question.push(text.trim());
    else if (option === undefined)
      report(line, "After the first option each line is `- an option`.");
    else if (options.includes(option)) report(line, `The option \`${option}\` stands twice.`);
    else options.push(option);
  }
  if (question.length === 0) {
    report(fence.line, "The question is missing; write it in the line above the options.");
  }
  if (options.length < 2 || options.length > 6) {
    report(
      fence.line,
      `A prediction has 2 to 6 options, one a line as \`- text\`, not ${options.length}.`,
    );
  }
  return { type: "predict", ...place, for: target, question: question.join(" "), options };
}
