// Chapter V in a real browser: what the product promises first. Runs on the VM, on this host's kernel
// and on the simulator, unchanged.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  bytesOf,
  cellsOf,
  picture,
  runCell,
  setPace,
  tableRows,
  waitForStatus,
} from "../support/chapterPage.ts";
import { type Reading, startReading } from "../support/reading.ts";
import { cannotUse } from "../support/usableKinds.ts";

const borderMacs = { veth1R: "02:00:05:00:01:00", veth2R: "02:00:05:00:02:00" };
/** A VM without KVM on two busy cores takes minutes for what a kernel does in seconds. */
const runAllPatience = 600_000;

for (const kind of ["vm", "host", "simulator"] as const) {
  describe(`chapter V on the ${kind} sandbox`, { skip: cannotUse(kind) }, () => {
    let reading: Reading | undefined;
    let page: Page;

    before(async () => {
      reading = await startReading(kind);
      page = reading.page;
      if (kind === "simulator") await setPace(page, "max");
    });
    after(() => reading?.[Symbol.asyncDispose]());

    test("Run on experiment 4 alone runs what it needs, and Proxy ARP answers", async () => {
      await runCell(page, "ping-proxy-arp");
      await waitForStatus(page, "ping-proxy-arp", "done");
      const printed = (await bytesOf(page, "ping-proxy-arp")).toString();
      assert.match(printed, /64 bytes from 192\.168\.5\.22: icmp_seq=\d+ ttl=63/);
      await picture(page, `${kind}-experiment-4`, 'vb-cell[data-cell="ping-proxy-arp"]');
    });

    test("the ARP views then show the border NICs' MACs for the far hosts", async () => {
      for (const [namespace, address, device] of [
        ["netns12", "192.168.5.22", "veth1R"],
        ["netns22", "192.168.5.11", "veth2R"],
      ] as const) {
        const entry = page
          .locator("vb-view figure", { hasText: `ARP cache of ${namespace}` })
          .locator("tr", { hasText: address });
        await entry.filter({ hasText: device }).first().waitFor();
        const rows = await tableRows(page, "ping-proxy-arp", `ARP cache of ${namespace}`);
        const row = rows.find((fields) => fields[0] === address);
        assert.equal(
          row?.[2],
          `${borderMacs[device]} (${device})`,
          `${namespace}: ${rows.join("|")}`,
        );
      }
    });

    test("Run all: every cell ends as the chapter says", { timeout: 620_000 }, async () => {
      await page.getByRole("button", { name: "Run all" }).click();
      await page.getByRole("button", { name: "Reset and run all" }).click();
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll<HTMLElement>("vb-cell")].every((cell) =>
            ["done", "failed", "lost"].includes(cell.dataset.status ?? ""),
          ),
        undefined,
        { timeout: runAllPatience },
      );
      const wrong = (await cellsOf(page)).filter(({ status }) => status !== "done");
      assert.deepEqual(wrong, []);
    });

    test("the pings print what Linux prints", async () => {
      const expected: Readonly<Record<string, readonly RegExp[]>> = {
        "ping-without-routes": [
          /From 192\.168\.5\.11 icmp_seq=1 Destination Host Unreachable/,
          /3 packets transmitted, 0 received, \+3 errors, 100% packet loss/,
        ],
        "ping-with-host-routes": [/192\.168\.5\.22: icmp_seq=1 ttl=63/, / 0% packet loss/],
        "ping-reverse": [/192\.168\.5\.11: icmp_seq=1 ttl=63/, / 0% packet loss/],
        "ping-proxy-arp": [/192\.168\.5\.22: icmp_seq=\d ttl=63/, / 0% packet loss/],
        "ping-forwarding-off": [/From 192\.168\.5\.1 icmp_seq=\d Destination Host Unreachable/],
        "arping-forwarding-off": [/Received 0 response\(s\)/],
      };
      for (const [cell, patterns] of Object.entries(expected)) {
        const printed = (await bytesOf(page, cell)).toString();
        for (const pattern of patterns) assert.match(printed, pattern, cell);
      }
    });
  });
}
