// The client of a terminal against a pretended agent: what it sends, and how it tells each end.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type IPty, spawn } from "node-pty";
import { buildAgent } from "./build.ts";
import { encodeFrame, type Frame, frameReader } from "./frames.ts";

let folder: string;
let server: Server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  await buildAgent(join(folder, "agent"));
  server = createServer().listen(join(folder, "socket"));
  await once(server, "listening");
});
after(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

type Attached = {
  readonly pty: IPty;
  readonly socket: Socket;
  /** Next frame that the client sends. */
  frame(): Promise<Frame>;
  /** All output once it holds the text. */
  shows(text: string): Promise<string>;
  readonly exit: Promise<number>;
};

async function attach(env: Record<string, string> = {}): Promise<Attached> {
  const pty = spawn(join(folder, "agent"), ["attach", join(folder, "socket"), "4026531840"], {
    ...{ cols: 91, rows: 31, env },
  });
  const exit = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => resolve(exitCode));
  });
  let output = "";
  const watchers = new Set<() => void>();
  pty.onData((data) => {
    output += data;
    for (const watcher of watchers) watcher();
  });
  const [socket] = (await once(server, "connection")) as [Socket];
  const frames: Frame[] = [];
  let wake: (() => void) | undefined;
  const read = frameReader((frame) => {
    frames.push(frame);
    wake?.();
  });
  socket.on("data", read);
  socket.on("error", () => {});
  return {
    pty,
    socket,
    exit,
    async frame() {
      while (frames.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return frames.shift() as Frame;
    },
    shows: (text) =>
      new Promise((resolve) => {
        const watcher = (): void => {
          if (output.includes(text)) resolve(output);
        };
        watchers.add(watcher);
        watcher();
      }),
  };
}

/** Closes its tty and waits for its end. */
async function finish({ pty, exit }: Attached): Promise<void> {
  pty.kill("SIGHUP");
  await exit;
}

test("it opens with its size, copies both ways raw, and passes a new size on", async () => {
  const attached = await attach();
  const opened = await attached.frame();
  assert.deepEqual(
    [opened.type, opened.payload.readUInt16BE(0), opened.payload.readUInt16BE(2)],
    ["O", 31, 91],
  );
  assert.equal(opened.payload.readUInt32BE(4), 4026531840);
  attached.pty.write("\x03\x1a\r\n\x04");
  const typed = await attached.frame();
  assert.deepEqual([typed.type, typed.payload.toString()], ["D", "\x03\x1a\r\n\x04"]);
  attached.socket.write(encodeFrame("D", 0, Buffer.from("a\nb\x1b[0m")));
  assert.equal(await attached.shows("b"), "a\nb\x1b[0m");
  attached.pty.resize(44, 12);
  const resized = await attached.frame();
  assert.deepEqual([resized.type, [...resized.payload]], ["W", [0, 12, 0, 44]]);
  attached.pty.kill("SIGHUP");
  assert.equal((await attached.frame()).type, "K");
  await attached.exit;
});

test("without a key its exit status tells the end", async () => {
  const ended = await attach();
  ended.socket.write(encodeFrame("E", 0, Uint8Array.of(7)));
  assert.equal(await ended.exit, 7);
  const refused = await attach();
  refused.socket.write(encodeFrame("X", 0, Buffer.from("No room.")));
  assert.equal(await refused.exit, 125);
  assert.match(await refused.shows("No room."), /^No room\.\r?\n$/);
  const lost = await attach();
  lost.socket.destroy();
  assert.equal(await lost.exit, 124);
});

test("with a key the end follows the last byte, and it waits to be read", async () => {
  const key = "c".repeat(32);
  const ended = await attach({ VETHBOOK_KEY: key });
  const last = "x".repeat(200_000);
  for (let at = 0; at < last.length; at += 50_000) {
    ended.socket.write(encodeFrame("D", 0, Buffer.from(last.slice(at, at + 50_000))));
  }
  ended.socket.end(encodeFrame("E", 0, Uint8Array.of(255)));
  const output = await ended.shows("\x07");
  assert.ok(output === `${last}\x1b]133;E;255;${key}\x07`);
  await finish(ended);
  const lost = await attach({ VETHBOOK_KEY: key });
  lost.socket.destroy();
  assert.equal(await lost.shows("\x07"), `\x1b]133;L;;${key}\x07`);
  await finish(lost);
  const refused = await attach({ VETHBOOK_KEY: key });
  refused.socket.write(encodeFrame("X", 0, Buffer.from("No room.")));
  assert.equal(await refused.shows("\x07"), `\x1b]133;X;No room.;${key}\x07`);
  await finish(refused);
});
