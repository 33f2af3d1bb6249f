// The simulator in the page: no server behind it, time that the reader sets, output that survives a
// reload, and a main thread that always answers.
// Not here: chapter V itself, which it runs like every kind (chapterFive.test.ts).

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import {
  bytesOf,
  cellsOf,
  editCell,
  picture,
  runCell,
  setPace,
  stopCell,
  waitForStatus,
} from "../support/chapterPage.ts";
import { noChromium } from "../support/chromium.ts";
import { longestTask } from "../support/mainThread.ts";
import { type Reading, startReading } from "../support/reading.ts";

type CellWithRun = {
  readonly state: { readonly run?: { readonly run: string } };
  readonly updateComplete: Promise<boolean>;
};

/** Processor time in milliseconds: twice what a reader would notice, for a machine with cold caches. */
const LONGEST = 100;

describe("the simulator in the page", { skip: noChromium }, () => {
  const complaints: string[] = [];
  const sockets: string[] = [];
  let reading: Reading | undefined;
  let page: Page;

  before(async () => {
    reading = await startReading("simulator");
    page = reading.page;
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await page.reload();
    await page.waitForSelector("vb-pace .paces");
  });
  after(() => reading?.[Symbol.asyncDispose]());

  const output = async (cell: string) => (await bytesOf(page, cell)).toString();
  /** Runs the first cell and returns when that run is the one on show. */
  const start = async () => {
    const runOnShow = () =>
      page.$eval(
        'vb-cell[data-cell="namespaces"]',
        (cell) => (cell as unknown as CellWithRun).state.run?.run,
      );
    const before = await runOnShow();
    await runCell(page, "namespaces");
    while ((await runOnShow()) === before) await page.waitForTimeout(5);
    // The page hears of it in the next frame, and draws it later where there is much to draw.
    await page.$eval('vb-cell[data-cell="namespaces"]', async (cell) => {
      await new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(heard)));
      await (cell as unknown as CellWithRun).updateComplete;
    });
  };
  const run = async (source: string) => {
    await editCell(page, "namespaces", source);
    await start();
  };
  const printed = (text: string) =>
    page.waitForFunction(
      (wanted) =>
        document
          .querySelector('vb-cell[data-cell="namespaces"] .output')
          ?.textContent?.includes(wanted),
      text,
    );
  const kernel = () => page.innerText(".status-kernel");

  test("cells run in a worker of the page; no socket is opened", async () => {
    await run("ip -br link; echo $((6 * 7))");
    await waitForStatus(page, "namespaces", "done", 10_000);
    assert.match(await output("namespaces"), /^lo .*\r\n42\r\n$/);
    assert.match(await kernel(), /^the simulator of Linux /);
    assert.deepEqual(sockets, []);
    assert.equal(page.workers().length, 1);
  });

  test("time stands still, goes from event to event, and on at ten times the pace", async () => {
    await setPace(page, "Pause");
    await page.waitForSelector(".status-kernel[data-paused]");
    assert.equal(await kernel(), "Time stands still");
    await run("echo before; sleep 60; echo after");
    await printed("before");
    await page.waitForTimeout(1000);
    assert.equal(await output("namespaces"), "before\r\n");
    await picture(page, "simulator-paused");
    const step = page.getByRole("button", { name: "One event" });
    for (let steps = 0; (await output("namespaces")) === "before\r\n"; steps += 1) {
      assert.ok(steps < 100, "a hundred events and nobody woke");
      await step.click();
      await page.waitForTimeout(50);
    }
    await printed("after");
    await setPace(page, "10×");
    await editCell(page, "namespaces", "sleep 20; echo slept");
    const begin = performance.now();
    await start();
    await waitForStatus(page, "namespaces", "done");
    const seconds = (performance.now() - begin) / 1000;
    assert.ok(seconds > 1.9 && seconds < 15, `20 s took ${seconds.toFixed(1)} s`);
    assert.equal(await step.isDisabled(), true);
  });

  test("as fast as possible: an hour passes at once; Reset and a reload keep the pace", async () => {
    await setPace(page, "max");
    await run("sleep 3600; echo slept");
    await waitForStatus(page, "namespaces", "done", 10_000);
    await page.getByRole("button", { name: "Reset sandbox" }).click();
    await page.getByRole("button", { name: "Reset", exact: true }).click();
    await page.reload();
    await page
      .locator("label.pace", { hasText: "max" })
      .locator("input:checked")
      .waitFor({ state: "attached" });
    await start();
    await waitForStatus(page, "namespaces", "done", 10_000);
  });

  test("by the keyboard: one stop for Tab, arrow keys choose", async () => {
    await page.getByRole("radio", { name: "max" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>(".pace:nth-of-type(2) input")?.checked,
    );
    await page.keyboard.press("Tab");
    assert.match(
      await page.evaluate(() => document.activeElement?.textContent ?? ""),
      /Run all/,
      "a step is for when time stands still",
    );
  });

  test("a reload keeps what was printed and tells what it ended", async () => {
    await setPace(page, "1×");
    await run("for i in $(seq 1000); do echo tick $i; sleep 0.05; done");
    await printed("tick 5");
    const before = await output("namespaces");
    await page.reload();
    await waitForStatus(page, "namespaces", "lost", 10_000);
    const kept = await output("namespaces");
    assert.ok(kept.startsWith(before.slice(0, before.indexOf("tick 5"))), kept);
    await page.getByText("This page was left while this ran.").waitFor();
    await run("echo going on");
    await waitForStatus(page, "namespaces", "done", 10_000);
    assert.equal(await output("namespaces"), "going on\r\n");
  });

  test("a second tab works on a list of its own, and says that nothing keeps it", async () => {
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByText("This chapter is open in another tab").waitFor();
    await picture(second, "simulator-second-tab");
    await runCell(second, "namespaces");
    await waitForStatus(second, "namespaces", "done", 10_000);
    assert.equal(await output("namespaces"), "going on\r\n");
    await second.close();
    await page.reload();
    await page.locator('vb-cell[data-cell="namespaces"] .output').waitFor();
    assert.equal(await output("namespaces"), "going on\r\n");
    assert.equal(await page.getByText("open in another tab").count(), 0);
  });

  test("a mistake of the simulator becomes a sentence, and Run starts a new one", async () => {
    await run("echo alive; sleep 1000");
    await printed("alive");
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error("a bolt is loose");
      });
    });
    await waitForStatus(page, "namespaces", "lost", 10_000);
    await page
      .getByText("The simulator made a mistake: a bolt is loose. It ended while this ran.")
      .waitFor();
    assert.equal(await output("namespaces"), "alive\r\n");
    await picture(page, "simulator-mistake", 'vb-cell[data-cell="namespaces"]');
    await run("echo alive again");
    await waitForStatus(page, "namespaces", "done", 10_000);
  });

  test("a simulator that hangs is ended when the reader presses Stop", async () => {
    await run("echo alive; sleep 1000");
    await printed("alive");
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        for (;;);
      });
    });
    await stopCell(page, "namespaces");
    await page.getByText("The simulator did not answer. It ended while this ran.").waitFor();
    await run("echo alive again");
    await waitForStatus(page, "namespaces", "done", 10_000);
  });

  test("endless output leaves the page quick, and stops", async () => {
    await setPace(page, "max");
    await editCell(page, "namespaces", "yes");
    const longest = await longestTask(page, async () => {
      // Found by their place: to look for a role works the page itself.
      await page.click('vb-cell[data-cell="namespaces"] .run');
      await waitForStatus(page, "namespaces", "running");
      await page.waitForTimeout(2000);
      await page.click('vb-cell[data-cell="namespaces"] .stop');
      await page.locator(".cell-end", { hasText: "Stopped by Ctrl-C after" }).waitFor();
    });
    assert.match((await output("namespaces")).slice(0, 9), /^y\r\ny\r\ny\r\n/);
    assert.ok(longest <= LONGEST, `a task of ${longest.toFixed()} ms`);
  });

  for (const pace of ["10×", "max"] as const) {
    test(`Run all at ${pace} never blocks the page`, { timeout: 300_000 }, async () => {
      await setPace(page, pace);
      await page.getByRole("button", { name: "Reset sandbox" }).click();
      await page.getByRole("button", { name: "Reset", exact: true }).click();
      if (await page.getByRole("button", { name: "Revert to the author's text" }).count()) {
        await page.getByRole("button", { name: "Revert to the author's text" }).click();
      }
      const longest = await longestTask(page, async () => {
        await page.click(".status-actions .run");
        await page.waitForFunction(
          () =>
            [...document.querySelectorAll<HTMLElement>("vb-cell")].every((cell) =>
              ["done", "failed", "lost"].includes(cell.dataset.status ?? ""),
            ),
          undefined,
          { timeout: 280_000 },
        );
      });
      assert.ok(longest <= LONGEST, `a task of ${longest.toFixed()} ms`);
    });
  }

  test("every cell has ended as the chapter says", async () => {
    const wrong = (await cellsOf(page)).filter(({ status }) => status !== "done");
    assert.deepEqual(wrong, []);
  });

  test("a terminal: history, completion, and Ctrl-C ends ping with its statistics", async () => {
    await setPace(page, "1×");
    await page.getByRole("button", { name: "Terminals" }).click();
    await page.getByRole("tab", { name: "netns12:~ #" }).click();
    const rows = page.locator("#panel-netns12 .xterm-rows");
    await rows.getByText("netns12:~ #").first().waitFor();
    await page.keyboard.type("ping 192.168.5.22\n");
    await rows
      .getByText(/64 bytes from 192\.168\.5\.22: icmp_seq=2/)
      .first()
      .waitFor();
    await page.keyboard.press("Control+C");
    await rows
      .getByText(/packets transmitted/)
      .first()
      .waitFor();
    await page.keyboard.type("echo $((6 * 7))answers\n");
    await rows
      .getByText(/^42answers/)
      .first()
      .waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Control+U");
    await page.keyboard.type("ip li\t sh\t dev ve\t\n");
    await rows
      .getByText(/veth12@if\d+:/)
      .first()
      .waitFor();
    await page.keyboard.press("F6");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "tab");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      test(`axe finds nothing, and nothing overflows: ${colorScheme}, ${width} px`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        for (const pace of ["1×", "Pause"] as const) {
          await setPace(page, pace);
          await page.waitForTimeout(100);
          const { violations } = await new AxeBuilder({ page }).analyze();
          const found = violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`,
          );
          assert.deepEqual(found, [], pace);
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page is ${wide} px wide`);
        await picture(page, `simulator-${colorScheme}-${width}`);
      });
    }
  }

  test("the browser had nothing to complain about", () => {
    assert.deepEqual(
      complaints.filter((text) => !text.includes("a bolt is loose")),
      [],
    );
  });
});
