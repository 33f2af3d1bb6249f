// Runs that follow a stopped run at once. Whoever stops presses Ctrl-C until the run has ended, so the
// last press may come when the shell already takes the next run; without KVM that happens often.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Sandbox } from "../../shared/sandbox.ts";
import { ensureImage } from "../image/image.ts";
import { openVmSandbox } from "./vmSandbox.ts";

let sandbox: Sandbox;

before(async () => {
  sandbox = await openVmSandbox(await ensureImage((text) => console.error(text)));
});
after(async () => sandbox[Symbol.asyncDispose]());

test("a Ctrl-C that comes late does not cost the next run", async () => {
  const terminal = await sandbox.terminal("lab", { columns: 80, rows: 24 });
  const ends: string[] = [];
  for (let run = 0; run < 12; run++) {
    const press = () => terminal.write(Uint8Array.of(3));
    const first = setTimeout(press, run * 3);
    const repeated = setInterval(press, 100);
    const nonce = randomBytes(16).toString("hex");
    for await (const event of terminal.run("sleep 30; echo never\nsleep 20", { nonce })) {
      if (event.type !== "output")
        ends.push(event.type === "exit" ? `${event.code}` : event.reason);
    }
    clearTimeout(first);
    clearInterval(repeated);
  }
  assert.deepEqual(
    ends,
    ends.map(() => "130"),
  );
});
