// Which kernel the machine says it runs: the one whose behaviour it follows (uname(2)).
// Not here: what that kernel does.

/** Names as uname(2) and /proc/version give them. */
export const KERNEL = {
  name: "Linux",
  release: "6.1.0-56-cloud-amd64",
  version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)",
  builder:
    "(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)",
  machine: "x86_64",
} as const;
