// `ip netns` (ip-netns(8), iproute2 6.1.0): names of network namespaces under /run/netns, their ids,
// and programs in them.
// Policy: a name that is made inside `ip netns exec` is seen by all; on Linux only by that program.
// Not simulated: monitor, /etc/netns, paths of namespaces beyond netnsNames.ts.

import { createNet, holdNet, releaseNet, setNsid } from "../../net/core/netLifecycle.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { execAll, execIn } from "./netnsExec.ts";
import { listIds, listNames } from "./netnsList.ts";
import { isNetnsName, netnsByName } from "./netnsNames.ts";
import { type Failure, type IpOptions, matches, wrongArgument } from "./options.ts";
import { finish, finishAfter, notSimulated, refused } from "./refusal.ts";
import { printUsage } from "./usage.ts";
import { unsigned } from "./words.ts";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

/** A part that only answers how it ended. */
function plain(run: (self: Process, words: readonly string[]) => Failure | undefined): Action {
  return (self, _options, words) => finish(self, run(self, words));
}

const ACTIONS: readonly (readonly [string, Action])[] = [
  ["list", listNames],
  ["show", listNames],
  ["lst", listNames],
  ["list-id", listIds],
  ["help", (self) => printUsage(self, "netns")],
  ["add", plain(add)],
  ["set", plain(setId)],
  ["delete", (self, options, words) => finish(self, remove(self, options, words))],
  ["identify", identify],
  ["pids", pids],
  ["exec", (self, options, words) => (options.all ? execAll : execIn)(self, options, words)],
  ["monitor", (self) => finish(self, notSimulated("ip netns monitor"))],
  ["attach", plain(attach)],
];

/** The object `netns` of `ip`. */
export function* netnsCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  if (word === undefined) return yield* listNames(self, options);
  const action = ACTIONS.find(([name]) => matches(word, name))?.[1];
  if (action === undefined) {
    yield* warn(self, `Command "${word}" is unknown, try "ip netns help".\n`);
    return 255;
  }
  // The name after any of these is looked at first.
  const [name] = rest;
  if (name !== undefined && CHECKED.has(action) && !isNetnsName(name)) {
    return yield* finish(self, { text: `Invalid netns name "${name}"\n`, code: 255 });
  }
  return yield* action(self, options, rest);
}

const CHECKED: ReadonlySet<Action> = new Set(
  ACTIONS.filter(([name]) => ["add", "set", "delete", "pids", "exec", "attach"].includes(name)).map(
    ([, action]) => action,
  ),
);

const NO_NAME: Failure = { text: "No netns name specified\n", code: 1 };

function add(self: Process, [name]: readonly string[]): Failure | undefined {
  if (name === undefined) return NO_NAME;
  if (self.machine.netnsNames.has(name)) return exists(name);
  const net = createNet(self.machine.kernel, self.net);
  holdNet(net);
  self.machine.netnsNames.set(name, net);
  return undefined;
}

function exists(name: string): Failure {
  const text = `Cannot create namespace file "/run/netns/${name}": File exists\n`;
  return { text, code: 1 };
}

function remove(self: Process, options: IpOptions, [name]: readonly string[]): Failure | undefined {
  const { netnsNames } = self.machine;
  if (options.all) {
    for (const one of netnsNames.keys()) unname(self, one);
    return undefined;
  }
  if (name === undefined) return NO_NAME;
  if (unname(self, name)) return undefined;
  const text = `Cannot remove namespace file "/run/netns/${name}": No such file or directory\n`;
  return { text, code: 1 };
}

function unname(self: Process, name: string): boolean {
  const { netnsNames } = self.machine;
  const net = netnsNames.get(name);
  if (net === undefined) return false;
  netnsNames.delete(name);
  releaseNet(net);
  return true;
}

function setId(self: Process, words: readonly string[]): Failure | undefined {
  const [name, word] = words;
  if (name === undefined) return NO_NAME;
  if (word === undefined) return { text: "No nsid specified\n", code: 1 };
  const nsid = word === "auto" ? undefined : unsigned(word, 0x7fffffff);
  if (nsid === undefined && word !== "auto") return wrongArgument('Invalid "netnsid" value', word);
  const net = netnsByName(self, name);
  if (net === undefined) {
    const text = `Cannot open network namespace "${name}": No such file or directory\n`;
    return { text, code: 1 };
  }
  const refusal = setNsid(self.net, net, nsid ?? "auto");
  return refusal === undefined ? undefined : refused(refusal);
}

function attach(self: Process, words: readonly string[]): Failure | undefined {
  const [name, word] = words;
  if (name === undefined) return { text: "No netns name and PID specified\n", code: 1 };
  if (word === undefined) return { text: "No netns name and PID specified\n", code: 1 };
  const pid = unsigned(word);
  if (pid === undefined) return { text: `Invalid PID: ${word}\n`, code: 1 };
  if (self.machine.netnsNames.has(name)) return exists(name);
  const net = self.machine.processes.get(pid)?.net;
  if (net === undefined) {
    const text = `Bind /proc/${pid}/ns/net -> /run/netns/${name} failed: No such file or directory\n`;
    return { text, code: 1 };
  }
  holdNet(net);
  self.machine.netnsNames.set(name, net);
  return undefined;
}

function* identify(self: Process, _options: IpOptions, words: readonly string[]): Execution {
  const [word] = words;
  let process: Process | undefined = self;
  if (word !== undefined) {
    if (!/^[0-9]+$/.test(word)) {
      const text = `Specified string '${word}' is not a pid\n`;
      return yield* finish(self, { text, code: 1 });
    }
    process = self.machine.processes.get(Number(word));
  }
  if (process === undefined) {
    const text = "Cannot open network namespace: No such file or directory\n";
    return yield* finish(self, { text, code: 1 });
  }
  const { net } = process;
  const name = [...self.machine.netnsNames].find(([, named]) => named === net)?.[0] ?? "";
  return yield* finishAfter(self, `${name}\n`);
}

function* pids(self: Process, _options: IpOptions, [name]: readonly string[]): Execution {
  if (name === undefined) return yield* finish(self, NO_NAME);
  const net = self.machine.netnsNames.get(name);
  if (net === undefined) {
    const text = "Cannot open network namespace: No such file or directory\n";
    return yield* finish(self, { text, code: 1 });
  }
  const found = [...self.machine.processes.values()]
    .filter((one) => one.net === net && one.state !== "zombie")
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
  return yield* finishAfter(self, found.map((pid) => `${pid}\n`).join(""));
}
