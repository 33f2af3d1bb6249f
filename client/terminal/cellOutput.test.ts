// Does a cell show as text what a terminal would show, and nothing else? Runs the real code in
// Chromium: there is no DOM in Node. S18, S19 and S23 of the list of what must be safe.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { launchChromium, noChromium } from "../../test/support/chromium.ts";
import type { Shown } from "./cellOutput.fixture.ts";

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);

/** The code under test as one script that any page can load. */
async function bundle(): Promise<string> {
  const entry = join(import.meta.dirname, "cellOutput.fixture.ts");
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "fixture" } },
  });
  const [first] = Array.isArray(result) ? result : [result];
  assert.ok(first && "output" in first);
  return first.output[0].code;
}

describe("output of a cell", { skip: noChromium }, () => {
  let browser: Browser;
  let page: Page;

  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundle() });
  });
  after(() => browser.close());

  function print(...pieces: (string | Uint8Array)[]) {
    const bytes = pieces.map((piece) => [
      ...(typeof piece === "string" ? new TextEncoder().encode(piece) : piece),
    ]);
    return page.evaluate(
      (list) => (globalThis as unknown as { show(list: number[][]): Promise<Shown> }).show(list),
      bytes,
    );
  }

  test("text, line ends and overwriting by carriage return", async () => {
    const { text } = await print("one\r\ntwo\r\n10%\r100%\r\n\r\nlast");
    assert.equal(text, "one\ntwo\n100%\n\nlast\n");
  });

  test("markup stays text", async () => {
    const { html, text } = await print("<script>alert(1)</script><img src=x onerror=alert(1)>\r\n");
    assert.equal(text, "<script>alert(1)</script><img src=x onerror=alert(1)>\n");
    assert.match(html, /^&lt;script&gt;/);
  });

  test("colours become spans with classes; 256 and true colours become styles", async () => {
    const { html } = await print(
      `${esc}[1;32mUP${esc}[0m ${esc}[38;5;208mo${esc}[0m ${esc}[48;2;1;2;3mb${esc}[0m plain`,
    );
    assert.match(html, /<span class="t-bold t-fg2">UP<\/span>/);
    assert.match(html, /style="color: rgb\(255, 135, 0\);">o</);
    assert.match(html, /style="background-color: rgb\(1, 2, 3\);">b</);
    assert.match(html, / plain/);
  });

  test("titles, links, the clipboard and questions leave no trace", async () => {
    const quiet = [
      `${esc}]0;title${bell}`,
      `${esc}]8;;javascript:alert(1)${bell}link${esc}]8;;${bell}`,
      `${esc}]52;c;c2VjcmV0${bell}`,
      `${esc}[c${esc}[6n${esc}[>c${esc}[?25$p${esc}P$q"p${esc}\\`,
    ];
    const { html } = await print(...quiet);
    assert.equal(html, "link\n");
    assert.equal(await page.title(), "");
  });

  test("a long line stays one line, so that it is copied as it was printed", async () => {
    const line = "0123456789".repeat(37);
    assert.equal((await print(`${line}\r\nnext\r\n`)).text, `${line}\nnext\n`);
  });

  test("the same bytes in any pieces show the same", async () => {
    const bytes = new TextEncoder().encode(
      `ä€日本😀 ${esc}[31mred${esc}[0m ${esc}]0;t${bell}end\r\n`,
    );
    const whole = await print(bytes);
    assert.match(whole.text, /^ä€日本😀 red end/);
    for (let at = 1; at < bytes.length; at += 1) {
      assert.deepEqual(
        await print(bytes.subarray(0, at), bytes.subarray(at)),
        whole,
        `cut at ${at}`,
      );
    }
  });

  test("the newest 5000 lines are kept, and it is told that others were not", async () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `line ${from + index}\r\n`).join("");
    const all = await print(lines(0, 4000));
    assert.equal(all.cut, false);
    assert.ok(all.text.startsWith("line 0\nline 1\n"));
    const pieces = Array.from({ length: 20 }, (_, index) =>
      lines(index * 1000, index * 1000 + 1000),
    );
    const cut = await print(...pieces);
    assert.equal(cut.cut, true);
    const shown = cut.text.trimEnd().split("\n");
    assert.equal(shown.at(-1), "line 19999");
    assert.ok(shown.length >= 5000 && shown.length <= 5030, String(shown.length));
    assert.deepEqual(
      shown,
      shown.map((_, index) => `line ${20_000 - shown.length + index}`),
    );
  });
});
