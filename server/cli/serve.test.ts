// Does `serve` print its address, end cleanly when it is told to, and refuse in one sentence?

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { availableKinds } from "../sandboxes/choose.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const host = (await availableKinds()).find((one) => one.kind === "host");
const skip = host?.reason ?? false;
const started: ChildProcess[] = [];
let state: string;

before(async () => {
  state = await mkdtemp(join(tmpdir(), "vethbook-serve-"));
});
after(async () => {
  for (const child of started) child.kill("SIGKILL");
  await rm(state, { recursive: true });
});

function serve(port: number) {
  const args = ["server/bin/vethbook.mjs", "serve", "--sandbox", "host", "--port", String(port)];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, VETHBOOK_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const address = new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      const url = /http:\/\/\S+\n/.exec(text)?.[0];
      if (url !== undefined) resolve(url.trim());
    });
    child.once("close", () => reject(new Error(errors)));
  });
  address.catch(() => {});
  return { child, ended, address, errors: () => errors };
}

/** A plain request, as a browser's address bar sends it. */
function statusOf(url: URL): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once("error", reject);
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`prints an address that answers, and ends with status 0 on ${signal}`, {
    skip,
  }, async () => {
    const { child, ended, address } = serve(0);
    const url = new URL(await address);
    assert.equal(url.hostname, "127.0.0.1");
    assert.ok((url.searchParams.get("token") ?? "").length >= 32);
    assert.equal(await statusOf(url), 303);
    child.kill(signal);
    assert.equal(await ended, 0);
    await assert.rejects(statusOf(url), /ECONNREFUSED/);
  });
}

test("a port that is taken is refused in one sentence", { skip }, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = other.address();
  assert.ok(typeof taken === "object" && taken !== null);
  const { ended, errors } = serve(taken.port);
  assert.equal(await ended, 1);
  other.close();
  assert.match(errors(), new RegExp(`${taken.port}`));
  assert.equal(errors().trimEnd().includes("\n"), false, errors());
});
