// Capture files in libpcap's classic format (draft-ietf-opsawg-pcap): both byte orders, micro- and
// nanoseconds. Any bytes are answered: what does not fit ends the list.
//
//    magic version | zone sigfigs | snaplen | linktype      then each packet:
//    seconds | fraction | captured length | length | bytes …
//
// Not here: pcapng.

/** Link types by their numbers. */
export const LINKTYPE = { ETHERNET: 1, LINUX_SLL: 113, LINUX_SLL2: 276 } as const;

/** One packet of a file. */
export type PcapPacket = {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** How long it was before it was cut. */
  readonly length: number;
};

/** A whole file; `cut` when its last packet is not complete. */
export type PcapFile = {
  readonly linkType: number;
  readonly snapLength: number;
  readonly packets: readonly PcapPacket[];
  readonly cut: boolean;
};

const MICRO = 0xa1b2c3d4;
const NANO = 0xa1b23c4d;
const HEADER = 24;
const RECORD = 16;

/** Reads a file; undefined when it is none. */
export function parsePcap(file: Uint8Array): PcapFile | undefined {
  if (file.length < HEADER) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const little = [MICRO, NANO].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MICRO && magic !== NANO) return undefined;
  const word = (at: number) => view.getUint32(at, little);
  const packets: PcapPacket[] = [];
  let at = HEADER;
  let cut = false;
  while (at < file.length) {
    const captured = at + RECORD <= file.length ? word(at + 8) : Number.POSITIVE_INFINITY;
    if (at + RECORD + captured > file.length) {
      cut = true;
      break;
    }
    const from = at + RECORD;
    packets.push({
      seconds: word(at),
      nanoseconds: word(at + 4) * (magic === NANO ? 1 : 1000),
      bytes: file.slice(from, from + captured),
      length: word(at + 12),
    });
    at = from + captured;
  }
  return { linkType: word(20) & 0xfffffff, snapLength: word(16), packets, cut };
}

/** The head of a file of microseconds, little-endian as on x86. */
export function pcapHeader(linkType: number, snapLength: number): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MICRO, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  return bytes;
}

/** One packet as it stands in such a file. */
export function pcapRecord(packet: PcapPacket): Uint8Array {
  const bytes = new Uint8Array(RECORD + packet.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, packet.seconds, true);
  view.setUint32(4, Math.floor(packet.nanoseconds / 1000), true);
  view.setUint32(8, packet.bytes.length, true);
  view.setUint32(12, packet.length, true);
  bytes.set(packet.bytes, RECORD);
  return bytes;
}
