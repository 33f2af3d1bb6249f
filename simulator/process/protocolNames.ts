// Which protocol has which number: the names and aliases of /etc/protocols as Debian 12 has them
// (protocols(5), IANA), without its comments.
// Not here: ports (portNames.ts).

/** The lines of /etc/protocols. */
export function protocolsText(): string {
  return TABLE.split(";")
    .map((entry) => {
      const [name = "", number, ...aliases] = entry.split(" ");
      const words = aliases.length === 0 ? name.toUpperCase() : aliases.join(" ");
      return `${name}\t${number}\t${words === "-" ? "" : words}\n`;
    })
    .join("");
}

/** "name number aliases"; without an alias it is the name in capitals, "-" is none. */
const TABLE =
  "ip 0;hopopt 0;icmp 1;igmp 2;ggp 3;ipencap 4 IP-ENCAP;st 5;tcp 6;egp 8;igp 9;pup 12;udp 17;" +
  "hmp 20;xns-idp 22;rdp 27;iso-tp4 29;dccp 33;xtp 36;ddp 37;idpr-cmtp 38;ipv6 41 IPv6;" +
  "ipv6-route 43 IPv6-Route;ipv6-frag 44 IPv6-Frag;idrp 45;rsvp 46;gre 47;esp 50 IPSEC-ESP;" +
  "ah 51 IPSEC-AH;skip 57;ipv6-icmp 58 IPv6-ICMP;ipv6-nonxt 59 IPv6-NoNxt;" +
  "ipv6-opts 60 IPv6-Opts;rspf 73 RSPF CPHB;vmtp 81;eigrp 88;ospf 89 OSPFIGP;ax.25 93;ipip 94;" +
  "etherip 97;encap 98;pim 103;ipcomp 108;vrrp 112;l2tp 115;isis 124;sctp 132;fc 133;" +
  "mobility-header 135 Mobility-Header;udplite 136 UDPLite;mpls-in-ip 137 MPLS-in-IP;" +
  "manet 138 -;hip 139;shim6 140 Shim6;wesp 141;rohc 142;ethernet 143 Ethernet;mptcp 262";
