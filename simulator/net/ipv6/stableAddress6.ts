// Interface identifiers from a secret (RFC 7217; linux/net/ipv6/addrconf.c:
// ipv6_generate_stable_address): the beginning of a SHA-1 over secret and prefix.
// Policy: Linux hashes one bare block (no padding, no length) and stores the words in its own byte
// order, which is little-endian here. The device counts in by its permanent address, and software
// devices have none.
// Not simulated: another try after a duplicate.

import { get32 } from "../../wire/bytes.ts";

const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const;

/** The identifier, 16 hex digits, for a secret of 32 and a prefix of 16 hex digits. */
export function stableIdentifier(secret: string, prefix: string): string {
  const block = new Uint8Array(64);
  const hex = secret + prefix;
  for (let at = 0; at < hex.length / 2; at++) {
    block[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  }
  const [first, second] = compress(block);
  return swapped(first) + swapped(second);
}

function swapped(word: number): string {
  const hex = word.toString(16).padStart(8, "0");
  return hex.replace(/(..)(..)(..)(..)/, "$4$3$2$1");
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The first two words of SHA-1's compression of one block (RFC 3174). */
function compress(block: Uint8Array): readonly [number, number] {
  const words = Array.from({ length: 16 }, (_, index) => get32(block, index * 4));
  const word = (at: number) => words[at] ?? 0;
  for (let at = 16; at < 80; at++) {
    words.push(rotate(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1));
  }
  let [a, b, c, d, e]: [number, number, number, number, number] = [...START];
  for (let at = 0; at < 80; at++) {
    const [mix, constant] =
      at < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : at < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : at < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotate(a, 5) + mix + e + constant + word(at)) | 0;
    [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
  }
  return [(a + START[0]) >>> 0, (b + START[1]) >>> 0];
}
