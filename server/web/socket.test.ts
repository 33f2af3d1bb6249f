// The page's socket, by real connections: the protocol, tabs, lost connections, back-pressure, and a
// server that is killed in the middle of a run.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SessionEvent } from "../../shared/session.ts";
import { bytesOf } from "../session/sandbox.fake.ts";
import { outputOf } from "../session/sessionPage.fake.ts";
import { comeIn, FakeBrowserPage, openSocket } from "./client.fake.ts";
import { type FakeServer, startFakeServer } from "./server.fake.ts";

let folder: string;
let server: FakeServer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-socket-"));
  server = await startFakeServer(folder);
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const cell = (name: string, source: string) => ({ cell: name, source, on: "lab" });
const isEnd = (event: SessionEvent) => event.type === "run-ended";
/** Facts without what differs from run to run. */
const shown = (events: readonly SessionEvent[]) => events.map((event) => JSON.stringify(event));

async function newPage(): Promise<FakeBrowserPage> {
  return new FakeBrowserPage(server.url, await comeIn(server.url));
}

test("a page is greeted, runs a cell and gets what it printed", async () => {
  const page = await newPage();
  await page.connect();
  const hello = await page.message("hello");
  assert.deepEqual(
    [hello.first, hello.head, hello.offer],
    [1, 0, { kind: "vm", label: "Linux 6.1 in memory" }],
  );
  page.send({ type: "run", cells: [cell("a", "say 100000 5")] });
  await page.until(isEnd);
  assert.deepEqual(outputOf(page.events, "a"), Buffer.from(bytesOf(100_000, 5)));
  assert.deepEqual(
    page.events.map(({ seq }) => seq),
    page.events.map((_event, index) => index + 1),
  );
  page.send({
    type: "terminal-open",
    terminal: "elsewhere",
    size: { columns: 80, rows: 24 },
  });
  const refused = await page.message("refused");
  assert.equal(refused.of, "terminal-open");
  assert.match(refused.reason, /no namespace elsewhere/);
  await server.source.opened.at(-1)?.observeNow(42);
  assert.equal((await page.message("state")).state.time, 42);
  page.drop();
});

test("two tabs see the same bytes, two readers do not see each other", async () => {
  const cookie = await comeIn(server.url);
  const [one, two] = [1, 2].map(() => new FakeBrowserPage(server.url, cookie));
  assert.ok(one && two);
  await one.connect();
  one.send({ type: "run", cells: [cell("a", "drip 60000 8")] });
  await one.until((event) => event.type === "run-output");
  await two.connect();
  two.send({ type: "terminal-open", terminal: "netns1", size: { columns: 80, rows: 24 } });
  two.send({ type: "terminal-input", terminal: "netns1", data: "ls\r" });
  const fits = (event: SessionEvent) =>
    event.type === "terminal-output" && event.terminal === "netns1";
  await Promise.all([one.until(isEnd), two.until(isEnd), one.until(fits), two.until(fits)]);
  assert.deepEqual(shown(one.events), shown(two.events));
  const stranger = await newPage();
  await stranger.connect();
  assert.equal((await stranger.message("hello")).head, 0);
  for (const page of [one, two, stranger]) {
    page.drop();
  }
});

test("RL1: ten lost connections at random moments, and the output is the same to the byte", async () => {
  const random = bytesOf(100, 2024);
  const page = await newPage();
  await page.connect();
  page.send({ type: "run", cells: [cell("a", "drip 150000 9")] });
  await page.until((event) => event.type === "run-started");
  let dropped = 0;
  for (; dropped < 10; dropped += 1) {
    const goal = page.events.length + 1 + ((random[dropped] ?? 0) % 100);
    while (page.events.length < goal && !page.events.some(isEnd)) {
      await page.news();
    }
    page.drop();
    await page.connect();
  }
  await page.until(isEnd);
  assert.deepEqual(outputOf(page.events, "a"), Buffer.from(bytesOf(150_000, 9)));
  assert.deepEqual(
    page.events.map(({ seq }) => seq),
    page.events.map((_event, index) => index + 1),
  );
  assert.equal(page.anew, 0, "it never had to start anew");
  page.drop();
});

