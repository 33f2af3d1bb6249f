// The chapters, topologies and figures on disk, below the root of the repository:
//
//   notebooks/NN-name/index.md and its pictures        content/topologies/NAME.yaml
//
// A name that comes from outside is looked up in what the folders list, never joined to a path
// blindly, and what is opened must lie in its folder by its real path, so that no name and no
// symbolic link leads out. What is read is kept until a file changes.
// Not here: what a chapter says (parseChapter.ts).

import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Chapter } from "../../shared/chapter.ts";
import { isFigureName } from "./addresses.ts";
import { parseChapter } from "./parseChapter.ts";
import { parseTopology, type Topology } from "./topology.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const SLUG = /^\d\d-[a-z0-9]+(?:-[a-z0-9]+)*$/;
const TOPOLOGY = /^[a-z0-9][a-z0-9-]*$/;

/** All chapters in the order of their numbers. `root` is the repository, or a copy of its folders. */
export async function listChapters(root = REPOSITORY): Promise<Chapter[]> {
  const slugs = (await names(join(root, "notebooks"))).filter((name) => SLUG.test(name)).sort();
  const chapters = await Promise.all(slugs.map((slug) => loadChapter(slug, root)));
  return chapters.filter((chapter) => chapter !== undefined);
}

/** The chapter in the folder `slug`; undefined when there is none. */
export async function loadChapter(slug: string, root = REPOSITORY): Promise<Chapter | undefined> {
  const folder = await chapterFolder(slug, root);
  const path = folder && (await inside(folder, "index.md"));
  if (folder === undefined || path === undefined) return undefined;
  const topologies = await allTopologies(root);
  const figures = new Set(await filesBelow(folder));
  const key = [await stamp(path), topologies.stamp, ...figures].join("\n");
  const kept = chapters.get(path);
  if (kept?.key === key) return kept.chapter;
  const parsed = parseChapter(await readFile(path, "utf8"), {
    slug,
    file: `notebooks/${slug}/index.md`,
    topologies: topologies.usable,
    hasFigure: (name) => figures.has(name),
  });
  const wrong = topologies.errors.filter(
    ({ file }) => file === `content/topologies/${parsed.topology}.yaml`,
  );
  const chapter = { ...parsed, errors: [...parsed.errors, ...wrong] };
  chapters.set(path, { key, chapter });
  return chapter;
}

/** The topology of this name, in whatever state its file is; undefined when there is no such file. */
export async function loadTopology(
  name: string,
  root = REPOSITORY,
): Promise<ReturnType<typeof parseTopology> | undefined> {
  const folder = join(root, "content/topologies");
  if (!TOPOLOGY.test(name) || !(await names(folder)).includes(`${name}.yaml`)) return undefined;
  const path = await inside(folder, `${name}.yaml`);
  return path === undefined ? undefined : parseTopology(await readFile(path, "utf8"), name);
}

/** The real path of a figure of a chapter; undefined when there is none or it lies elsewhere. */
export async function figurePath(
  slug: string,
  name: string,
  root = REPOSITORY,
): Promise<string | undefined> {
  if (!isFigureName(name)) return undefined;
  const folder = await chapterFolder(slug, root);
  return folder && inside(folder, name);
}

const chapters = new Map<string, { readonly key: string; readonly chapter: Chapter }>();

async function chapterFolder(slug: string, root: string): Promise<string | undefined> {
  const notebooks = join(root, "notebooks");
  if (!SLUG.test(slug) || !(await names(notebooks)).includes(slug)) return undefined;
  return inside(notebooks, slug);
}

/** The real path of `name` in `folder` when it exists and lies below the folder's real path. */
async function inside(folder: string, name: string): Promise<string | undefined> {
  try {
    const real = await realpath(join(folder, name));
    return real.startsWith((await realpath(folder)) + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}

/** The names in a folder; none when it is not there. */
async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  return found.map((name) => name.split(sep).join("/")).sort();
}

/** Changes whenever the file does. */
async function stamp(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [path, ino, size, mtimeNs, ctimeNs].join(" ");
}

type Topologies = {
  readonly stamp: string;
  readonly usable: ReadonlyMap<string, Topology>;
  readonly errors: Chapter["errors"];
};

const topologies = new Map<string, Topologies>();

async function allTopologies(root: string): Promise<Topologies> {
  const folder = join(root, "content/topologies");
  const files = (await names(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const stamps = await Promise.all(
    files.map((file) => stamp(join(folder, file)).catch(() => file)),
  );
  const kept = topologies.get(root);
  if (kept?.stamp === stamps.join("\n")) return kept;
  const usable = new Map<string, Topology>();
  const errors: Chapter["errors"][number][] = [];
  for (const file of files) {
    const name = file.slice(0, -".yaml".length);
    const loaded = await loadTopology(name, root);
    if (loaded?.topology !== undefined) usable.set(name, loaded.topology);
    for (const problem of loaded?.problems ?? []) {
      errors.push({ file: `content/topologies/${file}`, ...problem });
    }
  }
  const read = { stamp: stamps.join("\n"), usable, errors };
  topologies.set(root, read);
  return read;
}
