// Which folders are chapters, and is a chapter found by its address and nothing else?

import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { figurePath, listChapters, loadChapter, loadTopology } from "./chapters.ts";
import { CHAPTER } from "./testChapter.ts";

const base = await realpath(await mkdtemp(join(tmpdir(), "vethbook-chapters-")));
after(() => rm(base, { recursive: true }));
const root = join(base, "book");
const chapter = join(root, "notebooks/01-one");
const NETS = ["netns12", "netnsR"];
const topology = `title: x
namespaces: [${NETS.map((name) => `{ name: ${name} }`).join(", ")}]
links: [{ from: netnsR/veth1R, to: netns12/veth2R }]
`;

await mkdir(join(chapter, "pictures"), { recursive: true });
await mkdir(join(root, "notebooks/02-two"));
await mkdir(join(root, "notebooks/notes"));
await mkdir(join(root, "notebooks/01-one-more"));
await mkdir(join(root, "content/topologies"), { recursive: true });
await mkdir(join(base, "book-secret"));
await writeFile(join(root, "content/topologies/two-segments.yaml"), topology);
await writeFile(join(chapter, "index.md"), CHAPTER);
await writeFile(join(chapter, "map.svg"), "<svg/>");
await writeFile(join(chapter, "pictures/a.png"), "");
await writeFile(join(root, "notebooks/02-two/index.md"), "---\ntitle: Two\n---\n![a](gone.svg)\n");
await writeFile(join(root, "notebooks/notes/index.md"), "x");
await writeFile(join(root, "notebooks/01-one-more/secret.svg"), "x");
await writeFile(join(base, "book-secret/secret.svg"), "x");
await symlink(join(base, "book-secret/secret.svg"), join(chapter, "out.svg"));
await symlink(join(root, "notebooks/01-one-more/secret.svg"), join(chapter, "sibling.svg"));
await symlink(join(base, "book-secret"), join(chapter, "away"));
await symlink(join(base, "book-secret"), join(root, "notebooks/03-away"));

test("chapters are listed in order with their mistakes", async () => {
  const found = await listChapters(root);
  assert.deepEqual(
    found.map(({ slug, title }) => `${slug} ${title}`),
    ["01-one Link two segments of one subnet by a routing namespace", "02-two Two"],
  );
  assert.deepEqual(found[0]?.errors, []);
  assert.deepEqual(found[1]?.errors, [
    {
      file: "notebooks/02-two/index.md",
      line: 4,
      message: "The chapter's folder has no picture `gone.svg`; add it or correct the name.",
    },
  ]);
});

test("a chapter is read again only when something changed", async () => {
  const first = await loadChapter("01-one", root);
  assert.equal(await loadChapter("01-one", root), first);
  await writeFile(join(chapter, "index.md"), `${CHAPTER}\nMore`);
  const second = await loadChapter("01-one", root);
  assert.notEqual(second, first);
  assert.match(JSON.stringify(second), /More/);
  await writeFile(
    join(root, "content/topologies/two-segments.yaml"),
    topology.replace("netns12/veth2R", "netns13/veth2R"),
  );
  const third = await loadChapter("01-one", root);
  assert.deepEqual(
    third?.errors.filter(({ file }) => file.endsWith(".yaml")),
    [
      {
        file: "content/topologies/two-segments.yaml",
        line: 3,
        message: "There is no namespace `netns13`. Did you mean `netns12`?",
      },
    ],
  );
  await writeFile(join(root, "content/topologies/two-segments.yaml"), topology);
});

const PATHS = [
  "..",
  ".",
  "",
  "../book-secret",
  "..%2fbook-secret",
  "%2e%2e",
  "..\\book-secret",
  "%5c",
  "01-one/../01-one",
  "01-one/",
  "/etc",
  "01-one\0",
  "notes",
  "03-away",
  "01-ONE",
  "__proto__",
];

test("no name leads out of the folder of chapters", async () => {
  for (const slug of PATHS) {
    assert.equal(await loadChapter(slug, root), undefined, slug);
    assert.equal(await figurePath(slug, "secret.svg", root), undefined, slug);
    assert.equal(await loadTopology(slug, root), undefined, slug);
  }
});

test("a figure is found in its chapter and nowhere else", async () => {
  assert.equal(await figurePath("01-one", "map.svg", root), join(chapter, "map.svg"));
  assert.equal(await figurePath("01-one", "pictures/a.png", root), join(chapter, "pictures/a.png"));
  const names = [
    "index.md",
    "out.svg",
    "sibling.svg",
    "away/secret.svg",
    "../01-one-more/secret.svg",
    "../../book-secret/secret.svg",
    "..%2f01-one-more%2fsecret.svg",
    "%2e%2e/01-one-more/secret.svg",
    "..\\01-one-more\\secret.svg",
    "pictures/../map.svg",
    "./map.svg",
    join(base, "book-secret/secret.svg"),
    "map.svg\0.png",
    "map.svg/",
    "pictures",
    "gone.svg",
    "",
  ];
  for (const name of names) assert.equal(await figurePath("01-one", name, root), undefined, name);
});

test("the chapters of this repository have no mistakes", async () => {
  for (const { errors } of await listChapters()) assert.deepEqual(errors, []);
  assert.deepEqual((await loadTopology("two-segments"))?.problems, []);
});
