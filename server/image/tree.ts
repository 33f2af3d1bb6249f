// Unpacks Debian packages into one folder, the root file system that a learner sees. Nothing is
// configured by maintainer scripts; what they would have made and a learner can meet is made here.
// Not here: which packages (packages.ts), kernel modules (modules.ts).

import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./program.ts";

/** Documentation and what belongs to package management: half of the bytes, nothing a command reads. */
const leftOut = [
  ..."doc man locale info lintian bug bash-completion zsh fish perl5 initramfs-tools".split(" "),
  ..."metainfo pam pam-configs polkit-1 gcc common-licenses menu base-files gdb".split(" "),
].map((name) => `./usr/share/${name}`);
const leftOutElsewhere = [
  ..."./etc/init.d ./etc/pam.d ./etc/apparmor.d ./etc/update-motd.d ./etc/cron.* ./etc/xdg".split(
    " ",
  ),
  ..."./lib/systemd ./usr/lib/systemd ./lib/init ./lib/udev ./usr/lib/*/gconv".split(" "),
  ..."./usr/lib/*/engines-3 ./usr/lib/*/ossl-modules ./usr/lib/*/krb5 ./lib/*/security".split(" "),
  ..."./etc/security ./usr/lib/*/audit ./usr/lib/*/perl* ./sbin/ldconfig".split(" "),
];

/** Folders that packages do not bring but a running system has. */
const mountPoints = "proc sys dev run tmp root home mnt var/tmp var/log usr/lib/modules".split(" ");

/** Links that update-alternatives(1) or a maintainer script would make. */
const links: readonly (readonly [string, string])[] = [
  ["usr/bin/awk", "mawk"],
  ["usr/bin/nc", "nc.openbsd"],
  ["usr/bin/netcat", "nc.openbsd"],
  ["usr/bin/traceroute", "traceroute.db"],
  ["usr/bin/pager", "less"],
  ["usr/bin/which", "which.debianutils"],
  ["usr/bin/sh", "dash"],
  ["etc/mtab", "../proc/self/mounts"],
  ["var/run", "../run"],
  ["usr/share/terminfo", "../lib/terminfo"],
];

/** Unpacks the packages into `tree` with /bin, /sbin and /lib being links into /usr. */
export async function unpackPackages(debs: readonly string[], tree: string): Promise<void> {
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await mkdir(join(tree, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(tree, name));
  }
  const excluded = [...leftOut, ...leftOutElsewhere].map((path) => `--exclude=${path}`);
  const flags = ["--keep-directory-symlink", "--no-same-owner", "--no-same-permissions"];
  for (const deb of debs) {
    const archive = await runProgram(["dpkg-deb", "--fsys-tarfile", deb]);
    await runProgram(["tar", "-x", "-C", tree, ...flags, ...excluded], { stdin: archive });
  }
}

/** Turns unpacked packages into a root file system: /etc, folders, links, the sandbox's own files. */
export async function finishTree(tree: string, own: OwnFiles): Promise<void> {
  for (const name of mountPoints) await mkdir(join(tree, name), { recursive: true });
  for (const [path, target] of links) {
    await rm(join(tree, path), { recursive: true, force: true });
    await symlink(target, join(tree, path)).catch(() => {}); // its folder came in no package
  }
  await cp(own.guest, tree, { recursive: true });
  await mkdir(join(tree, "etc/vethbook"), { recursive: true });
  await cp(own.bashrc, join(tree, "etc/vethbook/bashrc"));
  await cp(own.agent, join(tree, "usr/sbin/vethbook-agent"));
  await removeStaticLibraries(join(tree, "usr/lib"));
  await writeFile(join(tree, "etc/shells"), "/bin/sh\n/bin/bash\n");
  // Readable by the host sandbox's user; no set-user-id file may stand in somebody's cache.
  await runProgram(["chmod", "-R", "u+rwX,go+rX,go-w,a-s", tree]);
  await runProgram(["chmod", "1777", join(tree, "tmp"), join(tree, "var/tmp")]);
}

/** Files of the sandbox that come from no package. */
export type OwnFiles = {
  /** Folder laid over the tree. */
  readonly guest: string;
  readonly bashrc: string;
  /** The agent, compiled. */
  readonly agent: string;
};

async function removeStaticLibraries(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.name.endsWith(".a")) await rm(join(entry.parentPath, entry.name));
  }
}
