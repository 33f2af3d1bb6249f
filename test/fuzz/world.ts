// What the commands of one fuzzed case have in common: its chance, the pools of names and addresses,
// whether it speaks IPv6, and which namespace is the machine's own.
// Pools are small, so that commands meet: half of them make sense, the other half collide, are
// refused, or undo one another.
// Not here: commands (topology.ts, actions/).

import type { Random } from "../../simulator/random.ts";

/** One case's surroundings. */
export type World = {
  readonly random: Random;
  pick<T>(items: readonly T[]): T;
  readonly ipv6: boolean;
  /** The router is the machine itself instead of the namespace r. */
  readonly rootIsRouter: boolean;
  /**
   * No IPv6, and neighbours that stay reachable: whatever is counted is the same in every run. (Linux
   * draws the time after which a neighbour is stale between 15 and 45 seconds.)
   */
  readonly steady: boolean;
};

/** Makes one command line. */
export type Action = (world: World) => string;

export function createWorld(random: Random): World {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[random.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const ipv6 = random.below(3) === 0;
  const steady = !ipv6 && random.below(2) === 0;
  return { random, pick, ipv6, steady, rootIsRouter: random.below(3) === 0 };
}

/** The namespaces of a case by the letter that topology.ts gives them. */
export const LETTERS = ["a", "b", "r"] as const;
export type Letter = (typeof LETTERS)[number];

const DEVICES = ["va", "vb", "ra", "rb", "br0", "d0", "va.10", "rb.20", "lo", "nix"];
const NETWORKS = ["10.0.1", "10.0.2", "10.0.1", "172.16.5"];
const NETWORKS6 = ["2001:db8:1", "2001:db8:2", "2001:db8:1", "fd00:5"];

/** Devices that are there from the start, by namespace: most commands should find theirs. */
const AT: Record<Letter, readonly string[]> = { a: ["va"], b: ["vb"], r: ["ra", "rb"] };

export const letter = ({ pick }: World): Letter => pick(LETTERS);
export const device = ({ pick }: World): string => pick(DEVICES);

/** A namespace, and a device that is likely to be there. */
export function place(world: World): readonly [Letter, string] {
  const where = letter(world);
  return [where, world.random.below(3) === 0 ? device(world) : world.pick(AT[where])];
}

/** "ip -n a", or "ip" for the machine itself. */
export const ipAt = (world: World, where: Letter): string =>
  where === "r" && world.rootIsRouter ? "ip" : `ip -n ${where}`;

/** "ip netns exec a ", or nothing for the machine itself. */
export const inside = (world: World, where: Letter): string =>
  where === "r" && world.rootIsRouter ? "" : `ip netns exec ${where} `;

export const address = ({ random, pick }: World): string =>
  `${pick(NETWORKS)}.${1 + random.below(4)}`;
export const prefix = (world: World): string =>
  `${address(world)}/${world.pick([24, 24, 24, 16, 30, 32, 25])}`;
export const network = ({ pick }: World): string =>
  pick([
    "10.0.1.0/24",
    "10.0.2.0/24",
    "10.0.0.0/16",
    "default",
    "172.16.5.0/24",
    "10.0.2.1",
    "10.9.0.0/16",
    "10.0.1.128/25",
  ]);

export const address6 = ({ random, pick }: World): string =>
  `${pick(NETWORKS6)}::${1 + random.below(4)}`;
export const prefix6 = (world: World): string =>
  `${address6(world)}/${world.pick([64, 64, 64, 48, 128, 126])}`;
export const network6 = ({ pick }: World): string =>
  pick([
    "2001:db8:1::/64",
    "2001:db8:2::/64",
    "2001:db8::/32",
    "default",
    "fd00:5::/64",
    "2001:db8:2::1",
    "2001:db8:9::/48",
  ]);

export const mac = ({ random }: World): string =>
  `02:00:00:00:00:${(16 + random.below(200)).toString(16)}`;
