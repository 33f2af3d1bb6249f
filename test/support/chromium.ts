// One headless Chromium for a test file. Without the switches below a browser on a machine that
// has no Internet spends its first seconds looking for it.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is on this machine; undefined when it is not installed. */
export const chromiumPath = candidates.find((path) => existsSync(path));

/** Why browser tests are skipped here, or false. */
export const noChromium: string | false =
  chromiumPath === undefined && "Chromium is not installed (apt-get install chromium)";

/** Launches Chromium; close it at the end of the test file. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
