// Are BPDUs written and read as bridges send them?

import assert from "node:assert/strict";
import { test } from "node:test";
import { bridgeId, configFrame, parseBpdu, tcnFrame } from "./stp.ts";

/** Recorded by tcpdump -xx from a bridge with one port on Linux 6.1. */
const RECORDED =
  "0180c20000000200000000010026424203000000000080000200000000010000000080000200000000018001000014000200 0f00".replace(
    / /g,
    "",
  );

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ROOT = bridgeId(0x8000, 0x020000000001);

test("a configuration BPDU has the bytes that Linux sends", () => {
  const frame = configFrame(0x0180c2000000, 0x020000000001, {
    topologyChange: false,
    topologyChangeAck: false,
    root: ROOT,
    rootPathCost: 0,
    bridge: ROOT,
    port: 0x8001,
    messageAge: 0,
    maxAge: 20 * 256,
    helloTime: 2 * 256,
    forwardDelay: 15 * 256,
  });
  assert.equal(Buffer.from(frame).toString("hex"), RECORDED);
});

test("a recorded BPDU is read back", () => {
  const bpdu = parseBpdu(bytesOf(RECORDED));
  assert.ok(bpdu?.type === "config");
  assert.equal(bpdu.config.root, ROOT);
  assert.equal(bpdu.config.port, 0x8001);
  assert.equal(bpdu.config.forwardDelay, 3840);
});

test("a topology change notification is 21 bytes long", () => {
  const frame = tcnFrame(0x0180c2000000, 0x020000000001);
  assert.equal(frame.length, 21);
  assert.deepEqual(parseBpdu(frame), { type: "tcn", version: 0 });
});

test("bytes that are no BPDU, or end too early, are none", () => {
  const whole = bytesOf(RECORDED);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(parseBpdu(whole.subarray(0, length)), undefined);
  }
  const other = Uint8Array.from(whole);
  other[14] = 0xaa;
  assert.equal(parseBpdu(other), undefined);
});
