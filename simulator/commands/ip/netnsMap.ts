// The names of namespaces by their ids, as one run of ip knows them (ip-netns(8), iproute2 6.1.0).
// Policy: the names are read once, as soon as there is a /run/netns; a namespace that got its name or
// its id later has no name for this run, unless an event about ids told it.
// Not here: `ip netns` itself.

import type { Net } from "../../net/core/netNamespace.ts";
import { netnsNamesOf } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";

/** What one run of ip knows. */
export type NetnsMap = {
  nameOf(nsid: number): string | undefined;
  remember(nsid: number, name: string): void;
};

/** Reads the names that there are. */
export function createNetnsMap(self: Process): NetnsMap {
  const names = new Map<number, string>();
  let read = false;
  const readNames = () => {
    if (read || "errno" in self.machine.files.stat(self, "/run/netns")) return;
    read = true;
    for (const [nsid, net] of self.net.nsids) {
      const name = netnsName(self, net);
      if (name !== undefined) names.set(nsid, name);
    }
  };
  readNames();
  return {
    nameOf(nsid) {
      readNames();
      return names.get(nsid);
    },
    remember: (nsid, name) => void names.set(nsid, name),
  };
}

/** The name under /run/netns that a namespace has, the oldest if it has several. */
export function netnsName(self: Process, net: Net): string | undefined {
  return netnsNamesOf(self).oldestOf(net);
}
