// What a test does on a chapter's page, in a reader's words: run a cell, read what it printed, read
// a table beside it.

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

export const slug = "05-routing-namespace";

/** A cell as the page shows it at this moment. */
export type SeenCell = { readonly id: string; readonly status: string; readonly text: string };

/** Opens the printed address and from its list chapter V, as a reader with a new browser does. */
export async function openChapter(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await page.click(`a[href="/chapters/${slug}"]`);
  await page.waitForSelector("vb-cell[data-status]");
  return page;
}

/** Every shell cell of the page, in order. */
export function cellsOf(page: Page): Promise<readonly SeenCell[]> {
  return page.$$eval("vb-cell", (cells) =>
    cells.map((cell) => ({
      id: cell.getAttribute("data-cell") ?? "",
      status: cell.getAttribute("data-status") ?? "",
      text: cell.textContent ?? "",
    })),
  );
}

/** The bytes that the newest run of a cell has printed. */
export async function bytesOf(page: Page, cell: string): Promise<Buffer> {
  const text = await page.$eval(`vb-cell[data-cell="${cell}"]`, (element) =>
    Array.from((element as unknown as { bytes: Uint8Array }).bytes, (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join(""),
  );
  return Buffer.from(text, "hex");
}

/** Presses Run of a cell, which first runs what the cell needs. */
export async function runCell(page: Page, cell: string): Promise<void> {
  await page.getByRole("button", { name: `Run ${cell}`, exact: true }).click();
}

/** Chooses how time passes in the simulator: "Pause", "1×", "10×" or "max". */
export async function setPace(page: Page, pace: string): Promise<void> {
  await page.locator("label.pace", { hasText: pace }).click();
  await page.locator("label.pace", { hasText: pace }).locator("input:checked").waitFor({
    state: "attached",
  });
}

/** Presses Stop of a running cell. */
export async function stopCell(page: Page, cell: string): Promise<void> {
  await page.getByRole("button", { name: `Stop ${cell}`, exact: true }).click();
}

/** Opens the editor of a cell, replaces its text by typing, and leaves it. */
export async function editCell(page: Page, cell: string, source: string): Promise<void> {
  await page.getByRole("button", { name: `Edit: ${cell}`, exact: true }).click();
  await page.click(`vb-cell[data-cell="${cell}"] .cell-editor[data-ready]`);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(source);
  await page.getByRole("button", { name: `Done: ${cell}`, exact: true }).click();
}

/** Waits until a cell has a status, such as "done"; `patience` in milliseconds. */
export async function waitForStatus(
  page: Page,
  cell: string,
  status: string,
  patience = 240_000,
): Promise<void> {
  await page.waitForSelector(`vb-cell[data-cell="${cell}"][data-status="${status}"]`, {
    timeout: patience,
  });
}

/** Rows of a live table by its title ("ARP cache of netns12"), each as its cells' text. */
export function tableRows(page: Page, after: string, title: string): Promise<string[][]> {
  return page.evaluate(
    ([cell, name]) => {
      const from = document.querySelector(`vb-cell[data-cell="${cell}"]`);
      const figure = [...document.querySelectorAll("vb-view figure")].find(
        (candidate) =>
          from &&
          from.compareDocumentPosition(candidate) & Node.DOCUMENT_POSITION_FOLLOWING &&
          candidate.querySelector(".view-title")?.textContent === name,
      );
      return [...(figure?.querySelectorAll("tbody tr") ?? [])].map((row) =>
        [...row.querySelectorAll("td")].map((field) => (field as HTMLElement).innerText.trim()),
      );
    },
    [after, title] as const,
  );
}

/** Saves a picture where VETHBOOK_PICTURES says; without it there is none. */
export async function picture(page: Page, name: string, selector?: string): Promise<void> {
  const folder = process.env.VETHBOOK_PICTURES;
  if (folder === undefined) return;
  if (selector) await page.locator(selector).first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
