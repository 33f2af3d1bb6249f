// What does a chapter call each namespace? "lab" for the initial one, else its name in /run/netns,
// else the hostname of its UTS namespace, else "pid 123". No two get the same name.
// Not here: how the namespaces are found.

/** What is known of a namespace before its tables are read. */
export type NamespaceRef = {
  readonly inode: number;
  /** A process inside, oldest first; 0 when only a name in /run/netns holds it. */
  readonly pid: number;
  readonly hostname: string;
  readonly netnsNames: readonly string[];
  readonly initial: boolean;
};

/** Names by inode; who comes first in the list has the first choice. */
export function namespaceNames(refs: readonly NamespaceRef[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  const homeHostname = refs.find((ref) => ref.initial)?.hostname;
  const inOrder = [
    ...refs.filter((ref) => ref.initial),
    ...refs.filter((ref) => !ref.initial && ref.netnsNames.length > 0),
    ...refs.filter((ref) => !ref.initial && ref.netnsNames.length === 0),
  ];
  for (const ref of inOrder) {
    const name = wishes(ref, homeHostname).find((wish) => !taken.has(wish));
    if (name === undefined) continue;
    taken.add(name);
    names.set(ref.inode, name);
  }
  return names;
}

function wishes(ref: NamespaceRef, homeHostname: string | undefined): string[] {
  if (ref.initial) return ["lab"];
  // A process that unshared its network alone still has everybody's hostname: that names nothing.
  const ownHostname = ref.hostname !== homeHostname && ref.hostname !== "" ? [ref.hostname] : [];
  const pid = ref.pid > 0 ? [`pid ${ref.pid}`] : [];
  return [...ref.netnsNames, ...ownHostname, ...pid, `namespace ${ref.inode}`];
}
