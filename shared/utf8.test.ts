// Is text written as everybody else writes it?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { utf8 } from "./utf8.ts";

test("any text comes out as Node.js writes it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepEqual(utf8(text), Uint8Array.from(Buffer.from(text)));
    }),
  );
  assert.deepEqual(utf8("\ud800"), Uint8Array.of(0xef, 0xbf, 0xbd));
});
