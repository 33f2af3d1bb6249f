// The laws of the repository that neither compiler nor linter can see.
// The table in ARCHITECTURE.md is the first of them: an import that is not in it fails here.
// Not here: form, size of functions and cycles (biome), unused code (knip), types (tsc).

import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { test } from "node:test";
import { allFiles, codeOf, importsOf, moduleFiles, textOf } from "./support/sources.ts";

type Row = { readonly folder: string; readonly mayImport: readonly string[] };

const architecture = textOf("ARCHITECTURE.md");
const rows = importTable(architecture);
const folders = new Set(rows.map(({ folder }) => folder));

test("every folder that holds modules has a row in ARCHITECTURE.md, and every row a folder", () => {
  const withCode = new Set(moduleFiles.map(dirname));
  assert.deepEqual(
    [...withCode].filter((folder) => rowOf(folder) === undefined || !isCovered(folder)),
    [],
  );
  assert.deepEqual(
    [...folders].filter((row) => ![...withCode].some((folder) => rowOf(folder) === row)),
    [],
  );
});

test("every row names its folder once", () => {
  assert.equal(rows.length, folders.size);
});

for (const { folder, mayImport } of rows) {
  test(`${folder} imports only what ARCHITECTURE.md allows`, () => {
    const strays = moduleFiles
      .filter((file) => rowOf(file) === folder && !isForTests(file))
      .flatMap((file) => importsOf(file).map((to) => ({ file, to })))
      .filter(({ to }) => !mayImport.some((name) => allows(name, to)) && rowOf(to) !== folder)
      .map(({ file, to }) => `${file} imports ${to}`);
    assert.deepEqual(strays, []);
  });
}

test("the import table runs in one direction", () => {
  const stuck = new Set(rows.map(({ folder }) => folder));
  const ready = () =>
    rows.find(({ folder, mayImport }) => {
      const later = mayImport.flatMap((name) => [...stuck].filter((other) => allows(name, other)));
      return stuck.has(folder) && later.every((other) => other === folder);
    });
  for (let row = ready(); row !== undefined; row = ready()) stuck.delete(row.folder);
  assert.deepEqual([...stuck], [], "these folders import each other in a circle");
});

test("every module opens with a comment that says what it is for", () => {
  const bare = moduleFiles.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(textOf(file)));
  assert.deepEqual(bare, []);
});

test("no file is named for what it might be", () => {
  const vague = /^(utils?|helpers?|common|misc|managers?|services?|index)$/i;
  const strays = moduleFiles.filter((file) =>
    basename(file)
      .replace(/\..*$/, "")
      .split(/(?=[A-Z])|[-_]/)
      .some((word) => vague.test(word)),
  );
  assert.deepEqual(strays, []);
});

test("no source file is longer than 400 lines; C needs more of them and gets 600", () => {
  const long = allFiles
    .filter((file) => /\.(ts|mjs|css|sh|c|h)$/.test(file))
    .map((file) => ({ file, lines: textOf(file).trimEnd().split("\n").length }))
    .filter(({ file, lines }) => lines > (/\.[ch]$/.test(file) ? 600 : 400))
    .map(({ file, lines }) => `${file} has ${lines} lines`);
  assert.deepEqual(long, []);
});

