// The bubblewrap command line of a host sandbox: which part of this host a reader's shell can see,
// and how. Source: bwrap(1); the reasons were found by trying, each stands at its option.
// Not here: the limits that the agent sets from inside (server/agent/nest.c).

import { environmentPath } from "./limits.ts";

/** What the command line is made from; all paths are absolute. */
export type BwrapParts = {
  /** The root file system. */
  readonly tree: string;
  /** Files of this host that stand in for files of the tree, by their path in the sandbox. */
  readonly files: Readonly<Record<string, string>>;
  /** Mount points below /sys; other file systems may be writable where sysfs itself is not. */
  readonly sysMounts: readonly string[];
};

/** Arguments of bwrap, before the `--` and the program. */
export function bwrapLine({ tree, files, sysMounts }: BwrapParts): string[] {
  return [
    ...["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-ipc"],
    "--unshare-cgroup-try",
    ...["--uid", "0", "--gid", "0", "--cap-add", "ALL", "--hostname", "lab"],
    // The agent is process 1, so `ps` in the sandbox does not show this command line.
    ...["--die-with-parent", "--new-session", "--as-pid-1"],
    ...["--clearenv", "--setenv", "PATH", environmentPath],
    ...["--ro-bind", tree, "/", "--proc", "/proc", "--dev", "/dev"],
    // The agent and `ip netns exec` mount a sysfs of their own here. The kernel allows them that
    // only over one that is not more restricted. No file of it belongs to the sandbox's user.
    ...["--bind", "/sys", "/sys"],
    ...sysMounts.flatMap((path) => ["--tmpfs", path, "--remount-ro", path]),
    ...["--size", mebibytes(16), "--tmpfs", "/run", "--dir", "/run/netns"],
    ...["--size", mebibytes(32), "--tmpfs", "/tmp", "--size", mebibytes(32), "--tmpfs", "/root"],
    ...["--size", mebibytes(8), "--tmpfs", "/var/tmp"],
    ...Object.entries(files).flatMap(([inside, outside]) => ["--ro-bind", outside, inside]),
  ];
}

function mebibytes(count: number): string {
  return String(count * 1024 * 1024);
}
