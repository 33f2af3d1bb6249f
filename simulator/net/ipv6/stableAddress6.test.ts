// The address that a kernel 6.1 made from the secret 2001:db8::1.

import assert from "node:assert/strict";
import { test } from "node:test";
import { a6 } from "./ipv6.fixture.ts";
import { stableIdentifier } from "./stableAddress6.ts";

test("a secret gives Linux's identifier", () => {
  assert.equal(stableIdentifier(a6("2001:db8::1"), "fe80000000000000"), "88cf4891a68ce03f");
  assert.notEqual(stableIdentifier(a6("2001:db8::2"), "fe80000000000000"), "88cf4891a68ce03f");
});
