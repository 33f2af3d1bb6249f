// How much script does a reader load before the first word? At most 15 KiB gzip, and neither the
// terminal nor the editor. Builds the page where that has not been done.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const limitKibibytes = 15;
const dist = join(import.meta.dirname, "dist");
const manifestFile = join(dist, ".vite", "manifest.json");

type Manifest = Readonly<Record<string, { readonly file: string; readonly imports?: string[] }>>;

before(async () => {
  if (existsSync(manifestFile)) return;
  await build({ configFile: join(import.meta.dirname, "vite.config.ts"), logLevel: "error" });
});

/** The entry and everything that it imports before it runs. */
function firstScripts(manifest: Manifest): string[] {
  const found = new Set<string>();
  const open = ["main.ts"];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(manifest[name]?.imports ?? []));
  }
  return [...found].flatMap((name) => manifest[name]?.file ?? []);
}

test(`the first script is at most ${limitKibibytes} KiB gzip`, () => {
  const files = firstScripts(JSON.parse(readFileSync(manifestFile, "utf8")));
  assert.ok(files.length > 0, "the manifest has no main.ts");
  const sizes = files.map((file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  const kibibytes = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  assert.ok(kibibytes <= limitKibibytes, `${kibibytes.toFixed(2)} KiB in ${files.join(", ")}`);
});

test("the first script holds neither xterm nor monaco nor the notebook runtime", () => {
  const files = firstScripts(JSON.parse(readFileSync(manifestFile, "utf8")));
  for (const file of files) {
    const text = readFileSync(join(dist, file), "utf8");
    for (const mark of ["xterm-helper", "monaco-editor", "RuntimeError"]) {
      assert.ok(!text.includes(mark), `${mark} in ${file}`);
    }
  }
});
