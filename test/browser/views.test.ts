// What a reader sees of the network beside the cells, on the simulator in the page: the topology as it is
// built, frames as lines and as ways, and both in every theme and width.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright-core";
import { picture, runCell, setPace, waitForStatus } from "../support/chapterPage.ts";
import { noChromium } from "../support/chromium.ts";
import { type Reading, startReading } from "../support/reading.ts";

describe("the views of chapter V", { skip: noChromium }, () => {
  const complaints: string[] = [];
  let reading: Reading | undefined;
  let page: Page;
  let topology: Locator;
  let packets: Locator;

  before(async () => {
    reading = await startReading("simulator");
    page = reading.page;
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    topology = page.locator("figure.view", { hasText: "Topology" });
    packets = page.locator("figure.view", { hasText: "Packets on all devices" });
    await page.waitForSelector("vb-pace .paces");
    await setPace(page, "max");
  });
  after(() => reading?.[Symbol.asyncDispose]());

  const run = async (cell: string) => {
    await runCell(page, cell);
    await waitForStatus(page, cell, "done", 30_000);
  };
  /** The rooms of the drawing, layer by layer. */
  const rooms = () =>
    topology
      .locator(".topology-layer")
      .evaluateAll((layers) =>
        layers.map((layer) =>
          [...layer.querySelectorAll(".room-name")].map(({ textContent }) =>
            (textContent ?? "").replace(/[+~\s]/g, ""),
          ),
        ),
      );

  test("before anything has run, views say so", async () => {
    await topology.getByText("Nothing has run yet").waitFor();
    await packets.getByText("Nothing has run yet").waitFor();
  });

  test("the topology grows with the cells and says what changed", async () => {
    await run("cables");
    await topology.getByText("7 namespaces and 6 cables. 6 cables not up.").waitFor();
    await run("hosts");
    await topology.getByText("Ethernet segments: S1 with 3 cables, S2 with 3 cables.").waitFor();
    assert.deepEqual(await rooms(), [
      ["netns11", "netns12"],
      ["netnsB1"],
      ["netnsR"],
      ["netnsB2"],
      ["netns21", "netns22"],
    ]);
    assert.equal(await topology.locator("path.cable").count(), 6);
  });

  test("its table and its addresses say the same", async () => {
    await topology.getByLabel("Addresses").check();
    await topology.locator(".port-address", { hasText: "192.168.5.11/24" }).waitFor();
    await topology.getByRole("button", { name: "As a table" }).click();
    const row = topology.locator("tbody tr", { hasText: "veth12B" }).filter({ hasText: "brB1" });
    assert.equal(await row.count(), 1);
    const host = topology.getByRole("row", { name: /^netns12 veth12 \(veth\)/ });
    assert.match(await host.innerText(), /veth12B in netnsB1\s+S1\s+192\.168\.5\.11\/24/);
  });

  test("a room opens its terminal, by the keyboard too", async () => {
    await topology.getByRole("button", { name: "netnsR" }).press("Enter");
    await page.getByRole("tab", { name: "netnsR:~ #", selected: true }).waitFor();
    await page.getByRole("button", { name: "Terminals" }).click();
  });

  test("one ping is one way: ARP, then request and reply", async () => {
    await run("ping-from-router");
    await packets.getByLabel("Filter").fill("host 192.168.5.22");
    await packets.getByText(/^\d+ of \d+ frames$/).waitFor();
    const lines = await packets.locator(".packet-text").allInnerTexts();
    assert.ok(lines.some((line) => /Request who-has 192\.168\.5\.22 tell/.test(line)));
    assert.ok(lines.some((line) => /ICMP echo reply/.test(line)));
    await packets.getByLabel("Ways").check();
    const way = packets.locator("details[open] .lanes li");
    await way.first().waitFor();
    const hops = await way.allInnerTexts();
    assert.match(hops[0] ?? "", /from netnsR veth2R to netnsB2 veth2RB:\s+Request who-has/);
    assert.match(hops.at(-1) ?? "", /to netnsR veth2R:\s+192\.168\.5\.22 > .* ICMP echo reply/);
    await way.first().getByRole("button").click();
    await packets.getByText("It exists because of this: neighbour 192.168.5.22").waitFor();
  });

  test("why a ping fails, in one sentence with the facts and their commands", async () => {
    await runCell(page, "ping-without-routes");
    await waitForStatus(page, "ping-without-routes", "done", 30_000);
    const why = page.locator("figure.view", { hasText: "Why 192.168.5.22 did not answer netns12" });
    await why
      .getByText(
        /^netns12 asked for 192\.168\.5\.22 on veth12 three times; nobody in segment S1 has it, its owner netns22 is in segment S2; the connected route 192\.168\.5\.0\/24 says it is on-link\.$/,
      )
      .waitFor();
    assert.equal(await why.getByRole("row", { name: /ip route get 192\.168\.5\.22/ }).count(), 1);
    await picture(page, "views-why", "figure.view:has-text('Why 192')");
  });

  test("a filter that is wrong is told, and the list stays", async () => {
    await packets.getByLabel("Filter").fill("host 192.168.5.22 and (");
    await packets.getByRole("alert").waitFor();
    assert.match(await packets.getByRole("alert").innerText(), /tcpdump does not know this filter/);
    assert.ok((await packets.locator(".lanes li").count()) > 0);
    await packets.getByLabel("Filter").fill("");
    await packets.getByLabel("Ways").uncheck();
    const list = packets.getByRole("listbox");
    await list.press("End");
    await packets.getByRole("option", { selected: true }).waitFor();
  });

  test("the file for Wireshark is offered", async () => {
    const download = page.waitForEvent("download");
    await packets.getByRole("button", { name: "Download pcapng" }).click();
    assert.equal((await download).suggestedFilename(), "vethbook.pcapng");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      test(`${colorScheme}, ${width} px`, async () => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.waitForTimeout(300);
        for (const [name, view] of Object.entries({ topology, packets })) {
          await view.scrollIntoViewIfNeeded();
          await picture(page, `views-${name}-${colorScheme}-${width}`);
        }
        const { violations } = await new AxeBuilder({ page }).include("vb-view").analyze();
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`,
        );
        assert.deepEqual(found, []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page is ${wide} px wide`);
      });
    }
  }

  test("nothing complained", () => assert.deepEqual(complaints, []));
});
