// Programs that the machine has on its disk and that do nothing here but say so.
// Not simulated: all of them.

import type { Program } from "../process/process.ts";
import { notSimulated } from "./complain.ts";

/** Their names. */
export const NOT_HERE: readonly string[] = (
  "add-shell addpart agetty arpd b2sum base32 basenc bashbug blkdiscard blkid blkzone " +
  "blockdev captoinfo chcon chcpu chmem choom chroot chrt clear_console csplit ctrlaltdel " +
  "ctstat dcb dd delpart depmod devlink df diff3 dircolors factor fallocate findfs findmnt " +
  "flock fmt free fsck fsck.cramfs fsck.minix fsfreeze fstrim fuser genl getconf getopt getty " +
  "hardlink hostid i386 iconv iconvconfig infocmp infotocap insmod install installkernel " +
  "ionice ipcmk ipcrm ipcs ipmaddr iptunnel ischroot isosize kmod last lastb ldattach ldd " +
  "lessecho lessfile lesskey lesspipe lft.db link linux32 linux64 lnstat locale localedef " +
  "losetup lsblk lscpu lsipc lslocks lslogins lsmem mcookie md5sum.textutils mesg mii-tool " +
  "mkfs mkfs.bfs mkfs.cramfs mkfs.minix mknod mkswap modinfo mountpoint namei nameif " +
  "nstat numfmt partx pathchk peekfd pidwait pinky pivot_root pldd plipconfig pmap pr prlimit " +
  "prtstat pslog pstree ptx pwdx rarp rbash rdma readprofile remove-shell rename.ul reset " +
  "resizepart routel rtacct rtcwake rtmon rtstat run-parts runcon runuser savelog sdiff " +
  "setarch setpriv setterm sha224sum sha384sum sha512sum shred shuf skill slabtop slattach " +
  "snice split su sulogin swaplabel swapoff swapon switch_root tabs taskset tc " +
  "tcptraceroute.db tempfile tic tipc tload toe top traceproto.db traceroute-nanog " +
  "traceroute6.db tset tsort tzselect uclampset update-shells utmpdump vdpa vmstat w wdctl " +
  "whereis who wipefs x86_64 zdump zic zramctl"
).split(" ");

/** Says that the program is not simulated. */
export const notHere: Program = (self) => {
  const [word = ""] = self.argv;
  return notSimulated(self, word.slice(word.lastIndexOf("/") + 1));
};
