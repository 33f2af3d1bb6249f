// Cuts the uncompressed kernel (an ELF file with a PVH entry) out of Debian's vmlinuz, so that the
// VM does not have to decompress it at every cold boot: under emulation that is most of a second.
// Source: Documentation/x86/boot.rst (setup_sects, payload_offset, payload_length); the payload of
// Debian's cloud kernels is an LZ4 frame of the legacy format and a 4-byte length.

import { SandboxError } from "../../shared/sandbox.ts";

const lz4LegacyMagic = 0x184c2102;

/** The compressed payload of a bzImage, without the length word behind it. */
export function kernelPayload(vmlinuz: Buffer): Buffer {
  if (vmlinuz.length < 0x1000 || vmlinuz.toString("latin1", 0x202, 0x206) !== "HdrS") {
    throw new SandboxError("The kernel of the package is not a bzImage; the image cannot be made.");
  }
  const setupSectors = vmlinuz.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + vmlinuz.readUInt32LE(0x248);
  const end = start + vmlinuz.readUInt32LE(0x24c) - 4;
  if (end > vmlinuz.length || vmlinuz.readUInt32LE(start) !== lz4LegacyMagic) {
    throw new SandboxError(
      "The kernel of the package is not compressed by LZ4; the image cannot be made from it.",
    );
  }
  return vmlinuz.subarray(start, end);
}

/** Refuses what is no 64-bit ELF file: a half-decompressed kernel must not reach QEMU. */
export function assertElf(kernel: Buffer): void {
  if (kernel.toString("latin1", 0, 5) !== "\x7fELF\x02") {
    throw new SandboxError("The kernel did not unpack to an ELF file; build the image again.");
  }
}
