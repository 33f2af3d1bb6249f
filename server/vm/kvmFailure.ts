// Was it KVM that failed? QEMU says so only in words. A full disk, a damaged image or a missing file
// end a machine on KVM as well, and say nothing about KVM.
//
// Source: QEMU's accel/kvm/kvm-all.c and target/i386/kvm/kvm.c.
// Not here: what follows from it (kvm.ts).

import { isDiskFull } from "../image/program.ts";

/** What we say when QEMU has paused a machine by itself: the processor could not go on. */
export const processorFailure = "internal error of the processor";

const words = [
  processorFailure,
  "KVM internal error",
  "emulation failure",
  "\\bkvm-all\\.c:\\d+",
  "\\bkvm\\.c:\\d+",
  "\\bkvm_\\w+.*(failed|error)",
  "\\bkvm run failed",
  "failed to initialize kvm",
  "could not access KVM kernel module",
  "ioctl\\(KVM_\\w+\\)",
];
const telling = new RegExp(words.join("|"), "i");

/** True when these last words of a machine on KVM blame KVM itself. */
export function blamesKvm(said: string): boolean {
  return telling.test(said) && !isDiskFull(said);
}
