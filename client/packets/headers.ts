// The few fields of a frame that change on its way (IEEE 802.3, RFC 791, RFC 8200).

/** What a router or bridge may change, and what stays. */
export type Header = {
  /** Destination and source as hex digits. */
  readonly macs: string;
  /** VLAN ids of its tags, outermost first. */
  readonly vlans: string;
  /** TTL or hop limit; undefined for what is not IP. */
  readonly ttl?: number;
  /** The same for one IP packet on each of its hops; undefined for what is not IP. */
  readonly network?: string;
};

/** Reads them; a frame that is cut short has fewer. */
export function headerOf(bytes: Uint8Array): Header {
  const macs = hex(bytes.subarray(0, 12));
  const vlans: number[] = [];
  let at = 12;
  while (
    (bytes[at] === 0x81 && bytes[at + 1] === 0) ||
    (bytes[at] === 0x88 && bytes[at + 1] === 0xa8)
  ) {
    vlans.push((((bytes[at + 2] ?? 0) & 15) << 8) | (bytes[at + 3] ?? 0));
    at += 4;
  }
  const type = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const packet = bytes.subarray(at + 2);
  const known = { macs, vlans: vlans.join(".") };
  // All but TTL and checksum, then the payload.
  if (type === 0x0800 && packet.length >= 20) {
    const network = hex(packet.subarray(0, 8)) + hex(packet.subarray(12));
    return { ...known, ttl: packet[8] ?? 0, network };
  }
  if (type === 0x86dd && packet.length >= 40) {
    const network = hex(packet.subarray(0, 7)) + hex(packet.subarray(8));
    return { ...known, ttl: packet[7] ?? 0, network };
  }
  return known;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
