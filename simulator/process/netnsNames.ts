// Names of network namespaces, as `ip netns` gives them: files that all see, the newest first, as on the
// tmpfs that Linux keeps them on, and for each mount namespace what is mounted on them. What is mounted
// in one is mounted in its slaves too, never the other way round (mount_namespaces(7)).
// Not here: their files (startTree.ts).

import type { Net } from "../net/core/netNamespace.ts";

/** Names and their namespaces, as one mount namespace sees them. */
export type NetnsNames = {
  /** The namespace of that name; undefined also where nothing is mounted on the name. */
  get(name: string): Net | undefined;
  has(name: string): boolean;
  /** Gives a name, in this mount namespace and its slaves; a new one is listed first. */
  set(name: string, net: Net): void;
  /** Takes the file of a name away, for everybody: the namespace that it stood for. */
  delete(name: string): Net | undefined;
  /** Undoes the mount only: the namespace, if it is mounted nowhere any more. */
  unmount(name: string): Net | undefined;
  /** Tells of files that come and go, until the answer is called. */
  watch(hear: (line: string) => void): () => void;
  /** The oldest name of a namespace. */
  oldestOf(net: Net): string | undefined;
  /** Somebody has needed their folder. */
  readonly used: boolean;
  /** All names, the newest first. */
  keys(): string[];
  /** Names with something mounted on them, the newest first. */
  [Symbol.iterator](): Iterator<readonly [name: string, net: Net]>;
  /** What a mount namespace with that number sees. */
  in(mounts: number | undefined): NetnsNames;
  /** A new mount namespace: a copy of this one, and its slave unless it is private. */
  copyTo(mounts: number, isSlave: boolean): void;
  /** A mount namespace has ended: namespaces that are mounted nowhere any more. */
  end(mounts: number): Net[];
};

type View = { readonly mounted: Map<string, Net>; readonly slaves: Set<View> };

type Table = {
  used: boolean;
  readonly watchers: Set<(line: string) => void>;
  readonly files: Set<string>;
  readonly views: Map<number | undefined, View>;
};

/** No names yet. */
export function createNetnsNames(): NetnsNames {
  const first: View = { mounted: new Map(), slaves: new Set() };
  return namesOf(
    { files: new Set(), views: new Map([[undefined, first]]), watchers: new Set(), used: false },
    first,
  );
}

function namesOf(table: Table, view: View): NetnsNames {
  const { files, views, watchers } = table;
  const { mounted } = view;
  const isMounted = (name: string, net: Net) =>
    [...views.values()].some((each) => each.mounted.get(name) === net);
  const tell = (line: string) => {
    for (const hear of watchers) hear(line);
  };
  return {
    watch(hear) {
      table.used = true;
      watchers.add(hear);
      return () => watchers.delete(hear);
    },
    get: (name) => mounted.get(name),
    has: (name) => files.has(name),
    set(name, net) {
      if (!files.has(name)) tell(`add ${name}\n`);
      files.add(name);
      table.used = true;
      mountOn(view, name, net);
    },
    delete(name) {
      if (files.delete(name)) tell(`delete ${name}\n`);
      let found: Net | undefined;
      for (const each of views.values()) {
        found ??= each.mounted.get(name);
        each.mounted.delete(name);
      }
      return found;
    },
    unmount(name) {
      const net = mounted.get(name);
      mountOn(view, name, undefined);
      return net === undefined || isMounted(name, net) ? undefined : net;
    },
    oldestOf(net) {
      for (const name of files) if (mounted.get(name) === net) return name;
      return undefined;
    },
    get used() {
      return table.used;
    },
    keys: () => [...files].reverse(),
    *[Symbol.iterator]() {
      for (const name of [...files].reverse()) {
        const net = mounted.get(name);
        if (net !== undefined) yield [name, net];
      }
    },
    in: (mounts) => namesOf(table, views.get(mounts) ?? view),
    copyTo(mounts, isSlave) {
      const copy: View = { mounted: new Map(mounted), slaves: new Set() };
      views.set(mounts, copy);
      if (isSlave) view.slaves.add(copy);
    },
    end(mounts) {
      const ended = views.get(mounts);
      views.delete(mounts);
      if (ended === undefined) return [];
      for (const each of views.values()) {
        if (!each.slaves.delete(ended)) continue;
        for (const slave of ended.slaves) each.slaves.add(slave);
      }
      return [...ended.mounted].filter((entry) => !isMounted(...entry)).map(([, net]) => net);
    },
  };
}

function mountOn(view: View, name: string, net: Net | undefined): void {
  if (net === undefined) view.mounted.delete(name);
  else view.mounted.set(name, net);
  for (const slave of view.slaves) mountOn(slave, name, net);
}
