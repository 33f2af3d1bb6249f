// What do `ip -j -d` and `bridge -j` of iproute2 6.1 say, as typed rows? Pure text → data.
// Every command prints its JSON on one line; between the lines stand iproute2's complaints, because
// the output of a batch and its errors arrive merged. A row is told by the keys it carries, so a
// command that failed or printed nothing is an empty table and the others are still read.
// Source: iproute2 6.1.0, recorded in recordings/.
// Not here: IPv6 policy rules (a batch reads rules of one family only, and no view shows them).

import type {
  Address,
  FdbEntry,
  Link,
  Neighbour,
  PortVlan,
  Route,
  Rule,
} from "../../shared/network.ts";
import { type Json, jsonRows, list, numberOf, record, textOf, textsOf } from "./jsonRows.ts";
import { sysctlName } from "./readSysctls.ts";

/** A link as one namespace alone can see it: the other end is still an nsid, not an inode. */
export type SeenLink = Omit<Link, "peerNamespace"> & {
  /** The namespace of the other end by this namespace's own number for it. */
  readonly peerNsid?: number;
};

/** What a batch of `ip` printed; a table that was not asked for is empty. */
export type IpTables = {
  readonly links: readonly SeenLink[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly neighbours: readonly Neighbour[];
  /** Numbers of other namespaces that have a name in /run/netns. */
  readonly nsidNames: ReadonlyMap<number, string>;
  /** What `ip netconf` says, by the names that sysctl(8) has for it. */
  readonly netconf: Readonly<Record<string, string>>;
};

/** What a batch of `bridge` printed. */
export type BridgeTables = {
  readonly fdb: readonly FdbEntry[];
  readonly portVlans: readonly PortVlan[];
};

/** Reads the output of a batch of `ip -j -d`, in any order and with anything missing. */
export function readIpTables(output: string): IpTables {
  const links: Json[] = [];
  const routes: Route[] = [];
  const rules: Rule[] = [];
  const neighbours: Neighbour[] = [];
  const nsidNames = new Map<number, string>();
  const netconf: Record<string, string> = {};
  for (const row of jsonRows(output)) {
    if ("ifindex" in row) links.push(row);
    else if ("nsid" in row) noteNsid(row, nsidNames);
    else if ("interface" in row) Object.assign(netconf, readNetconf(row));
    else if ("priority" in row) rules.push(readRule(row));
    else if ("state" in row || "proxy" in row) neighbours.push(readNeighbour(row));
    else if ("dst" in row) routes.push(...readRoutes(row));
  }
  const indices = new Map(links.map((row) => [textOf(row, "ifname"), numberOf(row, "ifindex")]));
  return {
    links: links.map((row) => readLink(row, indices)),
    addresses: links.flatMap(readAddresses),
    routes,
    rules,
    neighbours,
    nsidNames,
    netconf,
  };
}

/** Reads the output of `bridge -j` for `fdb show` and `vlan show`. */
export function readBridgeTables(output: string): BridgeTables {
  const fdb: FdbEntry[] = [];
  const portVlans: PortVlan[] = [];
  for (const row of jsonRows(output)) {
    if ("mac" in row) fdb.push(readFdbEntry(row));
    else if ("vlans" in row) portVlans.push(...readPortVlans(row));
  }
  return { fdb, portVlans };
}

/** The values of one device and family that a change of is worth showing. */
function readNetconf(row: Json): Record<string, string> {
  const family = textOf(row, "family") === "inet6" ? "ipv6" : "ipv4";
  const device = textOf(row, "interface") ?? "";
  const values: Record<string, string> = {};
  const note = (name: string, value: string | undefined) => {
    if (value !== undefined) values[sysctlName([family, "conf", device, name])] = value;
  };
  note("forwarding", digit(row.forwarding));
  if (family === "ipv6") return values;
  note("proxy_arp", digit(row.proxy_neigh));
  note("rp_filter", rpFilterDigits[textOf(row, "rp_filter") ?? ""]);
  // The kernel keeps one value for both: ip_forward is "forwarding" of "all".
  if (device === "all" && "forwarding" in row) {
    values["ipv4.ip_forward"] = digit(row.forwarding) ?? "0";
  }
  return values;
}

const rpFilterDigits: Readonly<Record<string, string>> = { off: "0", strict: "1", loose: "2" };

function digit(value: unknown): string | undefined {
  return typeof value === "boolean" ? String(Number(value)) : undefined;
}

function noteNsid(row: Json, names: Map<number, string>): void {
  const nsid = numberOf(row, "nsid");
  const name = textOf(row, "name");
  if (nsid !== undefined && name !== undefined) names.set(nsid, name);
}

function readLink(
  row: Json,
  indices: ReadonlyMap<string | undefined, number | undefined>,
): SeenLink {
  const info = record(row, "linkinfo");
  const data = record(info, "info_data");
  const kind = textOf(info, "info_kind");
  const peer = textOf(row, "link");
  return {
    index: numberOf(row, "ifindex") ?? 0,
    name: textOf(row, "ifname") ?? "",
    mac: textOf(row, "address") ?? "",
    mtu: numberOf(row, "mtu") ?? 0,
    flags: textsOf(row, "flags"),
    operstate: textOf(row, "operstate") ?? "UNKNOWN",
    ...given("kind", kind),
    ...given("master", textOf(row, "master")),
    // A peer in the same namespace is told by its name, one in another by its index.
    ...given("peerIndex", peer === undefined ? numberOf(row, "link_index") : indices.get(peer)),
    ...given("peerNsid", numberOf(row, "link_netnsid")),
    ...given("vlanId", kind === "vlan" ? numberOf(data, "id") : undefined),
    ...given(
      "vlanFiltering",
      kind === "bridge" ? numberOf(data, "vlan_filtering") === 1 : undefined,
    ),
  };
}

function readAddresses(link: Json): Address[] {
  return list(link, "addr_info").flatMap((row) => {
    const local = textOf(row, "local");
    if (local === undefined) return [];
    return [
      {
        device: textOf(link, "ifname") ?? "",
        family: textOf(row, "family") === "inet6" ? "inet6" : "inet",
        local,
        prefixLength: numberOf(row, "prefixlen") ?? 0,
        scope: textOf(row, "scope") ?? "global",
      } as const,
    ];
  });
}

/** A multipath route becomes one row per next hop, each with the hop's own flags. */
function readRoutes(row: Json): Route[] {
  const hops = list(row, "nexthops");
  return hops.length === 0 ? [readRoute(row, row)] : hops.map((hop) => readRoute(row, hop));
}

function readRoute(row: Json, hop: Json): Route {
  const destination = textOf(row, "dst") ?? "";
  const gateway = textOf(hop, "gateway") ?? textOf(record(hop, "via"), "host");
  // "default" has no family of its own; a route that names none of IPv6's things is IPv4's.
  const isSix = destination.includes(":") || "pref" in row;
  return {
    family: isSix ? "inet6" : "inet",
    type: textOf(row, "type") ?? "unicast",
    destination,
    protocol: textOf(row, "protocol") ?? "",
    scope: textOf(row, "scope") ?? "",
    table: textOf(row, "table") ?? "main",
    flags: textsOf(hop, "flags"),
    ...given("device", textOf(hop, "dev")),
    ...given("gateway", gateway),
    ...given("source", textOf(row, "prefsrc")),
    ...given("metric", numberOf(row, "metric")),
  };
}

function readRule(row: Json): Rule {
  const length = numberOf(row, "srclen");
  const source = textOf(row, "src") ?? "all";
  return {
    priority: numberOf(row, "priority") ?? 0,
    source: length === undefined ? source : `${source}/${length}`,
    // A rule without a table is an action, such as "blackhole".
    table: textOf(row, "table") ?? textOf(row, "action") ?? "",
    family: "inet",
  };
}

function readNeighbour(row: Json): Neighbour {
  return {
    address: textOf(row, "dst") ?? "",
    device: textOf(row, "dev") ?? "",
    state: textsOf(row, "state")[0] ?? "NONE",
    proxy: "proxy" in row,
    ...given("mac", textOf(row, "lladdr")),
  };
}

function readFdbEntry(row: Json): FdbEntry {
  return {
    mac: textOf(row, "mac") ?? "",
    device: textOf(row, "ifname") ?? "",
    state: textOf(row, "state") ?? "",
    ...given("vlan", numberOf(row, "vlan")),
    ...given("master", textOf(row, "master")),
  };
}

function readPortVlans(row: Json): PortVlan[] {
  const device = textOf(row, "ifname") ?? "";
  return list(row, "vlans").flatMap((entry) => {
    const vlan = numberOf(entry, "vlan");
    if (vlan === undefined) return [];
    const flags = textsOf(entry, "flags");
    return [
      { device, vlan, pvid: flags.includes("PVID"), untagged: flags.includes("Egress Untagged") },
    ];
  });
}

/** A property that is there only when its value is known. */
function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
