// The network of a sandbox as typed data, the same for every kind of sandbox. From a real kernel
// it is read with `ip -j`, `bridge -j` and /proc/sys; names and spellings are iproute2's.

/** All namespaces of a sandbox at one moment. */
export type NetworkState = {
  /** Milliseconds since 1970 by the clock of whoever read it. */
  readonly time: number;
  readonly namespaces: readonly Namespace[];
};

/** One network namespace with everything in it. */
export type Namespace = {
  /** Inode number of the network namespace, as in `readlink /proc/PID/ns/net`. */
  readonly inode: number;
  /**
   * What the chapter calls it: "lab" for the initial one, else its name in /run/netns, else the
   * hostname of its UTS namespace, else "pid 123".
   */
  readonly name: string;
  /** Names in /run/netns; empty for an unnamed namespace. */
  readonly netnsNames: readonly string[];
  readonly hostname: string;
  /** A process inside it, to enter it by; 0 when only a name in /run/netns holds it. */
  readonly pid: number;
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly neighbours: readonly Neighbour[];
  readonly fdb: readonly FdbEntry[];
  readonly portVlans: readonly PortVlan[];
  /** Values by dotted name below net, such as "ipv4.ip_forward" → "1". */
  readonly sysctls: Readonly<Record<string, string>>;
};

/** A network device, as `ip -d link` shows it. */
export type Link = {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`, `vlan`, …; undefined for the loopback device. */
  readonly kind?: string;
  readonly mac: string;
  readonly mtu: number;
  /** As in the angle brackets of `ip link`: UP, LOWER_UP, NO-CARRIER, M-DOWN, … */
  readonly flags: readonly string[];
  readonly operstate: string;
  /** Name of the bridge that this device is a port of. */
  readonly master?: string;
  /** The other end of a veth or the parent of a subdevice: its index in its own namespace. */
  readonly peerIndex?: number;
  /** Inode of the namespace of the other end; undefined when it is this namespace or unknown. */
  readonly peerNamespace?: number;
  readonly vlanId?: number;
  readonly vlanFiltering?: boolean;
};

export type Address = {
  readonly device: string;
  readonly family: "inet" | "inet6";
  readonly local: string;
  readonly prefixLength: number;
  readonly scope: string;
};

/** One FIB entry, in the order in which the kernel lists them. */
export type Route = {
  readonly family: "inet" | "inet6";
  /** unicast, local, broadcast, unreachable, … */
  readonly type: string;
  /** "default" or a prefix; a single host has no "/32". */
  readonly destination: string;
  readonly device?: string;
  readonly gateway?: string;
  readonly source?: string;
  readonly protocol: string;
  readonly scope: string;
  readonly metric?: number;
  readonly table: string;
  readonly flags: readonly string[];
};

export type Rule = {
  readonly priority: number;
  readonly source: string;
  readonly table: string;
  readonly family: "inet" | "inet6";
};

/** One entry of the neighbour table (the ARP cache): one per address and device. */
export type Neighbour = {
  readonly address: string;
  readonly device: string;
  /** Undefined while INCOMPLETE or FAILED. */
  readonly mac?: string;
  /** NUD state: REACHABLE, STALE, DELAY, PROBE, INCOMPLETE, FAILED, PERMANENT, NOARP. */
  readonly state: string;
  readonly proxy: boolean;
};

export type FdbEntry = {
  readonly mac: string;
  readonly device: string;
  readonly vlan?: number;
  readonly master?: string;
  /** permanent, static or empty for a learned entry. */
  readonly state: string;
};

export type PortVlan = {
  readonly device: string;
  readonly vlan: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
};
