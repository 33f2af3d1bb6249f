// Does `npm test` see every way in which a test file can fail, also those that no test tells?

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

type Told = { type: string; name: string; message?: string; reason?: string };
type RunFile = (file: string, seconds: number) => Promise<{ told: Told[]; output: string }>;

const module = new URL("support/runFile.mjs", import.meta.url).href;
const { runFile }: { runFile: RunFile } = await import(module);

const folder = mkdtempSync(join(tmpdir(), "vethbook-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(body: string, seconds = 60) {
  const file = join(folder, "written.test.ts");
  writeFileSync(file, `import { describe, it, test } from "node:test";\n${body}`);
  return await runFile(file, seconds);
}

function only(told: Told[], type: string): Told[] {
  return told.filter((record) => record.type === type);
}

test("counts passed and skipped tests, and tells why one was skipped", async () => {
  const { told } = await run(`
    test("one", () => {});
    describe("more", () => { it("two", () => {}); });
    test("three", { skip: "no KVM here" }, () => {});`);
  assert.deepEqual(
    only(told, "pass").map(({ name }) => name),
    ["one", "two"],
  );
  assert.deepEqual(only(told, "skip"), [{ type: "skip", name: "three", reason: "no KVM here" }]);
});

test("tells the subtest that failed, once, with its message and what was printed", async () => {
  const { told, output } = await run(`
    console.log("a last word");
    test("outer", (t) => t.test("inner", () => { throw new Error("broken"); }));`);
  const failed = only(told, "fail");
  assert.deepEqual(
    failed.map(({ name }) => name),
    ["inner"],
  );
  assert.match(failed[0]?.message ?? "", /^broken/);
  assert.match(output, /a last word/);
});

test("a hook that fails has failed", async () => {
  const { told } = await run(`
    import { before } from "node:test";
    describe("all", () => { before(() => { throw new Error("no way"); }); it("one", () => {}); });`);
  assert.ok(only(told, "fail").some(({ message }) => message?.startsWith("no way")));
});

test("a file that cannot be loaded has failed, and so has one without tests", async () => {
  for (const body of ['throw new Error("no");', "export {};"]) {
    const { told } = await run(body);
    assert.equal(only(told, "fail").length, 1, body);
  }
});

test("a file that leaves before its tests are done has failed", async () => {
  const { told } = await run(`test("one", () => process.exit(0)); test("two", () => {});`);
  assert.equal(only(told, "fail").length, 1);
});

test("a test that hangs is ended, named, and takes with it what it started", async () => {
  // The program holds our end of the pipe open: this ends only if the program has ended too.
  const { told } = await run(
    `import { spawn } from "node:child_process";
     test("done", () => {});
     test("hangs", async () => {
       spawn("sleep", ["600"], { stdio: "inherit" });
       await new Promise(() => {});
     });`,
    10,
  );
  assert.match(only(told, "fail")[0]?.message ?? "", /within 10 s; it was in "hangs"/);
});
