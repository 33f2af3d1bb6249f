// The page for everyone: axe in both themes and both widths with everything open, the keyboard alone,
// a terminal in a namespace, and a browser that reports no breach of the content policy.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import {
  bytesOf,
  editCell,
  picture,
  runCell,
  stopCell,
  tableRows,
  waitForStatus,
} from "../support/chapterPage.ts";
import { type Reading, startReading } from "../support/reading.ts";
import { cannotUse, firstUsable } from "../support/usableKinds.ts";

const kind = firstUsable(["host", "vm"]);
const themes = ["light", "dark"] as const;
const widths = [1280, 390];

describe("the page for everyone", { skip: cannotUse(kind) }, () => {
  const complaints: string[] = [];
  let reading: Reading | undefined;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    reading = await startReading(kind);
    page = reading.page;
    context = page.context();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.reload();
    await runCell(page, "detailed-routes");
    await waitForStatus(page, "detailed-routes", "done");
  });
  after(() => reading?.[Symbol.asyncDispose]());

  test("a terminal of a namespace: its prompt, what is typed, Ctrl-C", async () => {
    await page.getByRole("button", { name: "Terminals" }).click();
    await page.getByRole("tab", { name: "netnsR:~ #" }).click();
    const rows = page.locator("#panel-netnsR .xterm-rows");
    await rows.getByText("netnsR:~ #").first().waitFor();
    await page.keyboard.type("hostname; sleep 1000\n");
    await rows
      .getByText(/^netnsR\s*$/)
      .first()
      .waitFor();
    await page.keyboard.press("Control+C");
    await page.keyboard.type("ip route add 192.168.77.0/24 dev veth2R\n");
    await page.waitForFunction(() =>
      [...document.querySelectorAll("vb-view tbody")].some((body) =>
        body.textContent?.includes("192.168.77.0/24"),
      ),
    );
    const table = await tableRows(page, "detailed-routes", "Route table of netnsR");
    const row = table.find(([destination]) => destination === "192.168.77.0/24");
    assert.equal(row?.at(-1), "+ new");
    await page.keyboard.press("F6");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "tab");
  });

  test("endless output leaves the page and other terminals usable, and stops", async () => {
    await editCell(page, "namespaces", "yes");
    await runCell(page, "namespaces");
    await waitForStatus(page, "namespaces", "running");
    await page.getByRole("tab", { name: "netnsR:~ #" }).click();
    await page.keyboard.type("echo $((6 * 7))answers\n");
    await page
      .locator("#panel-netnsR .xterm-rows")
      .getByText(/^42answers/)
      .first()
      .waitFor();
    await stopCell(page, "namespaces");
    await page.locator(".cell-end", { hasText: "Stopped by Ctrl-C after" }).waitFor();
    assert.match((await bytesOf(page, "namespaces")).subarray(0, 9).toString(), /^y\r\ny\r\ny\r\n/);
  });

  for (const colorScheme of themes) {
    for (const width of widths) {
      test(`axe finds nothing, and nothing overflows: ${colorScheme}, ${width} px`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`,
          ),
          [],
        );
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page is ${wide} px wide`);
        await picture(page, `comfort-${colorScheme}-${width}`);
      });
    }
  }

  test("axe finds nothing on the list of chapters", async () => {
    const list = await context.newPage();
    await list.goto(new URL("/", page.url()).href);
    assert.deepEqual((await new AxeBuilder({ page: list }).analyze()).violations, []);
    await list.close();
  });

  test("by the keyboard alone: to the next cell, run it, read how it ended", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.reload();
    await page.waitForSelector("vb-cell[data-status]");
    await page.keyboard.press("Home"); // the keys go on from what the reader sees
    await page.waitForFunction(() => window.scrollY === 0);
    await page.keyboard.press("j");
    const first = await page.evaluate(() => document.activeElement?.getAttribute("data-cell"));
    assert.equal(first, "namespaces");
    await page.keyboard.press("j");
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("data-cell")),
      "cables",
    );
    await page.keyboard.press("Enter");
    await page.waitForSelector('vb-cell[data-cell="cables"] .cell-end');
    assert.match(await page.innerText('vb-cell[data-cell="cables"] .cell-end'), /^Exit \d/);
  });

  test("the browser had nothing to complain about", () => {
    assert.deepEqual(complaints, []);
  });
});
