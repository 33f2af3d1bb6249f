// Which sysctls does `ip netconf` not tell, and what are their values? `grep` prints them in one
// process; a file that this kernel does not have is passed over. Keys are spelt as sysctl(8) prints
// them: dots between the parts, and a slash for a dot inside a device name.
// Source: sysctl(8), Documentation/networking/ip-sysctl.rst.
// Not here: when they are read (networkReader.ts); netlink reports no change of them.

const root = "/proc/sys/net/";
const perDevice = ["arp_accept", "arp_announce", "arp_filter", "arp_ignore"];
const perNeighbourTable = ["proxy_delay"];
/** Bounds one command line: the path of a file is at most 55 bytes long. */
const filesPerCommand = 400;

/** The name below net, such as ["ipv4", "conf", "eth0.10", "x"] → "ipv4.conf.eth0/10.x". */
export function sysctlName(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(".", "/")).join(".");
}

/** The commands that print the sysctls of these devices, `path:value` per line. */
export function sysctlCommands(devices: readonly string[]): readonly (readonly string[])[] {
  const files = [
    ...["all", "default", ...devices].flatMap((device) =>
      perDevice.map((name) => `${root}ipv4/conf/${device}/${name}`),
    ),
    ...["default", ...devices].flatMap((device) =>
      perNeighbourTable.map((name) => `${root}ipv4/neigh/${device}/${name}`),
    ),
  ];
  const count = Math.ceil(files.length / filesPerCommand);
  return Array.from({ length: count }, (_, index) => [
    ...["grep", "-sH", ""],
    ...files.slice(index * filesPerCommand, (index + 1) * filesPerCommand),
  ]);
}

/** Reads what those commands printed into values by name. */
export function readSysctls(output: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of output.split("\n")) {
    const colon = line.lastIndexOf(":");
    if (!line.startsWith(root) || colon < 0) continue;
    values[sysctlName(line.slice(root.length, colon).split("/"))] = line.slice(colon + 1).trim();
  }
  return values;
}
