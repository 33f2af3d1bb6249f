// Names in filters: hosts, networks, ports and protocols.
// Policy: a compiler cannot wait. A host that was not looked up yet ends compiling with NameWanted;
// the caller looks it up and compiles once more.

/** What a host name stands for. */
export type HostAddresses = {
  readonly four: readonly number[];
  /** 32 hex digits each. */
  readonly six: readonly string[];
};

/** What names mean. */
export type Names = {
  /** Hosts that were looked up; undefined as a value: nobody knows it. */
  readonly hosts: ReadonlyMap<string, HostAddresses | undefined>;
  readonly networks: ReadonlyMap<string, number>;
  /** "http/tcp" → 80. */
  readonly services: ReadonlyMap<string, number>;
};

/** A port by name: for one protocol only, or for both when `protocol` is undefined. */
export type NamedPort = { readonly port: number; readonly protocol: "tcp" | "udp" | undefined };

/** The port of a service, or of digits. */
export function portOf(names: Names, name: string): NamedPort | undefined {
  if (/^\d+$/.test(name)) {
    const port = Number(name);
    return port > 65535 ? undefined : { port, protocol: undefined };
  }
  const tcp = names.services.get(`${name}/tcp`);
  const udp = names.services.get(`${name}/udp`);
  if (tcp === undefined) return udp === undefined ? undefined : { port: udp, protocol: "udp" };
  return { port: tcp, protocol: udp === tcp ? undefined : "tcp" };
}

/** IP protocols of /etc/protocols. */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  ip: 0,
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ggp: 3,
  ipencap: 4,
  st: 5,
  tcp: 6,
  egp: 8,
  igp: 9,
  pup: 12,
  udp: 17,
  hmp: 20,
  "xns-idp": 22,
  rdp: 27,
  "iso-tp4": 29,
  dccp: 33,
  xtp: 36,
  ddp: 37,
  "idpr-cmtp": 38,
  ipv6: 41,
  "ipv6-route": 43,
  "ipv6-frag": 44,
  idrp: 45,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  skip: 57,
  "ipv6-icmp": 58,
  "ipv6-nonxt": 59,
  "ipv6-opts": 60,
  rspf: 73,
  vmtp: 81,
  eigrp: 88,
  ospf: 89,
  "ax.25": 93,
  ipip: 94,
  etherip: 97,
  encap: 98,
  pim: 103,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  isis: 124,
  sctp: 132,
  fc: 133,
  "mobility-header": 135,
  udplite: 136,
  "mpls-in-ip": 137,
  manet: 138,
  hip: 139,
  shim6: 140,
  wesp: 141,
  rohc: 142,
  ethernet: 143,
  mptcp: 262,
};

/** EtherTypes and 802.2 service points by libpcap's names. */
export const ETHER_PROTOCOLS: Readonly<Record<string, number>> = {
  aarp: 0x80f3,
  arp: 0x0806,
  atalk: 0x809b,
  decnet: 0x6003,
  ip: 0x0800,
  ip6: 0x86dd,
  lat: 0x6004,
  loopback: 0x9000,
  mopdl: 0x6001,
  moprc: 0x6002,
  rarp: 0x8035,
  sca: 0x6007,
  iso: 0xfe,
  stp: 0x42,
  ipx: 0xe0,
  netbeui: 0xf0,
};
