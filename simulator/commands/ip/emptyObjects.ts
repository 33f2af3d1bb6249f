// Objects of `ip` of which a machine here never has any: their help, what `show` prints then, and how
// they refuse words that they do not know. All else about them is not simulated.
// Not simulated: making tunnels, nexthop objects, multicast routes, VRFs and address labels.

import { devicesInOrder } from "../../net/core/devChange.ts";
import { IFF } from "../../net/core/netDevice.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import type { IpCommand } from "./ipCommand.ts";
import { type Failure, type IpOptions, matches, wrongArgument } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { finish, noDevice, notSimulated } from "./refusal.ts";
import { printUsage } from "./usage.ts";

/** What is particular about an object. */
type EmptyObject = {
  /** Its name in its help; its own name without. */
  readonly help?: string;
  /** Words that it knows besides show, list, lst and help; all that follows them is not simulated. */
  readonly verbs?: string;
  /** Verbs without the words that they need. */
  readonly bare?: Readonly<Record<string, Failure>>;
  /** What `show` writes. */
  readonly show?: (out: Output, self: Process, options: IpOptions) => void;
  /** How `show` refuses these words. */
  readonly refuse?: Refuse;
};

type Refuse = (self: Process, words: readonly string[]) => Failure | undefined;

const LABELS =
  "::1/128 0,::/96 3,::ffff:0.0.0.0/96 4,2001::/32 6,2001:10::/28 7,3ffe::/16 12,2002::/16 2,fec0::/10 11,fc00::/7 5,::/0 1";

const NO_VRFS = "Name              Table\n-----------------------\nNo VRF has been configured\n";

function failure(text: string, code = 1): Failure {
  return { text: `${text}\n`, code };
}

/** An unknown device after `dev`, in the words of the object. */
function deviceOf(refusal: (name: string) => Failure, keyword = "dev"): Refuse {
  return (self, [word, name]) =>
    word === keyword && name !== undefined && !self.net.byName.has(name)
      ? refusal(name)
      : undefined;
}

const TUNTAP: EmptyObject = {
  verbs: "add delete",
  bare: { add: failure("You failed to specify a tunnel mode") },
};

const METRICS: EmptyObject = { help: "tcp_metrics", verbs: "flush delete" };

const OBJECTS: Readonly<Record<string, EmptyObject>> = {
  addrlabel: {
    verbs: "add delete flush",
    bare: { add: failure('Not enough information: "prefix" argument is required.') },
    show: showLabels,
    refuse: () => failure('"ip addrlabel show" does not take any arguments.'),
  },
  token: {
    verbs: "set get delete",
    bare: { get: { text: "", code: 0 } },
    show: showTokens,
    refuse: deviceOf((name) => wrongArgument("dev is invalid\n", name)),
  },
  tunnel: { verbs: "add change delete prl 6rd" },
  tuntap: TUNTAP,
  tcp_metrics: METRICS,
  mroute: { refuse: deviceOf(noDevice, "iif") },
  mrule: { help: "rule", verbs: "add delete flush save restore", show: showRule },
  vrf: {
    verbs: "identify pids exec",
    bare: {
      identify: { text: "", code: 0 },
      pids: failure("Invalid arguments"),
      exec: failure("No VRF name specified"),
    },
    show: (out) => out.text(NO_VRFS),
    refuse: () => failure("Invalid VRF", 255),
  },
  nexthop: {
    verbs: "add replace get delete flush bucket",
    refuse: deviceOf((name) => wrongArgument("Device does not exist\n", name)),
  },
};

/** Other names of the same. */
const SAME: Readonly<Record<string, string>> = {
  tunl: "tunnel",
  tap: "tuntap",
  tcpmetrics: "tcp_metrics",
};

function showLabels(out: Output): void {
  for (const entry of LABELS.split(",")) {
    const [prefix = "", label = ""] = entry.split(" ");
    const [address = "", length = ""] = prefix.split("/");
    out.openObject();
    out.put("address", address, `prefix ${address}`);
    out.put("prefixlen", Number(length), `/${length}`);
    out.put("label", Number(label), ` label ${label} \n`);
    out.closeObject();
  }
}

/** No interface here has a token: each that could have one shows ::. */
function showTokens(out: Output, { net }: Process): void {
  for (const { name, ip6, flags } of devicesInOrder(net)) {
    if (ip6 === undefined || (flags & (IFF.LOOPBACK | IFF.NOARP)) !== 0) continue;
    out.openObject();
    out.put("token", "::", "token ::");
    out.put("ifname", name, ` dev ${name}\n`);
    out.closeObject();
  }
}

function showRule(out: Output, _self: Process, { family }: IpOptions): void {
  const table = family === "inet6" ? "main" : "default";
  out.openObject();
  out.put("priority", 32767, "32767:\t");
  out.put("src", "all", "from all");
  out.put("table", table, ` lookup ${table}\n`);
  out.closeObject();
}

/** The command of an object that is always empty. */
export function emptyObject(given: string): IpCommand {
  const name = SAME[given] ?? given;
  const object = OBJECTS[name] ?? {};
  return function* (self, options, words): Execution {
    const [verb = "show", ...rest] = words;
    if (!["show", "list", "lst"].some((word) => matches(verb, word))) {
      return yield* otherVerb(self, name, words);
    }
    if (rest.length > 0) {
      return yield* finish(self, object.refuse?.(self, rest) ?? notSimulated(`ip ${name}`));
    }
    const out = createOutput(options);
    out.openArray();
    object.show?.(out, self, options);
    out.closeArray();
    yield* print(self, out.take());
    return 0;
  };
}

function* otherVerb(self: Process, name: string, [verb = "", ...rest]: readonly string[]) {
  const { help = name, verbs = "add delete flush", bare = {} } = OBJECTS[name] ?? {};
  if (matches(verb, "help")) return yield* printUsage(self, help);
  const known = verbs.split(" ").find((word) => matches(verb, word));
  if (known === undefined) {
    const stop = name === "tunnel" ? "" : ".";
    return yield* finish(
      self,
      failure(`Command "${verb}" is unknown, try "ip ${help} help"${stop}`, 255),
    );
  }
  const answer = rest.length === 0 ? bare[known] : undefined;
  return yield* finish(self, answer ?? notSimulated(`ip ${name} ${known}`));
}
