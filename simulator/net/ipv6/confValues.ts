// Settings of net.ipv6 by name: many namespaces and devices have nearly the same ones, so each keeps
// only what differs from what is built in.
// Not here: what is built in (createIpv6Net.ts), what names mean (sysctlNetIpv6.ts).

/** Values by name, as text. */
export type ConfValues = {
  get(name: string): string | undefined;
  has(name: string): boolean;
  set(name: string, value: string): ConfValues;
  /** All names, in the order of what is built in. */
  keys(): Iterable<string>;
  /** Values that are the same now and change apart from these. */
  copy(): ConfValues;
};

/** Values that begin as `builtIn`, but for `own`. */
export function confValues(
  builtIn: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string> = new Map(),
): ConfValues {
  const changed = new Map(own);
  const values: ConfValues = {
    get: (name) => changed.get(name) ?? builtIn.get(name),
    has: (name) => builtIn.has(name),
    set(name, value) {
      if (builtIn.has(name)) changed.set(name, value);
      return values;
    },
    keys: () => builtIn.keys(),
    copy: () => confValues(builtIn, changed),
  };
  return values;
}
