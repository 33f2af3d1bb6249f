// Are bytes written as everybody else writes them?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { base64 } from "./base64.ts";

test("any bytes come out as Node.js writes them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
    }),
  );
});