test("a reload in the middle of a run, ten times, ends with the same bytes", async () => {
  const cookie = await comeIn(server.url);
  const first = new FakeBrowserPage(server.url, cookie);
  await first.connect();
  first.send({ type: "run", cells: [cell("a", "drip 150000 10")] });
  await first.until((event) => event.type === "run-output");
  first.drop();
  for (let index = 0; index < 10; index += 1) {
    const page = new FakeBrowserPage(server.url, cookie);
    await page.connect();
    await page.until((event) => event.type === "run-output");
    page.drop();
  }
  const last = new FakeBrowserPage(server.url, cookie);
  await last.connect();
  await last.until(isEnd);
  assert.deepEqual(outputOf(last.events, "a"), Buffer.from(bytesOf(150_000, 10)));
  last.drop();
});

test("a frame that is not in the protocol closes that connection with a reason, and no other", async () => {
  const cookie = await comeIn(server.url);
  const witness = new FakeBrowserPage(server.url, cookie);
  await witness.connect();
  await witness.message("hello");
  const open = JSON.stringify({ type: "open", chapter: "01-plain", since: 0 });
  const garbage: readonly (readonly (string | Buffer)[])[] = [
    ["nonsense"],
    ["{}"],
    ["[]"],
    ["null"],
    [JSON.stringify({ type: "open", chapter: "../x", since: 0 })],
    [JSON.stringify({ type: "open", chapter: "01-plain", since: -1 })],
    [JSON.stringify({ type: "open", chapter: "01-plain", since: 2 ** 52 })],
    [JSON.stringify({ type: "open", chapter: "01-plain", since: 0, extra: 1 })],
    [JSON.stringify({ type: "open", chapter: "no-such-chapter", since: 0 })],
    [JSON.stringify({ type: "reset" })],
    [open, open],
    [Buffer.from(open)],
    [open, JSON.stringify({ type: "shell", command: "id" })],
    [open, JSON.stringify({ type: "run", cells: [] })],
    [open, JSON.stringify({ type: "run", cells: [{ cell: "a", on: "$(id)", source: "x" }] })],
    [open, "\u0000"],
  ];
  for (const frames of garbage) {
    const socket = await openSocket(server.url, cookie);
    for (const frame of frames) {
      socket.send(frame);
    }
    const [code, reason] = await once(socket, "close");
    assert.equal(code, 1008, String(frames.at(-1)));
    assert.match(String(reason), /\.$/);
  }
  const big = await openSocket(server.url, cookie);
  big.send("x".repeat(300 * 1024));
  assert.equal((await once(big, "close"))[0], 1009);
  const broken = await openSocket(server.url, cookie);
  const stream: { write(bytes: Buffer): void } = Reflect.get(broken, "_socket");
  stream.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await once(broken, "close");
  witness.send({ type: "run", cells: [cell("a", "exit 4")] });
  const end = await witness.until(isEnd);
  assert.deepEqual(end.type === "run-ended" && end.end, { type: "exit", code: 4 });
  witness.drop();
});

test("more pages than one reader may have are refused", async () => {
  const cookie = await comeIn(server.url);
  const sockets = await Promise.all(
    Array.from({ length: 32 }, () => openSocket(server.url, cookie)),
  );
  await assert.rejects(openSocket(server.url, cookie), /429/);
  await Promise.all(
    sockets.map((socket) => {
      socket.terminate();
      return once(socket, "close");
    }),
  );
});

