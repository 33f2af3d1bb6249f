// Finds a file below a folder, and nothing else. Every part of the path is looked at by itself and
// the real path must lie inside the real folder, so neither `..` in any spelling nor a link leads
// out, nor into a neighbour whose name begins the same.
//
// Not here: headers and types (routes.ts).

import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

/** The real path of the file at `parts` below `folder`; undefined when there is none inside. */
export async function fileInside(
  folder: string,
  parts: readonly string[],
): Promise<string | undefined> {
  if (parts.length === 0 || !parts.every(isPlainName)) {
    return undefined;
  }
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, ...parts));
    const way = relative(root, file);
    const inside = way !== "" && !isAbsolute(way) && way.split(sep)[0] !== "..";
    return inside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** One component of a path: no separator of any system, no NUL, nothing hidden. */
function isPlainName(part: string): boolean {
  return part !== "" && !part.startsWith(".") && !/[/\\\0:]/.test(part);
}
