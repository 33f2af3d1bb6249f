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

/** What is behind the Ethernet header and its tags. */
export type Payload = {
  /** EtherType; 0 where the frame is cut short. */
  readonly type: number;
  readonly at: number;
  /** VLAN ids of the tags, outermost first. */
  readonly vlans: readonly number[];
};

/** Finds it. */
export function payloadOf(bytes: Uint8Array): Payload {
  const vlans: number[] = [];
  const typeAt = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  let at = 12;
  for (; typeAt(at) === 0x8100 || typeAt(at) === 0x88a8; at += 4)
    vlans.push(typeAt(at + 2) & 0xfff);
  return { type: typeAt(at), at: at + 2, vlans };
}

/** Reads them; a frame that is cut short has fewer. */
export function headerOf(bytes: Uint8Array): Header {
  const macs = hex(bytes.subarray(0, 12));
  const { type, at, vlans } = payloadOf(bytes);
  const packet = bytes.subarray(at);
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
