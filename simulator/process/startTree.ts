// What is in the files at the start: the folders of a Debian, its programs, a few settings in /etc,
// and the file systems that the kernel makes up.
// /run/netns comes with the first named namespace, as `ip netns add` makes it; names there that a
// namespace has been mounted on follow the machine's table of names.
// Not simulated: packages, libraries, manuals, users other than root.

import type { Clock } from "../clock.ts";
import { deviceFolder } from "./deviceFiles.ts";
import {
  type FileNode,
  type FolderNode,
  folder,
  link,
  namespaceNode,
  textFile,
} from "./fileNodes.ts";
import type { FileSystem } from "./fileSystem.ts";
import { createFileTree } from "./fileTree.ts";
import { netnsNamesOf } from "./mountNamespaces.ts";
import { servicesText } from "./portNames.ts";
import type { Process } from "./process.ts";
import { procFolder } from "./procFiles.ts";
import { protocolsText } from "./protocolNames.ts";
import { sysFolder } from "./sysFiles.ts";

/** Where `ip netns` keeps its names. */
const NETNS_FOLDER = "/run/netns";

/** Programs that live in /usr/sbin; all others are in /usr/bin. */
const SBIN = new Set(
  (
    "add-shell agetty arp arpd blkdiscard blkid blkzone blockdev brctl bridge chcpu chmem " +
    "chroot ctrlaltdel dcb depmod devlink ethtool findfs fsck fsck.cramfs fsck.minix fsfreeze " +
    "fstrim genl getty iconvconfig ifconfig init insmod installkernel ip ipmaddr iptunnel " +
    "isosize ldattach losetup lsmod mii-tool mkfs mkfs.bfs mkfs.cramfs mkfs.minix mkswap " +
    "modinfo modprobe nameif pivot_root plipconfig rarp readprofile remove-shell rmmod route " +
    "rtacct rtcwake rtmon runuser slattach sulogin swaplabel swapoff swapon switch_root sysctl " +
    "tc tcptraceroute.db tipc update-shells vdpa wipefs zic zramctl"
  ).split(" "),
);

/** Programs that Debian has in both. */
const BOTH = new Set(["ip", "lsmod"]);

/** The file system of a new machine. */
export function createFiles(clock: Clock, programNames: Iterable<string>): FileSystem {
  const netns = folder();
  const run = folder({ lock: folder() });
  const root = folder({
    bin: link("usr/bin"),
    boot: folder(),
    dev: deviceFolder(),
    etc: etcFolder(),
    home: folder(),
    lib: link("usr/lib"),
    lib64: link("usr/lib64"),
    mnt: folder(),
    proc: procFolder(),
    root: folder(),
    run,
    sbin: link("usr/sbin"),
    sys: sysFolder(),
    tmp: folder({}, 0o1777),
    usr: usrFolder(programNames),
    var: folder({
      backups: folder(),
      cache: folder(),
      lib: folder(),
      local: folder(),
      lock: folder(),
      log: folder(),
      run: link("../run"),
      spool: folder(),
      tmp: folder({}, 0o1777),
    }),
  });
  // The file of a name that nothing is mounted on, as whoever looks sees it.
  const unmounted: FileNode = { type: "bytes", mode: 0, data: "" };
  return createFileTree({
    root,
    madeAt: clock.start,
    refresh: (self, path) => {
      if (path.includes("netns") || self.cwd.includes("netns"))
        showNames(self, run, { netns, unmounted });
    },
    specialFolder: (path) => (path === NETNS_FOLDER ? netns : undefined),
    isNameFolder: (parent) => parent === netns,
  });
}

type NameFiles = { readonly netns: FolderNode; readonly unmounted: FileNode };

/** Brings /run/netns in line with the table of names. */
function showNames(self: Process, run: FolderNode, { netns, unmounted }: NameFiles): void {
  const names = netnsNamesOf(self);
  if (names.used) run.entries.set("netns", netns);
  for (const [name, node] of netns.entries) {
    const isName = node.type === "namespace" || node === unmounted;
    if (isName && !names.has(name)) netns.entries.delete(name);
  }
  for (const name of names.keys()) {
    const net = names.get(name);
    const node = netns.entries.get(name);
    if (net === undefined) netns.entries.set(name, unmounted);
    else if (node?.type === "namespace" && node.inode === net.inode) continue;
    else netns.entries.set(name, namespaceNode({ kind: "net", net }));
  }
}

