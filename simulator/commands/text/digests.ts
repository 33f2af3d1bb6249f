// Digests of bytes: MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), and the CRC of POSIX's cksum.
// Not here: the programs (checksums.ts).

import type { ByteString } from "../../process/process.ts";

/** Blocks of 64 bytes with the padding that all three digests have. */
function paddedWords(bytes: ByteString, littleEndian: boolean): Uint32Array {
  const total = ((bytes.length + 8) >> 6) * 16 + 16;
  const words = new Uint32Array(total);
  const put = (at: number, byte: number) => {
    const shift = (littleEndian ? at % 4 : 3 - (at % 4)) * 8;
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << shift);
  };
  for (let at = 0; at < bytes.length; at++) put(at, bytes.charCodeAt(at));
  put(bytes.length, 0x80);
  const low = (bytes.length << 3) >>> 0;
  const high = Math.floor(bytes.length / 0x20000000);
  words[total - 2] = littleEndian ? low : high;
  words[total - 1] = littleEndian ? high : low;
  return words;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function hexadecimal(words: readonly number[], littleEndian: boolean): string {
  return words
    .map((word) => {
      const text = (word >>> 0).toString(16).padStart(8, "0");
      return littleEndian ? text.replace(/(..)(..)(..)(..)/, "$4$3$2$1") : text;
    })
    .join("");
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

function md5Mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}

/** MD5. */
export function md5(bytes: ByteString): string {
  const words = paddedWords(bytes, true);
  const sines = Array.from({ length: 64 }, (_, index) => {
    return Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0;
  });
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const index = [step, 5 * step + 1, 3 * step + 5, 7 * step][round] ?? 0;
      const word = words[block + (index & 15)] ?? 0;
      const sum = (a + md5Mix(round, b, c, d) + (sines[step] ?? 0) + word) | 0;
      const turned = rotate(sum, MD5_SHIFTS[4 * round + (step & 3)] ?? 0);
      [a, d, c, b] = [d, c, b, (b + turned) | 0];
    }
    state = [a, b, c, d].map((word, index) => (word + (state[index] ?? 0)) | 0);
  }
  return hexadecimal(state, true);
}

/** SHA-1. */
export function sha1(bytes: ByteString): string {
  const words = paddedWords(bytes, false);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const schedule = new Int32Array(80);
  const at = (index: number) => schedule[index] ?? 0;
  for (let block = 0; block < words.length; block += 16) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let step = 0; step < 80; step++) {
      const mixed = at(step - 3) ^ at(step - 8) ^ at(step - 14) ^ at(step - 16);
      schedule[step] = step < 16 ? (words[block + step] ?? 0) : rotate(mixed, 1);
      const round = Math.floor(step / 20);
      const majority = (b & c) | (b & d) | (c & d);
      const mix = round === 0 ? (b & c) | (~b & d) : round === 2 ? majority : b ^ c ^ d;
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round] ?? 0;
      const next = (rotate(a, 5) + mix + e + constant + at(step)) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    state = [a, b, c, d, e].map((word, index) => (word + (state[index] ?? 0)) | 0);
  }
  return hexadecimal(state, false);
}

/** The first 32 bits of the fractions of roots of primes. */
function rootBits(count: number, root: number): number[] {
  const bits: number[] = [];
  for (let candidate = 2; bits.length < count; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) {
      if (candidate % factor === 0) prime = false;
    }
    const part = root === 2 ? Math.sqrt(candidate) % 1 : Math.cbrt(candidate) % 1;
    if (prime) bits.push(Math.floor(part * 2 ** 32) | 0);
  }
  return bits;
}

/** SHA-256. */
export function sha256(bytes: ByteString): string {
  const words = paddedWords(bytes, false);
  const constants = rootBits(64, 3);
  let state = rootBits(8, 2);
  const schedule = new Int32Array(64);
  const at = (index: number) => schedule[index] ?? 0;
  for (let block = 0; block < words.length; block += 16) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let step = 0; step < 64; step++) {
      const [x, y] = [at(step - 15), at(step - 2)];
      const low = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
      const high = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
      schedule[step] =
        step < 16 ? (words[block + step] ?? 0) : (at(step - 16) + low + at(step - 7) + high) | 0;
      const wide = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
      const first = (h + wide + ((e & f) ^ (~e & g)) + (constants[step] ?? 0) + at(step)) | 0;
      const narrow = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
      const second = (narrow + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    state = [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] ?? 0)) | 0);
  }
  return hexadecimal(state, false);
}

/** The CRC of cksum: over the bytes, then over their number. */
export function posixCrc(bytes: ByteString): number {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let word = index << 24;
    for (let bit = 0; bit < 8; bit++) word = word < 0 ? (word << 1) ^ 0x04c11db7 : word << 1;
    table[index] = word;
  }
  let crc = 0;
  const add = (byte: number) => {
    crc = (crc << 8) ^ (table[((crc >>> 24) ^ byte) & 255] ?? 0);
  };
  for (let at = 0; at < bytes.length; at++) add(bytes.charCodeAt(at));
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 256)) add(rest & 255);
  return ~crc >>> 0;
}
