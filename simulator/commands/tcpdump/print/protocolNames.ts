// Tables of names as tcpdump has them: EtherTypes and IP protocols.
// Not here: ports (names.ts).

/** EtherTypes as -e prints them. */
export const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  512: "PUP",
  1536: "NS",
  2048: "IPv4",
  2054: "ARP",
  4096: "Trail",
  8947: "TRILL",
  8192: "CDP",
  24577: "MOP DL",
  24578: "MOP RC",
  24579: "DN",
  24580: "LAT",
  24583: "SCA",
  25944: "TEB",
  32821: "Reverse ARP",
  32923: "Appletalk",
  33011: "Appletalk ARP",
  33024: "802.1Q",
  33079: "IPX",
  34525: "IPv6",
  34827: "PPP",
  34824: "MPCP",
  34825: "Slow Protocols",
  34887: "MPLS unicast",
  34888: "MPLS multicast",
  34915: "PPPoE D",
  34916: "PPPoE S",
  34958: "EAPOL",
  34984: "802.1Q-QinQ",
  35020: "LLDP",
  35045: "MACsec",
  35063: "PTP",
  35074: "CFM",
  36864: "Loopback",
  37120: "802.1Q-9100",
  37376: "802.1Q-9200",
  41197: "LoWPAN",
};

/** IP protocols as -v prints them. */
export const IP_PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: "Options",
  1: "ICMP",
  2: "IGMP",
  4: "IPIP",
  6: "TCP",
  8: "EGP",
  9: "IGRP",
  17: "UDP",
  33: "DCCP",
  41: "IPv6",
  43: "Routing",
  44: "Fragment",
  46: "RSVP",
  47: "GRE",
  50: "ESP",
  51: "AH",
  54: "Mobile IP",
  58: "ICMPv6",
  88: "EIGRP",
  89: "OSPF",
  103: "PIM",
  108: "Compressed IP",
  112: "VRRP",
  113: "PGM",
  132: "SCTP",
  135: "Mobility",
};

/** The word for an IP protocol that nothing more is known of, without -n. */
export function protocolWord(protocol: number): string | undefined {
  if (protocol >= 253) return ["exptest-253", "exptest-254", "reserved"][protocol - 253];
  const word = WORDS[protocol];
  return word === "?" ? undefined : word;
}

const WORDS: readonly string[] = (
  "hopopt icmp igmp ggp ipencap st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos " +
  "udp mux dcn-meas hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp " +
  "merit-inp dccp 3pc idpr xtp ddp idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre " +
  "dsr bna esp ah i-nlsp swipe narp mobile tlsp skip ipv6-icmp ipv6-nonxt ipv6-opts ? cftp ? " +
  "sat-expak kryptolan rvd ippc ? sat-mon visa ipcv cpnx cphb wsn pvp br-sat-mon sun-nd wb-mon " +
  "wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp " +
  "ax.25 ipip micp scc-sp etherip encap ? gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp " +
  "compaq-peer ipx-in-ip vrrp pgm ? l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp " +
  "sscopmce iplt sps pipe sctp fc rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip " +
  "shim6 wesp rohc"
).split(" ");
