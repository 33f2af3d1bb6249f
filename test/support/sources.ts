// The repository as the tidy test sees it: its files, and what each of them imports.
// Imports are read by vite's own parser, so text in a string or a comment is not taken for one.
// Not here: what is allowed (the table in ARCHITECTURE.md, test/tidy.test.ts).

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every file that git has or would take, by path in the repository. */
export const allFiles: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
  { cwd: root, encoding: "utf8" },
)
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(root, file)));

/** The text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Files that hold modules of ours. */
export const moduleFiles: readonly string[] = allFiles.filter((file) => /\.(ts|mjs)$/.test(file));

/**
 * What a module imports, statically or not, types included: a path in the repository, `node` for
 * any part of Node.js, `url` for an address known only when it runs, else the name of a package.
 * Style sheets are left out: they hold no code.
 */
export function importsOf(file: string): string[] {
  const text = textOf(file);
  const { module } = parseSync(file, text);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
      literal(text.slice(start, end)),
    ),
  ];
  return requests
    .filter((request) => !request?.endsWith(".css"))
    .map((request) => target(file, request));
}

/** The module's text with its comments taken out. */
export function codeOf(file: string): string {
  let text = textOf(file);
  const { comments } = parseSync(file, text);
  for (const { start, end } of [...comments].reverse()) {
    text = text.slice(0, start) + text.slice(end);
  }
  return text;
}

function literal(source: string): string | undefined {
  return /^(["'`])([^$\n]*)\1$/.exec(source)?.[2];
}

function target(file: string, request: string | undefined): string {
  if (request === undefined) return "url";
  const path = request.split("?")[0] ?? "";
  if (path.startsWith("node:")) return "node";
  if (path.startsWith(".")) return posix.join(dirname(file), path);
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}
