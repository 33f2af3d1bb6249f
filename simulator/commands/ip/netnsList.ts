// What `ip netns list` and `ip netns list-id` print: names with the ids that the asking namespace knows
// them by, and ids with their names.
// Not simulated: the order of names on a real tmpfs beyond "newest first".

import type { Net } from "../../net/core/netNamespace.ts";
import { warn } from "../../process/io.ts";
import { netnsNamesOf } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { netnsName } from "./netnsMap.ts";
import { nsidFor } from "./netnsNames.ts";
import { type Failure, INCOMPLETE, type IpOptions, wrongArgument } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { finish, finishAfter, refused } from "./refusal.ts";
import { printUsage } from "./usage.ts";
import { unsigned } from "./words.ts";

/** `ip netns list`. */
export function* listNames(self: Process, options: IpOptions): Execution {
  const out = createOutput(options);
  const names = netnsNamesOf(self);
  yield* warnOfStale(self, 2);
  out.openArray();
  for (const name of names.keys()) {
    const net = names.get(name);
    const nsid = net && nsidFor(self, net);
    out.openObject();
    out.put("name", name, name);
    if (nsid !== undefined) out.put("id", nsid, ` (id: ${nsid})`);
    out.text("\n");
    out.closeObject();
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

const NO_TARGET: Failure = {
  text: "Error: Invalid target network namespace id.\nDump terminated\n",
  code: 1,
};

/** `ip netns list-id [target-nsid N] [nsid N]`. */
export function* listIds(self: Process, options: IpOptions, words: readonly string[]): Execution {
  let target: Net = self.net;
  let asked: number | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const [word, value] = [words[at] ?? "", words[at + 1]];
    if (word !== "target-nsid" && word !== "nsid") return yield* printUsage(self, "netns");
    if (value === undefined) return yield* finish(self, INCOMPLETE);
    const nsid = unsigned(value, 0x7fffffff);
    if (nsid === undefined) {
      return yield* finish(self, wrongArgument(`"${word}" value is invalid`, value));
    }
    const net = self.net.nsids.get(nsid);
    if (net === undefined) {
      if (word === "target-nsid") return yield* finish(self, NO_TARGET);
      const message = "Peer netns reference is invalid";
      return yield* finish(self, refused({ errno: "EINVAL", message }));
    }
    if (word === "nsid") asked = nsid;
    else target = net;
  }
  yield* warnOfStale(self, 1);
  const out = createOutput(options);
  out.openArray();
  for (const [nsid, net] of [...target.nsids].sort(([a], [b]) => a - b)) {
    if (asked === undefined || asked === nsid) printId(out, self, nsid, { net, target });
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

/** Looking at a name that nothing is mounted on is refused, as often as ip looks. */
function* warnOfStale(self: Process, times: number): Steps<void> {
  const names = netnsNamesOf(self);
  const stale = names.keys().filter((name) => names.get(name) === undefined);
  const text = "Error: Peer netns reference is invalid.\n".repeat(times * stale.length);
  if (text !== "") yield* warn(self, text);
}

function printId(
  out: Output,
  self: Process,
  nsid: number,
  { net, target }: { net: Net; target: Net },
): void {
  out.openObject();
  out.put("nsid", nsid, `nsid ${nsid} `);
  const own = target === self.net ? undefined : nsidFor(self, net);
  if (own !== undefined) out.put("current-nsid", own, `current-nsid ${own} `);
  const name = netnsName(self, net);
  if (name !== undefined) out.put("name", name, `(iproute2 netns name: ${name})`);
  out.text("\n");
  out.closeObject();
}
