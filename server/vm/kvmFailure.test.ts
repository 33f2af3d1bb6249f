// Which last words of QEMU blame KVM; each is one that QEMU 7.2 prints, or our sentence for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { blamesKvm } from "./kvmFailure.ts";

test("words that blame KVM", () => {
  for (const said of [
    "../../target/i386/kvm/kvm.c:3183: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.",
    "KVM internal error. Suberror: 1",
    "emulation failure",
    "error: kvm run failed Bad address",
    "-accel kvm: failed to initialize kvm: Permission denied",
    "ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy",
    "internal error of the processor (its console says: Booting)",
    "Starting the virtual machine for the first time failed: internal error of the processor",
  ]) {
    assert.ok(blamesKvm(said), said);
  }
});

test("words that do not", () => {
  for (const said of [
    "The disk is full: Saving the virtual machine's memory failed. Free about 500 MB (or point VETHBOOK_CACHE at another disk) and try again.",
    "no space left on the disk of its memory",
    "Could not open '/srv/kvm/cache/root.squashfs': No such file or directory",
    "could not load kernel '/kvm/vmlinux': error reading ELF",
    "shut down (its console says: Kernel panic - not syncing: No working init found.)",
    "the virtual machine did not answer within 30 s",
    "the saved state could not be transferred",
    "killed",
  ]) {
    assert.ok(!blamesKvm(said), said);
  }
});
