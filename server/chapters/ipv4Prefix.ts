// An IPv4 address with its prefix length, such as 192.168.5.11/24 (RFC 4632 for the notation).

/** What an address with a length says; without one the length is 32. */
export type Ipv4Prefix = {
  readonly address: string;
  readonly length: number;
  /** All bits behind the length are 0, and there are at least two of them (RFC 3021). */
  readonly isNetwork: boolean;
  readonly isBroadcast: boolean;
  /** Some bit behind the length is 1. */
  readonly hasHostBits: boolean;
};

/** Reads a.b.c.d or a.b.c.d/n in its usual spelling; undefined for everything else. */
export function parsePrefix(text: string): Ipv4Prefix | undefined {
  const [, address = "", tail] = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const bytes = address.split(".");
  const plain = bytes.every((byte) => Number(byte) <= 255 && String(Number(byte)) === byte);
  const length = tail === undefined ? 32 : Number(tail);
  if (address === "" || !plain || length > 32) return undefined;
  const value = bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - length);
  const host = value % size;
  return {
    address,
    length,
    isNetwork: length < 31 && host === 0,
    isBroadcast: length < 31 && host === size - 1,
    hasHostBits: host !== 0,
  };
}
