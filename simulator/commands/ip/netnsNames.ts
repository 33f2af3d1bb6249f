// From a word to a network namespace: a name under /run/netns, a path, or a pid (ip-netns(8)).
// Not simulated: paths other than /run/netns, /var/run/netns and /proc/PID/ns/net.

import type { Net } from "../../net/core/netNamespace.ts";
import { peerNetId } from "../../net/core/notifier.ts";
import { netnsNamesOf } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";

/**
 * The namespace that a name or a path means, "stale" when nothing is mounted on the name, or undefined
 * when there is no such file.
 */
export function netnsByName(self: Process, name: string): Net | "stale" | undefined {
  if (!name.includes("/")) return named(self, name);
  const file = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(name)?.[1];
  if (file !== undefined) return named(self, file);
  const pid = /^\/proc\/(self|[0-9]+)\/ns\/net$/.exec(name)?.[1];
  if (pid === undefined) return undefined;
  return pid === "self" ? self.net : self.machine.processes.get(Number(pid))?.net;
}

function named(self: Process, name: string): Net | "stale" | undefined {
  const names = netnsNamesOf(self);
  return names.get(name) ?? (names.has(name) ? "stale" : undefined);
}

/** As netnsByName, or of the process with a pid: "missing" without such a process, "invalid" if the word is none of them. */
export function netnsByWord(self: Process, word: string): Net | "stale" | "missing" | "invalid" {
  const found = netnsByName(self, word);
  if (found !== undefined) return found;
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(word)) return "invalid";
  return self.machine.processes.get(Number(word))?.net ?? "missing";
}

/** Names and paths under which iproute2 refuses to file a namespace. */
export function isNetnsName(name: string): boolean {
  return name !== "" && name.length <= 255 && !name.includes("/") && name !== "." && name !== "..";
}

/** The id of a namespace as seen from the process's own, if it has one. */
export function nsidFor(self: Process, net: Net): number | undefined {
  return peerNetId(self.net, net, false);
}
