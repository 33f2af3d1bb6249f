// Are frames found wherever the chunks of a stream end?

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, type Frame, frameReader } from "./frames.ts";

test("frames survive every split of their bytes", () => {
  const payloads = [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(300, 7)];
  const bytes = Buffer.concat(payloads.map((payload, index) => encodeFrame("D", index, payload)));
  for (let split = 0; split <= bytes.length; split++) {
    const frames: Frame[] = [];
    const read = frameReader((frame) => frames.push(frame));
    read(bytes.subarray(0, split));
    read(bytes.subarray(split));
    assert.deepEqual(
      frames.map(({ type, channel, payload }) => [type, channel, Buffer.from(payload)]),
      payloads.map((payload, index) => ["D", index, payload]),
    );
  }
});

test("the longest payload fits, one byte more does not", () => {
  assert.deepEqual(
    [...encodeFrame("R", 63, Buffer.alloc(65535)).subarray(0, 4)],
    [82, 63, 255, 255],
  );
  assert.throws(() => encodeFrame("R", 63, Buffer.alloc(65536)), RangeError);
});
