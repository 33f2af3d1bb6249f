// From a word to a network namespace: a name under /run/netns, a path, or a pid (ip-netns(8)).
// Not simulated: paths other than /run/netns, /var/run/netns and /proc/PID/ns/net.

import type { Net } from "../../net/core/netNamespace.ts";
import { peerNetId } from "../../net/core/notifier.ts";
import type { Process } from "../../process/process.ts";

/** The namespace that a name or a path means, or undefined when there is no such file. */
export function netnsByName(self: Process, name: string): Net | undefined {
  if (!name.includes("/")) return self.machine.netnsNames.get(name);
  const named = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(name)?.[1];
  if (named !== undefined) return self.machine.netnsNames.get(named);
  const pid = /^\/proc\/(self|[0-9]+)\/ns\/net$/.exec(name)?.[1];
  if (pid === undefined) return undefined;
  return pid === "self" ? self.net : self.machine.processes.get(Number(pid))?.net;
}

/** As netnsByName, or of the process with a pid: "missing" without such a process, "invalid" if the word is none of them. */
export function netnsByWord(self: Process, word: string): Net | "missing" | "invalid" {
  const named = netnsByName(self, word);
  if (named !== undefined) return named;
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(word)) return "invalid";
  return self.machine.processes.get(Number(word))?.net ?? "missing";
}

/** Names and paths under which iproute2 refuses to file a namespace. */
export function isNetnsName(name: string): boolean {
  return name !== "" && name.length < 255 && !name.includes("/") && name !== "." && name !== "..";
}

/** The id of a namespace as seen from the process's own, if it has one. */
export function nsidFor(self: Process, net: Net): number | undefined {
  return peerNetId(self.net, net, false);
}
