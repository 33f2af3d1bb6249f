// In which namespace is the other end of a veth? A kernel numbers other namespaces anew in each
// one (nsid). Names in /run/netns settle what they can; for unnamed ones the ends are matched: two
// veths belong together when each names the other's index. A number is settled only when exactly
// one namespace fits all veths that carry it; otherwise it stays unknown.
// Source: network_namespaces(7), iproute2's link_netnsid and link_index.
// Not here: namespaces that no process and no name of the sandbox holds.

import type { SeenLink } from "./readState.ts";

/** What matching needs to know of one namespace. */
export type PeerView = {
  readonly inode: number;
  readonly netnsNames: readonly string[];
  readonly links: readonly SeenLink[];
  readonly nsidNames: ReadonlyMap<number, string>;
};

/** For each inode, the inodes behind its nsids as far as they are known. */
export type PeerMap = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** Finds the namespace behind every nsid that any link carries. */
export function matchPeers(views: readonly PeerView[]): PeerMap {
  const candidates = new Map(
    views.map((view) => [view.inode, firstCandidates(view, views)] as const),
  );
  while (narrow(views, candidates)) {
    // Each round removes at least one candidate, so this ends.
  }
  return new Map([...candidates].map(([inode, numbers]) => [inode, settled(numbers)]));
}

/** nsid → namespaces that may be behind it. */
type Candidates = Map<number, Set<number>>;

function firstCandidates(view: PeerView, views: readonly PeerView[]): Candidates {
  const result: Candidates = new Map();
  for (const nsid of new Set(view.links.flatMap((link) => link.peerNsid ?? []))) {
    const name = view.nsidNames.get(nsid);
    const named = views.find((other) => name !== undefined && other.netnsNames.includes(name));
    const veths = view.links.filter((link) => link.kind === "veth" && link.peerNsid === nsid);
    const fits = (other: PeerView) =>
      other.inode !== view.inode && veths.every((veth) => otherEnd(veth, other) !== undefined);
    // Without a name and without a veth nothing tells the namespaces apart.
    const fitting = veths.length > 0 ? views.filter(fits) : [];
    result.set(nsid, new Set((named ? [named] : fitting).map((other) => other.inode)));
  }
  return result;
}

/** The link of the other namespace that may be this veth's other end. */
function otherEnd(veth: SeenLink, other: PeerView): SeenLink | undefined {
  return other.links.find(
    (link) =>
      link.kind === "veth" &&
      link.peerNsid !== undefined &&
      link.index === veth.peerIndex &&
      link.peerIndex === veth.index,
  );
}

/** Removes candidates that cannot be; says whether it removed any. */
function narrow(views: readonly PeerView[], candidates: ReadonlyMap<number, Candidates>): boolean {
  let removed = false;
  for (const view of views) {
    const numbers = candidates.get(view.inode) ?? new Map();
    for (const [nsid, inodes] of numbers) {
      const owner = claimant(view, nsid, views, candidates);
      for (const inode of inodes) {
        const other = views.find((one) => one.inode === inode);
        const free =
          (owner === undefined || owner === inode) &&
          ![...settled(numbers)].some(([number, taken]) => number !== nsid && taken === inode);
        if (other && free && answersBack({ view, nsid, other }, candidates)) continue;
        inodes.delete(inode);
        removed = true;
      }
    }
  }
  return removed;
}

/** The namespace, if any, whose own number is settled on this one by a veth with this nsid. */
function claimant(
  view: PeerView,
  nsid: number,
  views: readonly PeerView[],
  candidates: ReadonlyMap<number, Candidates>,
): number | undefined {
  return views.find((other) => {
    const known = settled(candidates.get(other.inode) ?? new Map());
    return other.links.some(
      (link) =>
        link.kind === "veth" &&
        link.peerNsid !== undefined &&
        known.get(link.peerNsid) === view.inode &&
        otherEnd(link, view)?.peerNsid === nsid,
    );
  })?.inode;
}

/** Whether the other ends of all veths with this nsid may lead back to where they came from. */
function answersBack(
  { view, nsid, other }: { view: PeerView; nsid: number; other: PeerView },
  candidates: ReadonlyMap<number, Candidates>,
): boolean {
  return view.links
    .filter((link) => link.kind === "veth" && link.peerNsid === nsid)
    .every((veth) => {
      const back = otherEnd(veth, other)?.peerNsid;
      return back === undefined || candidates.get(other.inode)?.get(back)?.has(view.inode) === true;
    });
}

function settled(numbers: Candidates): Map<number, number> {
  const result = new Map<number, number>();
  for (const [nsid, inodes] of numbers) {
    const [only, ...more] = inodes;
    if (only !== undefined && more.length === 0) result.set(nsid, only);
  }
  return result;
}
