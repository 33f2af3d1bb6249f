// Numbers in and out of bytes, in network order, and the Internet checksum (RFC 1071). Reading past
// the end gives zeros; who cares looks at the length first.
// Policy: nothing here calls anything else where it can be helped; every frame passes through it.
// Not here: what the numbers mean.

/** Two bytes at `at`. */
export function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Four bytes at `at`, unsigned. */
export function get32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

/** A MAC address at `at`, as a 48-bit number. */
export function getMac(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return high * 0x100000000 + get32(bytes, at + 2);
}

/** Writes two bytes. */
export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes four bytes. */
export function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes a MAC address. */
export function putMac(bytes: Uint8Array, at: number, mac: number): void {
  put16(bytes, at, Math.floor(mac / 0x100000000));
  put32(bytes, at + 2, mac % 0x100000000);
}

/** The ones' complement sum of 16-bit words from `from` to `to`, added to `sum`, not yet folded. */
export function sum16(bytes: Uint8Array, from: number, to: number, sum = 0): number {
  let total = sum;
  for (let at = from; at < to - 1; at += 2) {
    total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  if ((to - from) % 2 === 1) total += (bytes[to - 1] ?? 0) << 8;
  return total;
}

/** The Internet checksum of a sum: folded and complemented. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** 32 hex digits of the 16 bytes at `at`: an IPv6 address. */
export function getIp6(bytes: Uint8Array, at: number): string {
  let text = "";
  for (let index = at; index < at + 16; index++) text += HEX[bytes[index] ?? 0];
  return text;
}

/** Writes an IPv6 address of 32 hex digits. */
export function putIp6(bytes: Uint8Array, at: number, address: string): void {
  for (let index = 0; index < 16; index++) {
    const high = address.charCodeAt(index * 2);
    const low = address.charCodeAt(index * 2 + 1);
    // The digits are 0x30 to 0x39 and 0x61 to 0x66.
    bytes[at + index] =
      ((high > 0x39 ? high - 0x57 : high - 0x30) << 4) | (low > 0x39 ? low - 0x57 : low - 0x30);
  }
}
