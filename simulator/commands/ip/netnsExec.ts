// Programs in named namespaces: `ip netns exec`, with -all in each of them in turn, and the switch that
// `ip -n` makes for the command itself.
// Not simulated: /etc/netns bound over /etc.

import { errnoText } from "../../net/core/errno.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { print, warn } from "../../process/io.ts";
import { netnsNamesOf, unshareMounts } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";
import { enterNet, mayStart, spawn, waitFor } from "../../process/processTable.ts";
import { exec, findProgram } from "../../process/programLookup.ts";
import type { Execution } from "../../process/wait.ts";
import { netnsByName } from "./netnsNames.ts";
import type { IpOptions } from "./options.ts";
import { finish } from "./refusal.ts";

/** Puts the process into a named namespace with its /sys; the refusal's text if it cannot. */
export function switchNetns(self: Process, name: string): string | undefined {
  const net = netnsByName(self, name);
  if (net === undefined) {
    return `Cannot open network namespace "${name}": No such file or directory\n`;
  }
  if (net === "stale") return `setting the network namespace "${name}" failed: Invalid argument\n`;
  enter(self, net);
  return undefined;
}

function enter(self: Process, net: Net): void {
  enterNet(self, net);
  unshareMounts(self, true);
  self.sysNet = net;
}

/** `ip netns exec NAME COMMAND`: the process becomes the command. */
export function* execIn(self: Process, options: IpOptions, words: readonly string[]): Execution {
  const [name, ...command] = words;
  if (name === undefined)
    return yield* finish(self, { text: "No netns name specified\n", code: 1 });
  if (command.length === 0) {
    return yield* finish(self, { text: "No command specified\n", code: 1 });
  }
  if (options.batch === undefined) return yield* enterAndBecome(self, name, command);
  // In a batch there is more to do afterwards, so a child becomes the command.
  const child = spawn(self, {
    argv: command,
    program: (process) => enterAndBecome(process, name, command),
  });
  const status = yield* waitFor(self, child);
  return "code" in status && status.code === 0 ? 0 : 1;
}

function* enterAndBecome(self: Process, name: string, command: readonly string[]): Execution {
  const refusal = switchNetns(self, name);
  if (refusal !== undefined) return yield* finish(self, { text: refusal, code: 255 });
  return yield* become(self, command);
}

/** Replaces the program of the process; says so if there is none. */
function* become(self: Process, command: readonly string[]): Execution {
  const [name = ""] = command;
  const found = findProgram(self, name);
  if ("errno" in found) {
    yield* warn(self, `exec of "${name}" failed: ${errnoText(found.errno)}\n`);
    return 1;
  }
  return yield* exec(self, command);
}

/** `ip -all netns exec COMMAND`: one after the other, the newest name first. */
export function* execAll(
  self: Process,
  _options: IpOptions,
  command: readonly string[],
): Execution {
  if (command.length === 0) {
    return yield* finish(self, { text: "No command specified\n", code: 1 });
  }
  for (const [name, net] of [...netnsNamesOf(self)]) {
    yield* print(self, `\nnetns: ${name}\n`);
    if (!mayStart(self.machine)) {
      return yield* finish(self, { text: "fork: Resource temporarily unavailable\n", code: 1 });
    }
    const child = spawn(self, {
      argv: command,
      net,
      program: function* (process) {
        unshareMounts(process, true);
        process.sysNet = net;
        return yield* become(process, command);
      },
    });
    yield* waitFor(self, child);
  }
  return 0;
}