test("shared and the simulator know neither chance, nor time, nor where it runs", () => {
  const impure = /\b(Math\.random|Date|performance|globalThis)\b/;
  // The simulator has processes of its own; that it knows no other is the compiler's to see.
  const place = /\b(process|document|window)\b/;
  const strays = moduleFiles
    .filter((file) => /^(shared|simulator)\//.test(file) && !isForTests(file))
    .filter((file) => {
      const code = codeOf(file);
      return impure.test(code) || (file.startsWith("shared/") && place.test(code));
    });
  assert.deepEqual(strays, []);
});

test("every document at the root has one title", () => {
  for (const file of allFiles.filter((name) => /^[^/]+\.md$/.test(name))) {
    const prose = textOf(file).replace(/^```.*?^```/gms, "");
    assert.equal(prose.match(/^# /gm)?.length, 1, file);
    assert.match(prose, /^# /, `${file} opens with its title`);
  }
});

test("every dependency has one line in ARCHITECTURE.md, and every line a dependency", () => {
  const { dependencies, devDependencies } = JSON.parse(textOf("package.json"));
  const section = /^## Dependencies$(.*?)(?=^## |$(?![\s\S]))/ms.exec(architecture)?.[1] ?? "";
  const told = [...section.matchAll(/^- `([^`]+)`: \S.*$/gm)].map(([, name]) => name);
  assert.deepEqual(told.sort(), Object.keys({ ...dependencies, ...devDependencies }).sort());
});

test("the README names the two commands", () => {
  for (const command of ["npm start", "npm test"]) {
    assert.ok(textOf("README.md").includes(command), command);
  }
});

test("every file that ARCHITECTURE.md names is there", () => {
  const named = [...architecture.matchAll(/`([\w./-]+\.(?:ts|mjs|c|md))`/g)].map(
    ([, name]) => name,
  );
  const gone = named.filter(
    (name = "") =>
      !name.includes("NN-") && !allFiles.some((file) => file === name || file.endsWith(`/${name}`)),
  );
  assert.deepEqual(gone, []);
});

test("links between documents lead somewhere", () => {
  const dead = allFiles
    .filter((name) => /^[^/]+\.md$/.test(name))
    .flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, to = ""]) => ({ file, to })),
    )
    .filter(({ to }) => !allFiles.some((name) => name === to || name.startsWith(`${to}/`)))
    .map(({ file, to }) => `${file} links to ${to}`);
  assert.deepEqual(dead, []);
});

test("no file names a machine's own folders or a package registry", () => {
  const local = /(?<![\w.~$}])\/(work|home\/\w+|root\/\.\w+)\//;
  const registry = /\b(registry|mirrors?|deb|nexus|artifactory)\.[a-z0-9-]+\.[a-z]{2,}\b/i;
  const strays = allFiles
    .filter((file) => !/\.(png|jpg|woff2|ico)$/.test(file))
    .flatMap((file) =>
      textOf(file)
        .split("\n")
        .map((text, index) => ({ file, text, index })),
    )
    .filter(({ text }) => local.test(text) || registry.test(text))
    .map(({ file, text, index }) => `${file}:${index + 1}: ${text.trim()}`);
  assert.deepEqual(strays, []);
});

/** Tests, and what stands in for a part in tests, may import what they prove and what proves it. */
function isForTests(file: string): boolean {
  return /\.(test|fake|fixture)\.ts$/.test(file);
}

/** Rows of the table "folder | its one job | may import". */
function importTable(document: string): Row[] {
  const table = /^\| folder \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(document)?.[1] ?? "";
  return table
    .trim()
    .split("\n")
    .map((line) => line.split("|").slice(1, 4).map(codeNames))
    .map(([folder, , mayImport]) => ({ folder: folder?.[0] ?? "", mayImport: mayImport ?? [] }));
}

function codeNames(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");
}

/**
 * The most specific row that a path lies in; undefined for a package. A row `a/*` is one part of
 * many folders, which may know each other.
 */
function rowOf(path: string): string | undefined {
  for (let folder = path; folder !== "."; folder = dirname(folder)) {
    if (folders.has(folder)) return folder;
    if (folders.has(`${folder}/*`)) return `${folder}/*`;
  }
  return undefined;
}

/** True when a row names exactly this folder or a part that it belongs to. */
function isCovered(folder: string): boolean {
  const row = rowOf(folder);
  return row === folder || (row?.endsWith("/*") ?? false);
}

/** `a/*` in the table stands for folder a and all folders below it, `a` for that folder alone. */
function allows(name: string, to: string): boolean {
  const row = rowOf(to);
  if (name.endsWith("/*")) {
    const above = name.slice(0, -2);
    return row === above || row === name || (row?.startsWith(`${above}/`) ?? false);
  }
  return row === undefined ? to === name : row === name;
}
