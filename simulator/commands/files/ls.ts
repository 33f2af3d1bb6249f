// `ls` of coreutils 9.1 (ls(1)), `dir` and `vdir` with it: names line by line, in columns on a
// terminal, or with all that stat(2) tells.
// Not here: options (lsOptions.ts), how entries are drawn (lsText.ts).
// Not simulated: -D, -Z beyond "?", --hyperlink, --block-size, LS_COLORS, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated, tryHelp } from "../complain.ts";
import type { Given } from "../getopt.ts";
import { quoteAlways } from "../quoteName.ts";
import { compareVersions } from "../text/sortKeys.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { linkCount } from "./linkCount.ts";
import { LS_OPTIONS, listLook, SORTS, wrongWord } from "./lsOptions.ts";
import { drawEntries, type Entry, type ListLook, totalOf } from "./lsText.ts";
import { folderOf } from "./names.ts";
import { fileBlocks } from "./statusText.ts";

type Listing = {
  readonly tool: Tool;
  readonly look: ListLook;
  readonly hidden: "all" | "almost" | "none";
  readonly follow: boolean;
  readonly order: string;
  readonly reverse: boolean;
  readonly recursive: boolean;
  readonly foldersFirst: boolean;
  readonly backups: boolean;
  code: number;
  /** Something has been printed: the next heading needs an empty line. */
  begun: boolean;
};

/** Lists files and folders. */
export function* ls(self: Process): Execution {
  const given = yield* readOptions(self, LS_OPTIONS, { code: 2 });
  if (typeof given === "number") return given;
  const odd = given.options.find(({ name }) => ["odd", "hide", "I"].includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `ls with -${odd.name}`);
  const refusal = wrongWord(given);
  if (refusal !== undefined) return yield* tryHelp(self, `${self.argv[0]}: ${refusal}`, 2);
  const listing = listingOf(self, given);
  const { look } = listing;
  const operands = given.operands.length > 0 ? given.operands : ["."];
  const alone = has(given, "d");
  const followed =
    has(given, "L", "H") || !(look.format === "long" || look.classify === "all" || alone);
  const plain: Entry[] = [];
  const folders: Entry[] = [];
  for (const name of operands) {
    const entry = yield* look1(listing, name, name, followed);
    if (entry === undefined) listing.code = 2;
    else if (entry.status.type === "directory" && !alone) folders.push(entry);
    else plain.push(entry);
  }
  if (plain.length > 0) yield* put(listing, drawEntries(look, inOrder(listing, plain)));
  const headed = listing.recursive || operands.length > 1;
  for (const { name } of inOrder(listing, folders)) yield* listFolder(listing, name, headed);
  return yield* listing.tool.end(listing.code, 2);
}

function listingOf(self: Process, given: Given): Listing {
  const sort = lastValue(given, "sort");
  const order = given.options.findLast(({ name }) => "tSUXvfc".includes(name))?.name;
  return {
    tool: openTool(self),
    look: listLook(self, given),
    hidden: has(given, "a", "f") ? "all" : has(given, "A") ? "almost" : "none",
    follow: has(given, "L"),
    order: order ?? SORTS[sort ?? ""] ?? "",
    reverse: has(given, "r"),
    recursive: has(given, "R"),
    foldersFirst: has(given, "folders-first"),
    backups: !has(given, "B"),
    code: 0,
    begun: false,
  };
}

function* put(listing: Listing, text: string): Steps<void> {
  listing.begun = true;
  if (listing.tool.add(text)) yield* listing.tool.flush();
}

function* look1(
  { tool }: Listing,
  path: string,
  name: string,
  follow: boolean,
): Steps<Entry | undefined> {
  const { self } = tool;
  const { files } = self.machine;
  const own = files.stat(self, path, false);
  const through = follow ? files.stat(self, path) : own;
  const status = "errno" in through && !("errno" in own) ? own : through;
  if ("errno" in status) {
    yield* tool.error(`cannot access ${quoteAlways(path)}: ${errnoText(status.errno)}`);
    return undefined;
  }
  const target = status.type === "symlink" ? files.readLink(self, path) : undefined;
  const end = typeof target === "string" ? files.stat(self, path) : undefined;
  const real = files.realPath(self, follow ? path : folderOf(path));
  const place = typeof real === "string" ? real : "";
  return {
    name,
    // The root is an overlay: its size is that of what has been changed.
    status: files.realPath(self, path) === "/" ? { ...status, size: 60 } : status,
    blocks: /^\/(sys|proc)(\/|$)/.test(place) ? 0 : fileBlocks(status),
    links: linkCount(self, path, status),
    target: typeof target === "string" ? target : undefined,
    targetStatus: end !== undefined && !("errno" in end) ? end : undefined,
  };
}

function* listFolder(listing: Listing, path: string, headed: boolean): Steps<void> {
  const { tool, look, hidden } = listing;
  const { self } = tool;
  const names = self.machine.files.list(self, path);
  if ("errno" in names) {
    yield* tool.error(`cannot open directory ${quoteAlways(path)}: ${errnoText(names.errno)}`);
    listing.code = Math.max(listing.code, 1);
    return;
  }
  const base = path.endsWith("/") ? path : `${path}/`;
  const shown = names.filter(
    (name) =>
      (hidden !== "none" || !name.startsWith(".")) && (listing.backups || !name.endsWith("~")),
  );
  const all = hidden === "all" ? [".", "..", ...shown] : shown;
  const entries: Entry[] = [];
  for (const name of all) {
    const entry = yield* look1(listing, base + name, name, listing.follow);
    if (entry !== undefined) entries.push(entry);
    else listing.code = Math.max(listing.code, 1);
  }
  if (headed) yield* put(listing, `${listing.begun ? "\n" : ""}${path}:\n`);
  if (look.format === "long" || look.blocks) {
    yield* put(listing, `total ${totalOf(look, entries)}${look.end}`);
  }
  const sorted = inOrder(listing, entries);
  yield* put(listing, drawEntries(look, sorted));
  if (!listing.recursive) return;
  for (const { name, status } of sorted) {
    if (status.type !== "directory" || name === "." || name === "..") continue;
    yield* listFolder(listing, base + name, true);
  }
}

function inOrder({ order, reverse, foldersFirst }: Listing, entries: readonly Entry[]): Entry[] {
  if (order === "U" || order === "f") return [...entries];
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const extension = ({ name }: Entry) => /\.[^.]*$/.exec(name)?.[0] ?? "";
  const compare = (a: Entry, b: Entry): number => {
    if (order === "t") return b.status.modified - a.status.modified || byName(a, b);
    if (order === "S") return b.status.size - a.status.size || byName(a, b);
    if (order === "v") return compareVersions(a.name, b.name);
    if (order === "W") return a.name.length - b.name.length || byName(a, b);
    if (order !== "X") return byName(a, b);
    const [x, y] = [extension(a), extension(b)];
    return x < y ? -1 : x > y ? 1 : byName(a, b);
  };
  const sorted = [...entries].sort((a, b) => (reverse ? compare(b, a) : compare(a, b)));
  if (!foldersFirst) return sorted;
  const isFolder = ({ status, targetStatus }: Entry) =>
    (targetStatus ?? status).type === "directory";
  return [...sorted.filter(isFolder), ...sorted.filter((entry) => !isFolder(entry))];
}
