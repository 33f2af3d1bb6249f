// Capture files in libpcap's classic format (draft-ietf-opsawg-pcap): both byte orders, micro- and
// nanoseconds.
//
//    magic version | zone sigfigs | snaplen | linktype      then each packet:
//    seconds | fraction | captured length | length | bytes …
//
// Not here: pcapng.

/** Link types by their numbers. */
export const LINKTYPE = { ETHERNET: 1, LINUX_SLL: 113, LINUX_SLL2: 276 } as const;

/** Length of a file's head. */
export const PCAP_HEADER = 24;

/** Length of what stands before each packet. */
export const PCAP_RECORD = 16;

const MICRO = 0xa1b2c3d4;
const NANO = 0xa1b23c4d;

/** What the head of a file says. */
export type PcapHeader = {
  readonly little: boolean;
  /** Fractions of seconds are nanoseconds. */
  readonly nano: boolean;
  readonly major: number;
  readonly minor: number;
  readonly snapLength: number;
  readonly linkType: number;
};

/** What stands before a packet. */
export type PcapRecord = {
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Bytes that follow. */
  readonly captured: number;
  /** How long it was before it was cut. */
  readonly length: number;
};

/** One packet of a file. */
export type PcapPacket = {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** How long it was before it was cut. */
  readonly length: number;
};

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** True when these four bytes may begin a file. */
export function isPcapMagic(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const view = viewOf(bytes);
  return [true, false].some((little) => [MICRO, NANO].includes(view.getUint32(0, little)));
}

/** Reads the head of a file; undefined when it is none or cut short. */
export function parsePcapHeader(bytes: Uint8Array): PcapHeader | undefined {
  if (bytes.length < PCAP_HEADER || !isPcapMagic(bytes)) return undefined;
  const view = viewOf(bytes);
  const little = [MICRO, NANO].includes(view.getUint32(0, true));
  return {
    little,
    nano: view.getUint32(0, little) === NANO,
    major: view.getUint16(4, little),
    minor: view.getUint16(6, little),
    snapLength: view.getUint32(16, little),
    linkType: view.getUint32(20, little) & 0xfffffff,
  };
}

/** Reads what stands before a packet; undefined when it is cut short. */
export function parsePcapRecord(header: PcapHeader, bytes: Uint8Array): PcapRecord | undefined {
  if (bytes.length < PCAP_RECORD) return undefined;
  const view = viewOf(bytes);
  const word = (at: number) => view.getUint32(at, header.little);
  return {
    seconds: word(0),
    nanoseconds: word(4) * (header.nano ? 1 : 1000),
    captured: word(8),
    length: word(12),
  };
}

/** The head of a file, little-endian as on x86. */
export function pcapHeader(linkType: number, snapLength: number, nano = false): Uint8Array {
  const bytes = new Uint8Array(PCAP_HEADER);
  const view = viewOf(bytes);
  view.setUint32(0, nano ? NANO : MICRO, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  return bytes;
}

/** One packet as it stands in such a file. */
export function pcapRecord(packet: PcapPacket, nano = false): Uint8Array {
  const bytes = new Uint8Array(PCAP_RECORD + packet.bytes.length);
  const view = viewOf(bytes);
  view.setUint32(0, packet.seconds, true);
  view.setUint32(4, nano ? packet.nanoseconds : Math.floor(packet.nanoseconds / 1000), true);
  view.setUint32(8, packet.bytes.length, true);
  view.setUint32(12, packet.length, true);
  bytes.set(packet.bytes, PCAP_RECORD);
  return bytes;
}
