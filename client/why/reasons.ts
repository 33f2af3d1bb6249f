// Linux's reasons for dropping a packet, as sentences: what happened, and the command that shows it.
// Not here: routes that refuse, and ARP requests that nobody answers (sentences.ts).

/** What is known of a packet that was dropped. */
export type Drop = {
  /** Of the namespace. */
  readonly name: string;
  readonly device: string;
  readonly reason: string;
  readonly detail: string;
  readonly source: string;
  readonly to: string;
  /** The destination in the Ethernet header. */
  readonly mac: string;
  /** "the packet", "the reply", "the ARP request". */
  readonly what: string;
};

/** The sentence, the command, and the address whose route belongs to the facts. */
export type DropWords = {
  readonly sentence: string;
  readonly command: string;
  readonly about?: string;
};

/** The words for a reason by its name; there are words for any. */
export function reasonOf(reason: string): (drop: Drop) => DropWords {
  return REASONS[reason] ?? other;
}

const sourceValidation = ({ name, device, source, what }: Drop): DropWords => ({
  sentence: `${name} would send answers to ${source} another way than ${device}, so rp_filter dropped ${what}.`,
  command: `sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.${device}.rp_filter`,
  about: source,
});

const notReady = ({ name, device, detail, what }: Drop): DropWords => ({
  sentence: `${device} in ${name} could not send ${what}: ${detail}.`,
  command: "ip link",
});

const REASONS: Readonly<Record<string, (drop: Drop) => DropWords>> = {
  NO_CARRIER: ({ name, device }) => ({
    sentence: `${device} in ${name} has no carrier, so nobody behind it can be reached.`,
    command: `ip link show ${device}`,
  }),
  OTHERHOST: ({ name, device, mac, what }) => ({
    sentence: `${name} took no notice of ${what}: it is for the MAC ${mac}, which is not that of ${device}.`,
    command: `ip link show ${device}`,
  }),
  IP_FORWARDING_OFF: ({ name, device, to, what }) => ({
    sentence: `${name} got ${what} for ${to} on ${device}, but it does not forward.`,
    command: `sysctl net.ipv4.ip_forward net.ipv4.conf.${device}.forwarding`,
  }),
  IP_TTL_EXPIRED: ({ name, to, what }) => ({
    sentence: `The TTL of ${what} ended in ${name}: it went in a circle, or its way is longer than its TTL.`,
    command: `ip route get ${to}`,
    about: to,
  }),
  IP_RPFILTER: sourceValidation,
  IP_MARTIAN_SOURCE: sourceValidation,
  IP_MARTIAN_DESTINATION: ({ to }) => ({
    sentence: `${to} is no address that may come by a cable.`,
    command: "sysctl net.ipv4.conf.all.log_martians",
  }),
  PKT_TOO_BIG: ({ detail, what }) => ({
    sentence: `${what.charAt(0).toUpperCase()}${what.slice(1)} is too long: ${detail}.`,
    command: "ip link",
  }),
  BRIDGE_VLAN_FILTER: ({ name, detail, what }) => ({
    sentence: `The bridge in ${name} dropped ${what} ${detail}: its VLAN is not allowed there.`,
    command: "bridge vlan",
  }),
  BRIDGE_PORT_STATE: ({ name, detail }) => ({
    sentence: `The bridge in ${name} does not forward yet: ${detail}.`,
    command: "bridge link",
  }),
  VLAN_UNKNOWN: ({ name, detail, what }) => ({
    sentence: `${name} has ${detail}, so it ignored ${what}.`,
    command: "ip -d link show type vlan",
  }),
  DEV_READY: notReady,
  DEV_DOWN: notReady,
  NEIGH_CREATEFAIL: () => ({
    sentence: "The neighbour table of the machine is full.",
    command: "sysctl net.ipv4.neigh.default.gc_thresh3",
  }),
};

function other({ name, device, reason, detail, what }: Drop): DropWords {
  const more = detail === "" ? "" : `, ${detail}`;
  return {
    sentence: `${name} dropped ${what} on ${device}: ${reason}${more}.`,
    command: "ip -s link",
  };
}
