// How many names a file has (stat(2), st_nlink): a folder has one in its parent, its own ".", and the
// ".." of each folder in it.
// Not simulated: hard links.

import type { FileStatus } from "../../process/fileSystem.ts";
import type { Process } from "../../process/process.ts";

/** The number of links. The root and /root are merged folders of an overlay, which does not count. */
export function linkCount(self: Process, path: string, status: FileStatus): number {
  if (status.type !== "directory") return 1;
  const { files } = self.machine;
  const real = files.realPath(self, path);
  if (typeof real !== "string" || real === "/" || real === "/root") return 1;
  if (/^\/proc\/sys(\/|$)/.test(real)) return 1;
  const names = files.list(self, path);
  if ("errno" in names) return 2;
  const folders = names.filter((name) => {
    const each = files.stat(self, `${real}/${name}`, false);
    return !("errno" in each) && each.type === "directory";
  });
  return 2 + folders.length;
}
