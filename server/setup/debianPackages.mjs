// Which Debian packages Vethbook stands on, and for each the file that shows that it is there.
// Looking for files costs a millisecond, needs no dpkg, and is right on other systems as well.
// Not here: installing them (installDebian.mjs); what is inside the VM (server/image).

import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** For `npm start`: QEMU, bubblewrap, a compiler for node-pty and the agent, and Linux's own tools. */
export const forStart = [
  { name: "qemu-system-x86", shownBy: "qemu-system-x86_64" },
  { name: "bubblewrap", shownBy: "bwrap" },
  { name: "iproute2", shownBy: "ip" },
  { name: "tcpdump", shownBy: "tcpdump" },
  { name: "iputils-ping", shownBy: "ping" },
  { name: "iputils-arping", shownBy: "arping" },
  { name: "bridge-utils", shownBy: "brctl" },
  { name: "net-tools", shownBy: "ifconfig" },
  { name: "gcc", shownBy: "cc" },
  { name: "g++", shownBy: "g++" },
  { name: "make", shownBy: "make" },
  { name: "libc6-dev", shownBy: "/usr/include/stdio.h" },
  { name: "python3", shownBy: "python3" },
];

/** For `npm test` besides: a browser, and letters for it to draw. */
export const forTests = [
  { name: "chromium", shownBy: "chromium" },
  { name: "fonts-dejavu-core", shownBy: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" },
];

/** Names of those packages whose file is not on this machine. */
export function missingPackages(packages) {
  return packages.filter(({ shownBy }) => !isThere(shownBy)).map(({ name }) => name);
}

// Debian keeps brctl and ifconfig in sbin, which is not on everyone's PATH.
function isThere(file) {
  if (isAbsolute(file)) return canRead(file);
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && canRead(join(folder, file), constants.X_OK));
}

function canRead(file, mode = constants.R_OK) {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
