// `ip netns` (ip-netns(8), iproute2 6.1.0): names of network namespaces under /run/netns, their ids,
// and programs in them.
// Not simulated: /etc/netns, paths of namespaces beyond netnsNames.ts.

import type { Refusal } from "../../net/core/errno.ts";
import { createNet, holdNet, releaseNet, setNsid } from "../../net/core/netLifecycle.ts";
import { print, warn } from "../../process/io.ts";
import { netnsNamesOf } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";
import { createWaitQueue, type Execution } from "../../process/wait.ts";
import { execAll, execIn } from "./netnsExec.ts";
import { listIds, listNames } from "./netnsList.ts";
import { isNetnsName, netnsByName } from "./netnsNames.ts";
import { type Failure, type IpOptions, matches, wrongArgument } from "./options.ts";
import { finish, finishAfter, refused } from "./refusal.ts";
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
  ["monitor", watchNames],
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

const EXTRA: Failure = { text: "extra arguments specified\n", code: 1 };

const NO_NAME: Failure = { text: "No netns name specified\n", code: 1 };

/** Tells of names as they come and go; to anything but a terminal only when more would follow, so never. */
function* watchNames(self: Process): Execution {
  const lines: string[] = [];
  const arrived = createWaitQueue();
  const stop = netnsNamesOf(self).watch((line) => {
    lines.push(line);
    arrived.wakeAll();
  });
  try {
    for (;;) {
      const text = lines.splice(0).join("");
      if (text !== "" && self.files.get(1)?.kind === "tty") yield* print(self, text);
      if (lines.length === 0) yield arrived.wait;
    }
  } finally {
    stop();
  }
}

function add(self: Process, [name]: readonly string[]): Failure | undefined {
  if (name === undefined) return NO_NAME;
  const names = netnsNamesOf(self);
  if (names.has(name)) return exists(name);
  const net = createNet(self.machine.kernel, self.net);
  holdNet(net);
  names.set(name, net);
  return undefined;
}

function exists(name: string): Failure {
  const text = `Cannot create namespace file "/run/netns/${name}": File exists\n`;
  return { text, code: 1 };
}

function remove(self: Process, options: IpOptions, [name]: readonly string[]): Failure | undefined {
  if (options.all) {
    for (const one of netnsNamesOf(self).keys()) unname(self, one);
    return undefined;
  }
  if (name === undefined) return NO_NAME;
  if (unname(self, name)) return undefined;
  const text = `Cannot remove namespace file "/run/netns/${name}": No such file or directory\n`;
  return { text, code: 1 };
}

function unname(self: Process, name: string): boolean {
  const names = netnsNamesOf(self);
  if (!names.has(name)) return false;
  const net = names.delete(name);
  if (net !== undefined) releaseNet(net);
  return true;
}

function setId(self: Process, words: readonly string[]): Failure | undefined {
  const [name, word] = words;
  if (name === undefined) return NO_NAME;
  if (word === undefined) return { text: "No nsid specified\n", code: 1 };
  const nsid = word === "auto" ? undefined : unsigned(word, 0x7fffffff);
  if (nsid === undefined && /^-[0-9]+$/.test(word)) {
    return wrongArgument('"netnsid" value should be >= 0', word);
  }
  if (nsid === undefined && word !== "auto") return wrongArgument('Invalid "netnsid" value', word);
  const net = netnsByName(self, name);
  if (net === undefined) {
    const text = `Cannot open network namespace "${name}": No such file or directory\n`;
    return { text, code: 1 };
  }
  if (net === "stale") return refused(STALE);
  const refusal = setNsid(self.net, net, nsid ?? "auto");
  return refusal === undefined ? undefined : refused(refusal);
}

/** The name is there, but nothing is mounted on it. */
const STALE: Refusal = { errno: "EINVAL", message: "Peer netns reference is invalid" };

function attach(self: Process, words: readonly string[]): Failure | undefined {
  const [name, word] = words;
  if (name === undefined) return { text: "No netns name and PID specified\n", code: 1 };
  if (word === undefined) return { text: "No netns name and PID specified\n", code: 1 };
  const pid = unsigned(word);
  if (pid === undefined) return { text: `Invalid PID: ${word}\n`, code: 1 };
  const names = netnsNamesOf(self);
  if (names.has(name)) return exists(name);
  const net = self.machine.processes.get(pid)?.net;
  if (net === undefined) {
    const text = `Bind /proc/${pid}/ns/net -> /run/netns/${name} failed: No such file or directory\n`;
    return { text, code: 1 };
  }
  holdNet(net);
  names.set(name, net);
  return undefined;
}

function* identify(self: Process, _options: IpOptions, words: readonly string[]): Execution {
  const [word, extra] = words;
  if (extra !== undefined) return yield* finish(self, EXTRA);
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
  const name = [...netnsNamesOf(self)].find(([, named]) => named === net)?.[0] ?? "";
  return yield* finishAfter(self, `${name}\n`);
}

function* pids(self: Process, _options: IpOptions, [name, extra]: readonly string[]): Execution {
  if (name === undefined) return yield* finish(self, NO_NAME);
  if (extra !== undefined) return yield* finish(self, EXTRA);
  const net = netnsNamesOf(self).get(name);
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
