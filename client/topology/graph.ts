// The network as rooms, ports and cables: what the drawing and its table are made from. A namespace
// is a room, a device a port of it, a veth pair a cable; a VLAN or macvlan device stands on its parent.
// Not here: where anything stands (placement.ts) and which segment it belongs to (segments.ts).

import type { Link, Namespace, NetworkState } from "../../shared/network.ts";

/** A namespace. Its key is its inode, since names can be taken away and given anew. */
export type Room = {
  readonly key: number;
  readonly name: string;
  /** In the order of their indices; the loopback device is not among them. */
  readonly ports: readonly Port[];
};

/** UP and with carrier, UP without carrier, or set down. */
export type PortState = "up" | "no carrier" | "down";

/** A device of a room. */
export type Port = {
  readonly key: string;
  readonly room: number;
  readonly name: string;
  /** veth, bridge, vlan, macvlan, dummy, … */
  readonly kind: string;
  readonly state: PortState;
  readonly mac: string;
  readonly mtu: number;
  /** With their prefix lengths; link-local IPv6 comes last. */
  readonly addresses: readonly string[];
  /** Key of the bridge that it is a port of. */
  readonly bridge?: string;
  /** Key of the device that it stands on. */
  readonly parent?: string;
  readonly vlan?: number;
};

/** A veth pair. `to` is missing when the other end is in a namespace that nobody can see. */
export type Cable = {
  readonly key: string;
  readonly from: Port;
  readonly to?: Port;
  /** The worse of its two ends. */
  readonly state: PortState;
};

export type Graph = { readonly rooms: readonly Room[]; readonly cables: readonly Cable[] };

/** Names a device of a namespace. */
export function portKey(namespace: number, index: number): string {
  return `${namespace}/${index}`;
}

/** The cable that leaves by the port of this key. */
export function cableAt({ cables }: Graph, port: string): Cable | undefined {
  return cables.find(({ from, to }) => from.key === port || to?.key === port);
}

/** The graph of a network; `wanted` are the names of the rooms to show, none of them: all. */
export function networkGraph(state: NetworkState, wanted: readonly string[] = []): Graph {
  const shown = state.namespaces.filter(({ name, links }) =>
    wanted.length === 0 ? name !== "lab" || links.length > 1 : wanted.includes(name),
  );
  const rooms = shown.map(roomOf);
  const ports = new Map(rooms.flatMap((room) => room.ports.map((port) => [port.key, port])));
  const cables = new Map<string, Cable>();
  for (const namespace of shown) {
    for (const link of namespace.links) {
      const from = ports.get(portKey(namespace.inode, link.index));
      if (from?.kind !== "veth") continue;
      const cable = cableOf(from, farEnd(namespace, link), ports);
      if (!cables.has(cable.key)) cables.set(cable.key, cable);
    }
  }
  return { rooms, cables: [...cables.values()] };
}

function roomOf(namespace: Namespace): Room {
  const links = namespace.links.filter(({ kind }) => kind !== undefined);
  return {
    key: namespace.inode,
    name: namespace.name,
    ports: links.map((link) => portOf(namespace, link)),
  };
}

function portOf(namespace: Namespace, link: Link): Port {
  const own = namespace.addresses.filter(({ device }) => device === link.name);
  const isLinkLocal = (text: string) => text.startsWith("fe80");
  const addresses = own
    .map(({ local, prefixLength }) => `${local}/${prefixLength}`)
    .sort((one, other) => Number(isLinkLocal(one)) - Number(isLinkLocal(other)));
  const master = namespace.links.find(({ name }) => name === link.master);
  const stands = link.kind !== "veth" && link.peerIndex !== undefined;
  return {
    key: portKey(namespace.inode, link.index),
    room: namespace.inode,
    name: link.name,
    kind: link.kind ?? "",
    state: portState(link),
    mac: link.mac,
    mtu: link.mtu,
    addresses,
    ...(master === undefined ? {} : { bridge: portKey(namespace.inode, master.index) }),
    ...(stands ? { parent: farEnd(namespace, link) } : {}),
    ...(link.vlanId === undefined ? {} : { vlan: link.vlanId }),
  };
}

function portState({ flags }: Link): PortState {
  if (!flags.includes("UP")) return "down";
  return flags.includes("LOWER_UP") ? "up" : "no carrier";
}

function farEnd(namespace: Namespace, link: Link): string {
  return portKey(link.peerNamespace ?? namespace.inode, link.peerIndex ?? 0);
}

function cableOf(from: Port, far: string, ports: ReadonlyMap<string, Port>): Cable {
  const to = ports.get(far);
  const key = [from.key, far].sort().join("–");
  const states = [from.state, to?.state ?? from.state];
  const state = (["down", "no carrier"] as const).find((bad) => states.includes(bad)) ?? "up";
  return { key, from, ...(to === undefined ? {} : { to }), state };
}
