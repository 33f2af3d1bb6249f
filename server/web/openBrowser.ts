// Opens the reader's browser at the start, where there is a screen to open it on. Nothing depends
// on whether that works: the address is printed as well.
//
// Other users of this machine can read the arguments of every program, so the address holds a token
// that works once (access.ts).
//
// Not here: any shell; the program gets the address as one argument.

import { spawn } from "node:child_process";

/** Asks the desktop to open an address. Never throws. */
export function openBrowser(url: string, environment: NodeJS.ProcessEnv = process.env): void {
  const { DISPLAY, WAYLAND_DISPLAY } = environment;
  const mac = process.platform === "darwin";
  if (!mac && !DISPLAY && !WAYLAND_DISPLAY) {
    return;
  }
  const child = spawn(mac ? "open" : "xdg-open", [url], { stdio: "ignore", detached: true });
  // There may be no such program.
  child.on("error", () => undefined);
  child.unref();
}
