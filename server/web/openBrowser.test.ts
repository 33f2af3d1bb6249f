// What the program that opens the browser is told: an address that comes in once. A program of the
// test's own stands in for xdg-open and says what it was called with.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask, comeIn } from "./client.fake.ts";
import { type FakeServer, startFakeServer } from "./server.fake.ts";

const { PATH, DISPLAY } = process.env;
const calls = createServer();
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-web-"));
  calls.listen(0, "127.0.0.1");
  await once(calls, "listening");
  const { port } = calls.address() as AddressInfo;
  const program = `#!${process.execPath}
fetch("http://127.0.0.1:${port}/" + encodeURIComponent(process.argv[2]));\n`;
  for (const name of ["xdg-open", "open"]) {
    await writeFile(join(folder, name), program, { mode: 0o755 });
  }
  process.env.PATH = folder;
  process.env.DISPLAY = ":none";
});

after(async () => {
  process.env.PATH = PATH;
  if (DISPLAY === undefined) delete process.env.DISPLAY;
  else process.env.DISPLAY = DISPLAY;
  calls.close();
  await rm(folder, { recursive: true });
});

/** A server, and the address that it opened. */
async function openedServer(name: string): Promise<{ server: FakeServer; opened: URL }> {
  const called = once(calls, "request", { signal: AbortSignal.timeout(20_000) });
  const server = await startFakeServer(join(folder, name), { port: 0, open: true });
  const [request, response] = await called;
  response.end();
  return { server, opened: new URL(decodeURIComponent(request.url.slice(1))) };
}

test("the opened address comes in once, the printed one as often as it is used", async () => {
  const { server, opened } = await openedServer("once");
  try {
    const path = opened.pathname + opened.search;
    assert.equal(opened.origin, new URL(server.url).origin);
    assert.notEqual(opened.href, server.url);
    const statuses = await Promise.all([ask(server.url, path), ask(server.url, path)]);
    assert.deepEqual(statuses.map(({ status }) => status).sort(), [303, 401], "also at once");
    assert.equal((await ask(server.url, path)).status, 401);
    assert.notEqual(await comeIn(server.url), "");
    assert.notEqual(await comeIn(server.url), "");
  } finally {
    await server.close();
  }
});

test("a browser that is known already uses the opened address up as well", async () => {
  const { server, opened } = await openedServer("known");
  try {
    const path = opened.pathname + opened.search;
    const Cookie = await comeIn(server.url);
    assert.equal((await ask(server.url, path, { Cookie })).status, 303);
    assert.equal((await ask(server.url, path)).status, 401);
  } finally {
    await server.close();
  }
});
