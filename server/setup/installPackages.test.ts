// When is node_modules taken for current? Never when something of the lock file is missing in it.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

type Entry = { version: string; integrity?: string; optional?: boolean };
type Packages = Record<string, Entry>;

const file = new URL("installPackages.mjs", import.meta.url).href;
const { packagesAreCurrent }: { packagesAreCurrent(directory: string): boolean } = await import(
  file
);

const one: Entry = { version: "1.0.0", integrity: "sha512-a" };
const wanted: Packages = { "": { version: "0.1.0" }, "node_modules/one": one };

function judge(lock: Packages | undefined, installed: Packages | string | undefined): boolean {
  const directory = mkdtempSync(join(tmpdir(), "vethbook-test-"));
  try {
    mkdirSync(join(directory, "node_modules"));
    if (lock) write(join(directory, "package-lock.json"), { packages: lock });
    const note = join(directory, "node_modules/.package-lock.json");
    if (typeof installed === "string") writeFileSync(note, installed);
    else if (installed) write(note, { packages: installed });
    return packagesAreCurrent(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function write(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}

test("what npm has noted as installed is current", () => {
  assert.equal(judge(wanted, { "node_modules/one": one }), true);
});

test("an install that never ended is not", () => {
  assert.equal(judge(wanted, undefined), false);
  assert.equal(judge(wanted, '{"packages": {"node_mod'), false);
});

test("a package that is missing, older or other is not", () => {
  assert.equal(judge(wanted, {}), false);
  assert.equal(judge(wanted, { "node_modules/one": { ...one, version: "0.9.0" } }), false);
  assert.equal(judge(wanted, { "node_modules/one": { ...one, integrity: "sha512-b" } }), false);
});

test("a package for another system may be missing", () => {
  const lock = { ...wanted, "node_modules/mac": { ...one, optional: true } };
  assert.equal(judge(lock, { "node_modules/one": one }), true);
});
