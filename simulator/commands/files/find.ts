// `find` of findutils 4.9 (find(1)): walks folders in the order in which they keep their names.
// Not here: reading expressions (findExpression.ts), tests (findTests.ts).
// Not simulated: -ok, -files0-from, -fprint and its kin, -D, -O, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { FileStatus } from "../../process/fileSystem.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { spawn, waitFor } from "../../process/processTable.ts";
import { exec, findProgram } from "../../process/programLookup.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { openTool, type Tool } from "../tool.ts";
import { type FindNode, parseFind, type Search } from "./findExpression.ts";
import { holds } from "./findTests.ts";
import { printed } from "./findText.ts";
import { folderOf } from "./names.ts";

/** A file that was found. */
export type Visit = {
  readonly path: string;
  /** The word of the command line that led here. */
  readonly start: string;
  readonly depth: number;
  readonly status: FileStatus;
};

type Walk = {
  readonly tool: Tool;
  readonly search: Search;
  /** Paths that wait to be handed to a command together (-exec … +), by the action. */
  readonly waiting: Map<FindNode, string[]>;
  code: number;
  prune: boolean;
  quit: boolean;
};

/** Finds files. */
export function* find(self: Process): Execution {
  const parsed = parseFind(self);
  if ("refusal" in parsed) return yield* notSimulated(self, parsed.refusal);
  if ("error" in parsed) {
    yield* warn(self, `${self.argv[0]}: ${parsed.error}\n`);
    return 1;
  }
  const tool = openTool(self);
  for (const warning of parsed.warnings) yield* tool.error(`warning: ${warning}`);
  const walk: Walk = {
    tool,
    search: parsed,
    waiting: new Map(),
    code: 0,
    prune: false,
    quit: false,
  };
  for (const start of parsed.starts) {
    if (walk.quit) break;
    yield* visitPath(walk, start, { start, depth: 0 });
  }
  for (const [action, paths] of walk.waiting) yield* runTogether(walk, action, paths);
  return yield* tool.end(walk.code);
}

type Where = { readonly start: string; readonly depth: number };

function* visitPath(walk: Walk, path: string, { start, depth }: Where): Steps<void> {
  const { tool, search } = walk;
  const { self } = tool;
  const follow = search.follow === "always" || (search.follow === "operands" && depth === 0);
  const { files } = self.machine;
  let status = files.stat(self, path, follow);
  if ("errno" in status && follow) status = files.stat(self, path, false);
  if ("errno" in status) {
    yield* walk.tool.error(`‘${path}’: ${errnoText(status.errno)}`);
    walk.code = 1;
    return;
  }
  const visit: Visit = { path, start, depth, status };
  const inside = depth >= search.least;
  walk.prune = false;
  if (inside && !search.depthFirst) yield* evaluate(walk, search.expression, visit);
  const descends = status.type === "directory" && !walk.prune && depth < search.most && !walk.quit;
  if (descends) yield* visitFolder(walk, path, { start, depth });
  if (inside && search.depthFirst && !walk.quit) yield* evaluate(walk, search.expression, visit);
}

function* visitFolder(walk: Walk, path: string, { start, depth }: Where): Steps<void> {
  const { self } = walk.tool;
  const names = self.machine.files.list(self, path, "stored");
  if ("errno" in names) {
    yield* walk.tool.error(`‘${path}’: ${errnoText(names.errno)}`);
    walk.code = 1;
    return;
  }
  for (const name of names) {
    if (walk.quit) return;
    const inside = path.endsWith("/") ? path + name : `${path}/${name}`;
    yield* visitPath(walk, inside, { start, depth: depth + 1 });
  }
}

function* evaluate(walk: Walk, node: FindNode, visit: Visit): Steps<boolean> {
  if (walk.quit) return true;
  switch (node.kind) {
    case "and":
      return (
        (yield* evaluate(walk, node.left, visit)) && (yield* evaluate(walk, node.right, visit))
      );
    case "or":
      return (
        (yield* evaluate(walk, node.left, visit)) || (yield* evaluate(walk, node.right, visit))
      );
    case "list":
      yield* evaluate(walk, node.left, visit);
      return yield* evaluate(walk, node.right, visit);
    case "not":
      return !(yield* evaluate(walk, node.operand, visit));
    case "test":
      return holds(walk.tool.self, node, visit);
    case "print": {
      const text = printed(walk.tool.self, node, visit);
      if (walk.tool.add(text)) yield* walk.tool.flush();
      return true;
    }
    case "prune":
      walk.prune = true;
      return true;
    case "quit":
      walk.quit = true;
      return true;
    case "delete":
      return yield* deleteFile(walk, visit);
    default:
      return yield* runAction(walk, node, visit);
  }
}

function* deleteFile(walk: Walk, { path, status }: Visit): Steps<boolean> {
  if (path === ".") return true;
  const { self } = walk.tool;
  const errno = self.machine.files.remove(self, path, status.type === "directory");
  if (errno === undefined) return true;
  yield* walk.tool.error(`cannot delete ‘${path}’: ${errnoText(errno)}`);
  walk.code = 1;
  return false;
}

type ExecNode = Extract<FindNode, { kind: "exec" }>;

function* runAction(walk: Walk, node: ExecNode, { path }: Visit): Steps<boolean> {
  const name = node.inFolder ? `./${path.slice(path.lastIndexOf("/") + 1)}` : path;
  if (node.together) {
    const paths = walk.waiting.get(node) ?? [];
    walk.waiting.set(node, [...paths, name]);
    return true;
  }
  const words = node.words.map((word) => word.replaceAll("{}", name));
  return (yield* runCommand(walk, words, node.inFolder ? folderOf(path) : undefined)) === 0;
}

function* runTogether(walk: Walk, node: FindNode, paths: readonly string[]): Steps<void> {
  if (node.kind !== "exec") return;
  const words = node.words.flatMap((word) => (word === "{}" ? paths : [word]));
  if ((yield* runCommand(walk, words, undefined)) !== 0) walk.code = 1;
}

function* runCommand(
  walk: Walk,
  words: readonly string[],
  folder: string | undefined,
): Steps<number> {
  const { tool } = walk;
  const { self } = tool;
  yield* tool.drain();
  const child = spawn(self, {
    argv: words,
    program: function* (started) {
      const real =
        folder === undefined ? undefined : started.machine.files.realPath(started, folder);
      if (typeof real === "string") started.cwd = real;
      const found = findProgram(started, words[0] ?? "");
      if (!("errno" in found)) return yield* exec(started, words);
      yield* warn(started, `find: ‘${words[0]}’: ${errnoText(found.errno)}\n`);
      return 1;
    },
  });
  const status = yield* waitFor(self, child);
  return "code" in status ? status.code : 1;
}