test("S22: an endless program neither fills memory nor keeps the page from being answered", async () => {
  const page = await newPage();
  await page.connect();
  page.send({ type: "terminal-open", terminal: "netns1", size: { columns: 80, rows: 24 } });
  await page.until((event) => event.type === "terminal-opened");
  const sandbox = server.source.opened.at(-1);
  assert.ok(sandbox);
  global.gc?.();
  const before = process.memoryUsage().rss;
  page.send({ type: "run", cells: [cell("a", "flood")] });
  // Far more than anything that is kept.
  while (sandbox.produced() < 24 * 1024 * 1024) {
    await page.news();
    page.events.splice(0);
  }
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 200 * 1024 * 1024, `${grown} bytes, both ends and a young heap included`);
  page.send({ type: "terminal-input", terminal: "netns1", data: "k" });
  const asked = sandbox.produced();
  await page.until((event) => event.type === "terminal-output" && event.terminal === "netns1");
  assert.ok(sandbox.produced() - asked < 4 * 1024 * 1024);
  const stopped = performance.now();
  page.send({ type: "stop" });
  await page.until(isEnd);
  assert.ok(performance.now() - stopped < 300);
  page.drop();
});

test("a page that takes nothing in stops the program; when it comes back it misses nothing", async () => {
  const page = await newPage();
  page.acknowledges = false;
  await page.connect();
  page.send({ type: "run", cells: [cell("a", "flood")] });
  const sandbox = await opened(page);
  let produced = -1;
  for (let quiet = 0; quiet < 500; quiet += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (sandbox.produced() !== produced) {
      produced = sandbox.produced();
      quiet = 0;
    }
  }
  assert.ok(produced < 1024 * 1024, `${produced} bytes were read ahead`);
  page.acknowledges = true;
  page.send({ type: "seen", seq: page.seq });
  await page.until((event) => event.type === "run-cut");
  page.send({ type: "stop" });
  await page.until(isEnd);
  page.drop();
});

async function opened(page: FakeBrowserPage) {
  await page.until((event) => event.type === "run-output");
  const sandbox = server.source.opened.at(-1);
  assert.ok(sandbox);
  return sandbox;
}

test("S30: kill -9 of the server in the middle of a run: the truth, and the reader goes on", async (context) => {
  const home = await mkdtemp(join(tmpdir(), "vethbook-kill-"));
  context.after(() => rm(home, { recursive: true }));
  const first = await startChild(context, home, 0);
  const cookie = await comeIn(first.url);
  const page = new FakeBrowserPage(first.url, cookie);
  await page.connect();
  page.send({ type: "run", cells: [cell("done", "say 3000 1"), cell("a", "drip 1000000 11")] });
  page.send({ type: "run", cells: [cell("later", "say 1 1")] });
  while (outputOf(page.events, "a").length < 40_000) {
    await page.news();
  }
  // On a busy machine the disk lags behind the page.
  while ((await bytesIn(home)) < 20_000) await setTimeout(20);
  await kill(first.child);
  page.drop();

  const second = await startChild(context, home, Number(new URL(first.url).port));
  await page.connect();
  await page.until((event) => event.type === "sandbox-ended");
  assert.equal(page.anew, 1, "numbers of the old server are not continued");
  assert.deepEqual(outputOf(page.events, "done"), Buffer.from(bytesOf(3000, 1)));
  const kept = outputOf(page.events, "a");
  const whole = Buffer.from(bytesOf(1_000_000, 11));
  assert.ok(kept.length > 0 && kept.equals(whole.subarray(0, kept.length)));
  const ends = page.events.flatMap((event) => (event.type === "run-ended" ? [event.end] : []));
  assert.deepEqual(
    ends.map((end) => (end.type === "lost" ? end.reason : end.code)),
    [
      0,
      "The server stopped while this ran. What was printed is kept. Run the cell again.",
      "The server stopped before this ran. Run the cell again.",
    ],
  );
  page.send({ type: "run", cells: [cell("a", "say 10 12")] });
  await page.until(
    (event) => event.type === "run-ended" && event.end.type === "exit" && event.seq > page.seq - 3,
  );
  assert.deepEqual(outputOf(page.events, "a"), Buffer.from(bytesOf(10, 12)));
  page.drop();
  await kill(second.child);
});

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // A draft may have got its name meanwhile.
  const sizes = files.map(({ parentPath, name }) =>
    stat(join(parentPath, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function startChild(context: TestContext, home: string, port: number) {
  const file = fileURLToPath(new URL("./server.fake.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, home, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => child.kill("SIGKILL"));
  const [url] = await once(createInterface(child.stdout), "line");
  return { child, url: String(url) };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
