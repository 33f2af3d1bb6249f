// When a port of a VM is given to another terminal. The agent at the other end of the sockets is the
// test's own, so that a shell ends when the test wants it to.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock, test } from "node:test";
import { encodeFrame } from "../agent/frames.ts";
import { portCount, portSocket } from "./machineLine.ts";
import { terminalPorts } from "./terminalPorts.ts";

test("a port whose shell takes its time to hang up comes back when the shell is gone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  const server = createServer();
  const timers = mock.timers;
  try {
    const open = terminalPorts({ servePort: () => {} }, folder);
    const places = [await open("lab")];
    for (let count = 2; count < portCount; count++) places.push(await open(`name${count}`));
    await assert.rejects(open("more"), /all are open/);

    const [place] = places;
    assert.ok(place);
    server.listen(place.socket);
    await once(server, "listening");
    const connected = once(server, "connection");
    timers.enable({ apis: ["setTimeout"] });
    place.release();
    const [link] = await connected;
    await once(link, "data"); // it was asked to hang up
    timers.tick(3_600_000);
    await assert.rejects(open("more"), /all are open/, "its shell is still there");

    link.write(encodeFrame("E", 0, Uint8Array.of(129)));
    await once(link, "close");
    assert.equal((await open("more")).socket, place.socket);
    assert.notEqual(place.socket, portSocket(folder, 0));
  } finally {
    timers.reset();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
