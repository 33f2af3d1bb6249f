// Does the lock hold between two holders, in one process and in two, and is it free again after the
// holder was killed?

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withLock } from "./lock.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-test-"));
});
after(async () => rm(folder, { recursive: true, force: true }));

test("two holders exclude one another, and the second is told that it waits", async () => {
  const file = join(folder, "lock");
  const happened: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = withLock(
    file,
    () => happened.push("first waits"),
    async () => {
      happened.push("first in");
      const second = withLock(
        file,
        () => {
          happened.push("second waits");
          open();
        },
        async () => happened.push("second in"),
      );
      await gate;
      happened.push("first out");
      return { second };
    },
  );
  const { second } = await first;
  await second;
  assert.deepEqual(happened, ["first in", "second waits", "first out", "second in"]);
});

test("a holder that fails gives the lock back", async () => {
  const file = join(folder, "lock");
  const failing = withLock(file, assert.fail, async () => {
    throw new Error("on purpose");
  });
  await assert.rejects(failing, /on purpose/);
  assert.equal(await withLock(file, assert.fail, async () => 7), 7);
});

test("the lock of a process that was killed is free", async () => {
  const file = join(folder, "lock");
  const program = `
    const { withLock } = await import(${JSON.stringify(join(import.meta.dirname, "lock.ts"))});
    await withLock(${JSON.stringify(file)}, () => {}, async () => {
      console.log("held");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const holder = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", program],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const waiting = new Promise<void>((resolve, reject) => {
    const told = () => {
      holder.kill("SIGKILL");
    };
    withLock(file, told, async () => resolve()).catch(reject);
  });
  await waiting;
});
