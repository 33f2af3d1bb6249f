// Does a log give back the bytes that went in, and does a window keep the newest?

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, joined, outputLog } from "./outputLog.ts";

const chunk = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), history: false });

test("a log joins its pieces in order", () => {
  const log = outputLog();
  log.append(chunk(1, 2));
  log.append(chunk(3));
  assert.deepEqual([...joined(log)], [1, 2, 3]);
});

test("a window drops whole pieces at its front, never below its limit", () => {
  const log = outputLog(4);
  for (let byte = 0; byte < 9; byte += 1) log.append(chunk(byte, byte));
  assert.deepEqual([...joined(log)], [7, 7, 8, 8]);
  assert.equal(log.dropped, 7);
  assert.equal(log.size, 4);
});

test("base64 gives every byte value back", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assert.deepEqual(bytesOf(Buffer.from(all).toString("base64")), all);
});
