// Which kind is taken when a machine has neither QEMU nor bubblewrap, as seen by its PATH.
// Not here: machines that have them (server/cli/exec.test.ts).

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { SandboxError } from "../../shared/sandbox.ts";
import { chooseSandbox } from "./choose.ts";

const { PATH } = process.env;
const silent = () => undefined;

beforeEach(() => {
  process.env.PATH = import.meta.dirname;
});
afterEach(() => {
  process.env.PATH = PATH;
});

test("auto takes the simulator, and says what is missing and what it does instead", async () => {
  const choice = await chooseSandbox("auto", silent);
  assert.deepEqual([choice.kind, choice.label, choice.pace], ["simulator", "simulator", "fastest"]);
  const note = choice.note ?? "";
  assert.match(note, /QEMU|VM/);
  assert.match(note, /bubblewrap|image/);
  assert.match(note, / Until then the commands run in the simulator, not on a kernel\.$/);
  await using sandbox = await choice.open();
  assert.equal(sandbox.kind, "simulator");
});

test("a kind that was named is not replaced by another", async () => {
  await assert.rejects(chooseSandbox("vm", silent), SandboxError);
  await assert.rejects(chooseSandbox("host", silent), SandboxError);
});

test("the simulator that was asked for has no note", async () => {
  assert.equal((await chooseSandbox("simulator", silent)).note, undefined);
});