function usrFolder(programNames: Iterable<string>): FolderNode {
  const bin: Record<string, FileNode> = {};
  const sbin: Record<string, FileNode> = {};
  for (const name of programNames) {
    const node: FileNode = { type: "program", mode: 0o755, name };
    if (SBIN.has(name)) sbin[name] = node;
    if (!SBIN.has(name) || BOTH.has(name)) bin[name] = node;
  }
  return folder({
    bin: folder(bin),
    games: folder(),
    include: folder(),
    lib: folder({
      "os-release": textFile(OS_RELEASE),
      "sysctl.d": folder({ "99-protect-links.conf": textFile(PROTECT_LINKS) }),
    }),
    lib64: folder(),
    libexec: folder(),
    local: folder({ bin: folder(), etc: folder(), lib: folder(), sbin: folder() }),
    sbin: folder(sbin),
    share: folder(),
    src: folder(),
  });
}

function etcFolder(): FolderNode {
  return folder({
    debian_version: textFile("12.15\n"),
    group: textFile(GROUPS),
    "host.conf": textFile("multi on\n"),
    hostname: textFile("lab\n"),
    hosts: textFile(HOSTS),
    iproute2: folder({
      group: textFile("# device group names\n0\tdefault\n"),
      rt_protos: textFile(RT_PROTOS),
      rt_scopes: textFile(RT_SCOPES),
      rt_tables: textFile(RT_TABLES),
    }),
    mtab: link("../proc/self/mounts"),
    networks: textFile("default\t\t0.0.0.0\nloopback\t127.0.0.0\nlink-local\t169.254.0.0\n"),
    network: folder({ interfaces: textFile("") }),
    "nsswitch.conf": textFile(
      ["passwd", "group", "hosts", "networks", "protocols", "services", "ethers"]
        .map((name) => `${name}: files${name === "hosts" ? " dns" : ""}\n`)
        .join(""),
    ),
    "os-release": link("../usr/lib/os-release"),
    passwd: textFile(USERS),
    protocols: textFile(protocolsText()),
    "resolv.conf": textFile(RESOLV_CONF),
    services: textFile(servicesText()),
    shells: textFile("/bin/sh\n/bin/bash\n"),
    "sysctl.conf": textFile(""),
    "sysctl.d": folder(),
  });
}

const USERS =
  "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n" +
  "bin:x:2:2:bin:/bin:/usr/sbin/nologin\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\n" +
  "tcpdump:x:101:102::/nonexistent:/usr/sbin/nologin\n" +
  "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";

const GROUPS =
  "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\nutmp:x:43:\n" +
  "tcpdump:x:102:\nnogroup:x:65534:\n";

const HOSTS =
  "127.0.0.1\tlocalhost\n127.0.1.1\tlab\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
  "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

const RT_TABLES =
  "#\n# reserved values\n#\n255\tlocal\n254\tmain\n253\tdefault\n0\tunspec\n#\n# local\n#\n#1\tinr.ruhep\n";

const RESOLV_CONF =
  "# An address of the documentation range (RFC 5737): nobody answers there, whatever you route to it.\n" +
  "nameserver 192.0.2.53\n";

const RT_SCOPES = `#
# reserved values
#
${lines("0 global;255 nowhere;254 host;253 link", "\t")}#
# pseudo-reserved
#
${lines("200 site", "\t")}`;

const RT_PROTOS = `#
# Reserved protocols.
#
${lines(
  "0 unspec;1 redirect;2 kernel;3 boot;4 static;8 gated;9 ra;10 mrt;11 zebra;12 bird;13 dnrouted;" +
    "14 xorp;15 ntk;16 dhcp;18 keepalived;42 babel;99 openr;186 bgp;187 isis;188 ospf;189 rip;192 eigrp",
  "\t",
)}`;

const PROTECT_LINKS =
  "fs.protected_fifos = 1\nfs.protected_hardlinks = 1\nfs.protected_regular = 2\n" +
  "fs.protected_symlinks = 1\n";

const OS_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n' +
  'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n' +
  'SUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n';

function lines(table: string, tab: string): string {
  return table
    .split(";")
    .map((line) => `${line.split(" ").join(tab)}\n`)
    .join("");
}
