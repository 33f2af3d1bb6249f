// Output that survives: ten reloads at random moments, a second tab, the death of the VM, the death
// of the server. The bytes a cell shows are compared, not their look.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { bytesOf, editCell, picture, runCell, waitForStatus } from "../support/chapterPage.ts";
import { type Reading, startReading } from "../support/reading.ts";
import { killChildren, startVethbook } from "../support/runningServer.ts";
import { cannotUse, firstUsable } from "../support/usableKinds.ts";

const streaming = 'for i in $(seq 150); do echo "line $i of a stream"; sleep 0.02; done';
const endless = 'for i in $(seq 100000); do echo "tick $i"; sleep 0.1; done';
const kind = firstUsable(["vm", "host"]);
const processName = kind === "vm" ? "qemu" : "bwrap";

/** The same numbers on every machine, from 0 to 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function printed(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document
        .querySelector('vb-cell[data-cell="namespaces"] .output')
        ?.textContent?.includes(wanted),
    text,
    { timeout: 60_000 },
  );
}

describe("output that survives", { skip: cannotUse(kind) }, () => {
  let reading: Reading;
  let page: Page;

  before(async () => {
    reading = await startReading(kind);
    page = reading.page;
  });
  after(() => reading?.[Symbol.asyncDispose]());

  test("ten reloads at random moments show the bytes of an undisturbed run", async () => {
    await editCell(page, "namespaces", streaming);
    await runCell(page, "namespaces");
    await waitForStatus(page, "namespaces", "done");
    const undisturbed = await bytesOf(page, "namespaces");
    assert.equal(undisturbed.toString().split("\r\n").length, 151);

    await runCell(page, "namespaces");
    const random = seededRandom(5);
    let midway = 0;
    for (let reload = 0; reload < 10; reload++) {
      await page.waitForTimeout(30 + random() * 350);
      await page.reload();
      await page.waitForSelector("vb-cell[data-status]");
      if (await page.$('vb-cell[data-cell="namespaces"][data-status="running"]')) midway++;
    }
    assert.ok(midway > 0, "no reload met the running cell");
    await waitForStatus(page, "namespaces", "done");
    assert.deepEqual(await bytesOf(page, "namespaces"), undisturbed);
  });

  test("a second tab shows the same bytes", async () => {
    const second = await page.context().newPage();
    await second.goto(page.url());
    await waitForStatus(second, "namespaces", "done");
    assert.deepEqual(await bytesOf(second, "namespaces"), await bytesOf(page, "namespaces"));
    await second.close();
  });

  test("kill -9 of the sandbox: the output stays, a sentence says it, Run starts again", async () => {
    await editCell(page, "namespaces", endless);
    await runCell(page, "namespaces");
    await printed(page, "tick 3");
    assert.equal(await killChildren(reading.server.pid, processName), 1);
    await waitForStatus(page, "namespaces", "lost");
    assert.match((await bytesOf(page, "namespaces")).toString(), /tick 1\r\ntick 2\r\ntick 3\r\n/);
    await picture(page, "sandbox-killed", 'vb-cell[data-cell="namespaces"]');
    await editCell(page, "namespaces", "echo new sandbox");
    await runCell(page, "namespaces");
    await waitForStatus(page, "namespaces", "done");
    assert.equal((await bytesOf(page, "namespaces")).toString(), "new sandbox\r\n");
  });

  test("kill -9 of the server: after its restart the reader sees the truth and goes on", async () => {
    await editCell(page, "namespaces", endless);
    await runCell(page, "namespaces");
    await printed(page, "tick 3");
    await reading.server.kill();
    await page.getByText("The server does not answer.").waitFor();
    reading.server = await startVethbook({
      sandbox: kind,
      stateDirectory: reading.stateDirectory,
      port: reading.server.port,
    });
    await waitForStatus(page, "namespaces", "lost");
    await page.reload();
    await waitForStatus(page, "namespaces", "lost");
    assert.match((await bytesOf(page, "namespaces")).toString(), /tick 1\r\ntick 2\r\ntick 3\r\n/);
    await picture(page, "server-killed", 'vb-cell[data-cell="namespaces"]');
    await editCell(page, "namespaces", "echo going on");
    await runCell(page, "namespaces");
    await waitForStatus(page, "namespaces", "done");
    assert.equal((await bytesOf(page, "namespaces")).toString(), "going on\r\n");
  });
});
