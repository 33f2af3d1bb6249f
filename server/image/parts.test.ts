// The two formats that we read ourselves: bzImage and kernel modules.

import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelPayload } from "./kernelImage.ts";
import { dependencies, withoutSignature } from "./modules.ts";
import { failureSentence } from "./program.ts";

function bzImage(payload: Buffer): Buffer {
  const image = Buffer.alloc(0x2000 + payload.length);
  image.writeUInt8(7, 0x1f1); // setup sectors: protected-mode code begins at 8 * 512
  image.write("HdrS", 0x202, "latin1");
  image.writeUInt32LE(0x100, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  payload.copy(image, 8 * 512 + 0x100);
  return image;
}

test("the payload of a bzImage is found and its length word is left out", () => {
  const payload = Buffer.from("02214c18" + "aabbccdd" + "04000000", "hex");
  assert.equal(kernelPayload(bzImage(payload)).toString("hex"), "02214c18aabbccdd");
});

test("a kernel that is something else is refused in a sentence", () => {
  assert.throws(() => kernelPayload(Buffer.alloc(100)), /not a bzImage; the image cannot be made/);
  assert.throws(
    () => kernelPayload(bzImage(Buffer.from("fd377a585a0000000000", "hex"))),
    /not compressed by LZ4/,
  );
});

test("what a module depends on is read from it", () => {
  const module = Buffer.from(
    "\x7fELF....\0license=GPL\0depends=stp,llc,nf-x\0name=bridge\0",
    "latin1",
  );
  assert.deepEqual(dependencies(module), ["stp", "llc", "nf_x"]);
  assert.deepEqual(dependencies(Buffer.from("\0depends=\0name=veth\0")), []);
  assert.deepEqual(dependencies(Buffer.from("no such entry")), []);
});

test("a module's signature is cut off, and only that", () => {
  const body = Buffer.from("\x7fELF module body");
  const header = Buffer.alloc(12);
  header.writeUInt32BE(5, 8);
  const signed = Buffer.concat([
    body,
    Buffer.from("12345"),
    header,
    Buffer.from("~Module signature appended~\n"),
  ]);
  assert.deepEqual(withoutSignature(signed), body);
  assert.deepEqual(withoutSignature(body), body);
});

test("a full disk is told as such, whoever met it", () => {
  for (const said of [
    "ENOSPC: no space left on device, write",
    "tar: x: No space left on device",
  ]) {
    assert.match(
      failureSentence("Packing", said).message,
      /^The disk is full: Packing failed\. Free /,
    );
  }
  const message = failureSentence(
    "The program tar",
    "tar: one\ntar: Error: two\ntar: exiting\n",
  ).message;
  assert.equal(message, "The program tar failed: tar: Error: two");
});
