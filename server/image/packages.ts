// Which Debian packages the sandbox is made of, and which versions of them apt offers here.
// The list is explicit, libraries included: one question to apt answers all, and what a learner can
// call is readable here. The test of the tree proves that no library is missing.
// Source: apt-cache(8), deb-control(5).

import { SandboxError } from "../../shared/sandbox.ts";
import { runProgram } from "./program.ts";

/** What a learner types. */
const commands = [
  ..."bash dash coreutils grep sed mawk findutils diffutils less hostname debianutils".split(" "),
  ..."procps psmisc util-linux mount kmod libc-bin ncurses-bin".split(" "),
  ..."iproute2 iputils-ping iputils-arping tcpdump bridge-utils net-tools ethtool".split(" "),
  ..."traceroute netcat-openbsd".split(" "),
];
/** Names and numbers that the commands look up. */
const tables = "base-files netbase ncurses-base".split(" ");
const libraries = [
  ..."libc6 libtinfo6 libncursesw6 libselinux1 libpcre2-8-0 libgcc-s1".split(" "),
  ..."libacl1 libattr1 libgmp10 libcrypt1 libmnl0 libbsd0 libmd0 libcap2 libcap-ng0".split(" "),
  ..."libelf1 zlib1g libbpf1 libdb5.3 libxtables12 libtirpc3 libgssapi-krb5-2 libkrb5-3".split(" "),
  ..."libk5crypto3 libcom-err2 libkrb5support0 libkeyutils1 libpcap0.8 libdbus-1-3".split(" "),
  ..."libssl3 libsystemd0 libproc2-0 libidn2-0 libunistring2 libzstd1 liblz4-1 liblzma5".split(" "),
  ..."libgcrypt20 libgpg-error0 libblkid1 libmount1 libsmartcols1 libuuid1 libkmod2".split(" "),
  ..."libudev1 libaudit1 libpam0g".split(" "),
];
/** What makes the image, run from its own tree so that nothing need be installed. */
const builders = "squashfs-tools lz4 cpio liblzo2-2 busybox-static".split(" ");

/** One package as apt offers it. */
export type DebianPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
  readonly size: number;
  /** What it is for: the learner's tree, the making of the image, or the kernel. */
  readonly part: "tree" | "builder" | "kernel";
};

/** Asks apt for the candidate of every package of the image. Takes some seconds. */
export async function offeredPackages(): Promise<DebianPackage[]> {
  const kernel = await newestKernel();
  const tree = [...commands, ...tables, ...libraries];
  const names = [...tree, ...builders, kernel];
  const shown = await runProgram(["apt-cache", "show", "--no-all-versions", ...names]).catch(
    (error) => {
      throw new SandboxError(`apt does not know all packages of the image. ${error.message}`);
    },
  );
  const records = new Map(parseRecords(shown.toString()).map((one) => [one.Package, one]));
  return names.map((name) => {
    const record = records.get(name);
    const sha256 = record?.SHA256;
    if (!record || !sha256) {
      throw new SandboxError(`apt offers no package ${name}; this needs Debian 12's archive.`);
    }
    return {
      name,
      version: record.Version ?? "",
      architecture: record.Architecture ?? "",
      sha256,
      size: Number(record.Size),
      part: name === kernel ? "kernel" : builders.includes(name) ? "builder" : "tree",
    };
  });
}

/** The newest ABI of Debian 12's kernel for clouds: small, and LZ4, which unpacks fast. */
async function newestKernel(): Promise<string> {
  const pattern = "^linux-image-6\\.1\\.0-[0-9]+-cloud-amd64$";
  const found = await runProgram(["apt-cache", "search", "--names-only", pattern]);
  const names = found
    .toString()
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "");
  const abi = (name: string) => Number(/6\.1\.0-(\d+)-/.exec(name)?.[1] ?? 0);
  const newest = names.sort((a, b) => abi(b) - abi(a))[0];
  if (!newest) {
    throw new SandboxError(
      "apt offers no kernel linux-image-6.1.0-*-cloud-amd64 here; the VM image needs Debian 12 on amd64 as apt's source.",
    );
  }
  return newest;
}

/** Paragraphs of `Name: value` lines; continuation lines are of no use here. */
function parseRecords(text: string): Record<string, string>[] {
  return text.split("\n\n").map((paragraph) =>
    Object.fromEntries(
      paragraph
        .split("\n")
        .filter((line) => /^[A-Za-z0-9-]+:/.test(line))
        .map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon), line.slice(colon + 1).trim()];
        }),
    ),
  );
}
