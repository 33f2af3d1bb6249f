// Names of network namespaces, as `ip netns` gives them: the newest comes first wherever they are
// listed, as on the tmpfs that Linux keeps them on.
// Not here: their files (startTree.ts).

import type { Net } from "../net/core/netNamespace.ts";

/** Names and their namespaces. */
export type NetnsNames = {
  get(name: string): Net | undefined;
  has(name: string): boolean;
  /** Gives a new name; it is listed first. */
  set(name: string, net: Net): void;
  delete(name: string): void;
  /** The oldest name of a namespace. */
  oldestOf(net: Net): string | undefined;
  readonly size: number;
  /** The newest first. */
  keys(): string[];
  [Symbol.iterator](): Iterator<readonly [name: string, net: Net]>;
};

/** No names yet. */
export function createNetnsNames(): NetnsNames {
  const oldestFirst = new Map<string, Net>();
  return {
    get: (name) => oldestFirst.get(name),
    has: (name) => oldestFirst.has(name),
    set(name, net) {
      oldestFirst.delete(name);
      oldestFirst.set(name, net);
    },
    delete: (name) => void oldestFirst.delete(name),
    oldestOf(net) {
      for (const [name, named] of oldestFirst) if (named === net) return name;
      return undefined;
    },
    get size() {
      return oldestFirst.size;
    },
    keys: () => [...oldestFirst.keys()].reverse(),
    [Symbol.iterator]: () => [...oldestFirst].reverse().values(),
  };
}
