// Do pages come back soon, but not all at once and not ever more rarely?

import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelay } from "./backoff.ts";

test("the first try comes within half a second", () => {
  assert.ok(retryDelay(1, 0) >= 100 && retryDelay(1, 1) <= 500);
});

test("tries become rarer, up to ten seconds", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 60].map((attempt) => retryDelay(attempt, 1)),
    [500, 1000, 2000, 4000, 8000, 10_000, 10_000],
  );
});

test("chance spreads pages over half of the wait", () => {
  assert.equal(retryDelay(6, 0), 5000);
});
