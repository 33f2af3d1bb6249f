// Chance that can be repeated: a seeded generator (SplitMix32 by Sebastiano Vigna's published
// constants' family, 32 bits of state). MAC addresses, proxy delays, identifiers and orders come
// from here and from nowhere else.
// Not here: anything that must be secret.

/** One stream of chance; the same seed gives the same numbers. */
export type Random = {
  /** A fraction from 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** The sum of so many numbers from `below`. */
  sumBelow(limit: number, count: number): number;
  /** A random unicast, locally administered MAC address as a 48-bit number. */
  mac(): number;
};

/** From here on a sum is drawn at once; it then stays between its bounds. */
const MANY = 9;

/** Starts a stream from a whole number. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const fraction = () => next() / 0x100000000;
  return {
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
    sumBelow(limit, count) {
      let sum = 0;
      if (count > MANY) {
        // Of many it is the normal distribution, which three of them give well enough.
        const deviation = Math.sqrt((count * (limit * limit - 1)) / 12);
        const chance = 2 * (fraction() + fraction() + fraction()) - 3;
        return Math.round((count * (limit - 1)) / 2 + chance * deviation);
      }
      for (let index = 0; index < count; index++) sum += Math.floor(fraction() * limit);
      return sum;
    },
    mac: () => {
      const firstByte = (next() & 0xfc) | 0x02;
      return firstByte * 0x10000000000 + (next() & 0xff) * 0x100000000 + next();
    },
  };
}
