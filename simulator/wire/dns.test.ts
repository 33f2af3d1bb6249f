// Are DNS messages written and read as they stand on the wire?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../random.ts";
import { DNS_TYPE, dnsAnswer, dnsQuestion } from "./dns.ts";

test("a question is as long as Linux's: 39 bytes for 10.0.1.1", () => {
  const message = dnsQuestion(61259, "1.1.0.10.in-addr.arpa", DNS_TYPE.PTR);
  assert.equal(message.length, 39);
  assert.deepEqual([...message.subarray(0, 6)], [0xef, 0x4b, 1, 0, 0, 1]);
});

test("an answer's first fitting record is read through its pointers", () => {
  const question = dnsQuestion(7, "1.1.0.10.in-addr.arpa", DNS_TYPE.PTR);
  const record = [0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 9, 6, ...Buffer.from("router"), 0xc0, 29];
  const message = Uint8Array.from([...question, ...record]);
  message[2] = 0x81;
  message[7] = 1;
  assert.deepEqual(dnsAnswer(message, DNS_TYPE.PTR), { id: 7, code: 0, value: "router.arpa" });
  assert.equal(dnsAnswer(question, DNS_TYPE.PTR), undefined, "a question is no answer");
});

test("any bytes end in an answer or in none", () => {
  const random = createRandom(5);
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: random.below(80) }, () => random.below(256));
    if (bytes.length > 2) bytes[2] = 0x80;
    assert.doesNotThrow(() => dnsAnswer(bytes, round % 2 === 0 ? DNS_TYPE.PTR : DNS_TYPE.A));
  }
});
