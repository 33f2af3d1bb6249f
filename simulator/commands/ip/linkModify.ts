// `ip link add`, `set`, `replace` and `delete`: puts what the words said into requests to the kernel
// and prints its refusal.
// Not simulated: kinds of links other than veth, bridge, vlan, dummy and macvlan.

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { Refusal } from "../../net/core/errno.ts";
import type { LinkChange, LinkRequest, NewEnd } from "../../net/core/linkRequest.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { delLink, newLink, setLink } from "../../net/core/rtnetlink.ts";
import { setAddrGenMode6 } from "../../net/ipv6/sysctlNetIpv6.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type KindWords, OTHER_KINDS, readKindWords } from "./linkKinds.ts";
import { type LinkWords, readLinkWords } from "./linkWords.ts";
import type { Failure } from "./options.ts";
import { finish, noDevice, notSimulated, refused } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { printUsage, usageText } from "./usage.ts";
import { createReader, type WordReader } from "./words.ts";

type Verb = "add" | "set" | "replace" | "delete";

/** Everything that the words of one command said. */
type Parsed = { readonly words: LinkWords; readonly kind: KindWords; readonly peer?: LinkWords };

const NO_DEV: Failure = {
  text: 'Not enough information: "dev" argument is required.\n',
  code: 255,
};

/** Carries out `ip link VERB WORDS`. */
export function* modifyLink(self: Process, verb: Verb, list: readonly string[]): Execution {
  const reader = createReader(list);
  const words = readLinkWords(self, reader);
  if (words.help === true && reader.failure === undefined) return yield* printUsage(self, "link");
  const failure = reader.failure ?? early(self, verb, words);
  if (failure !== undefined) return yield* finish(self, failure);
  const parsed = parseKind(self, verb, words, reader);
  if ("code" in parsed) return yield* finish(self, parsed);
  const { usage } = parsed.kind;
  if (usage !== undefined) {
    yield* warn(self, usage.before);
    yield* warn(self, yield* usageText(self, `link ${words.kind ?? ""}`));
    return 1;
  }
  return yield* finish(self, apply(self, verb, parsed));
}

/** What iproute2 finds wrong before it reads the type's options. */
function early(self: Process, verb: Verb, words: LinkWords): Failure | undefined {
  const creates = verb === "add" || verb === "replace";
  if (!creates) {
    if (words.dev === undefined) return words.group === undefined ? NO_DEV : undefined;
    if (words.index !== undefined && words.netns === undefined) {
      const text =
        "index can be used only when creating devices or when moving device to another netns.\n";
      return { text, code: 255 };
    }
    const dev = findDevice(self.net, words.dev);
    if (dev === undefined) return noDevice(words.dev);
    return wrongLength(words);
  }
  if (words.name !== undefined && words.dev !== words.name) {
    const text = 'both "name" and "dev" cannot be used when creating devices.\n';
    return { text, code: 255 };
  }
  if (words.link !== undefined && findDevice(self.net, words.link) === undefined) {
    return noDevice(words.link);
  }
  if (words.kind === undefined) {
    return { text: 'Not enough information: "type" argument is required\n', code: 1 };
  }
  return undefined;
}

function wrongLength({ address }: LinkWords): Failure | undefined {
  if (address === undefined || address.length === 6) return undefined;
  return { text: `Invalid address length ${address.length} - must be 6 bytes\n`, code: 1 };
}

function parseKind(
  self: Process,
  verb: Verb,
  words: LinkWords,
  reader: WordReader,
): Parsed | Failure {
  const { kind } = words;
  if (kind === undefined) return { words, kind: {} };
  if (kind === "veth" && reader.word !== undefined) {
    if (reader.word !== "peer") return { words, kind: { usage: { before: "" } } };
    reader.skip();
    const peer = readLinkWords(self, reader);
    if (reader.failure !== undefined) return reader.failure;
    if (verb === "set") {
      const name = peer.dev ?? peer.name;
      if (name === undefined) return NO_DEV;
      return findDevice(self.net, name) === undefined
        ? noDevice(name)
        : { words, kind: { options: new Map() } };
    }
    if (peer.name !== undefined && peer.dev !== peer.name) {
      const text = 'both "name" and "dev" cannot be used when creating devices.\n';
      return { text, code: 255 };
    }
    return { words, kind: {}, peer };
  }
  const hasOptions = reader.word !== undefined;
  // A kind alone asks for no change, so it may be any kind.
  if (verb === "set" && !hasOptions) return { words, kind: {} };
  const read = readKindWords(self.net, kind, reader);
  // Words that no kind takes still make a request for a change of the kind.
  const options = hasOptions && Object.keys(read).length === 0 ? { options: new Map() } : read;
  return reader.failure ?? { words, kind: options };
}

function apply(self: Process, verb: Verb, parsed: Parsed): Failure | undefined {
  const { words, peer } = parsed;
  const { kind = "" } = words;
  const missing = words.netnsMissing ?? peer?.netnsMissing;
  if (verb === "delete") return remove(self, words);
  const existing = words.dev === undefined ? undefined : findDevice(self.net, words.dev);
  const changes = verb === "set";
  if (missing !== undefined && (changes || existing === undefined)) {
    return refused({ errno: missing });
  }
  if (changes) return change(self, existing, parsed);
  if (verb === "replace" && existing !== undefined) return refused({ errno: "EOPNOTSUPP" });
  if (OTHER_KINDS.has(kind) && existing === undefined) return notSimulated(`link type ${kind}`);
  return add(self, parsed, existing !== undefined);
}

function add(self: Process, parsed: Parsed, exists: boolean): Failure | undefined {
  const { words, peer } = parsed;
  const ends = peer === undefined ? [words] : [words, peer];
  const wrong = ends.map(badLength).find((failure) => failure !== undefined);
  if (wrong !== undefined) return wrong;
  const queues = exists ? undefined : ends.map(badQueues).find((failure) => failure !== undefined);
  if (queues !== undefined) return queues;
  const name = words.name ?? words.dev;
  if (name !== undefined && name.length > 15) {
    return refused({ errno: "ERANGE", message: "Attribute failed policy validation" });
  }
  const link = words.link === undefined ? undefined : findDevice(self.net, words.link);
  const { options, vlan, macvlan } = parsed.kind;
  const request: LinkRequest = {
    ...endOf(words),
    kind: words.kind ?? "",
    ...(link === undefined ? {} : { link }),
    ...(options === undefined ? {} : { options }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(macvlan === undefined ? {} : { macvlan }),
    ...(peer === undefined ? {} : { peer: endOf(peer) }),
  };
  const refusal = newLink(self.net, request);
  return refusal === undefined ? undefined : refused(refusal);
}

/** The kernel refuses link-layer addresses of another length. */
function badLength({ address, broadcast }: LinkWords): Failure | undefined {
  const wrong = (address?.length ?? 6) !== 6 || (broadcast?.length ?? 6) !== 6;
  return wrong ? refused({ errno: "EINVAL" }) : undefined;
}

/** It refuses absurd counts of queues as well. */
function badQueues({ numTxQueues = 1, numRxQueues = 1 }: LinkWords): Failure | undefined {
  if (numTxQueues < 1 || numTxQueues > 4096) {
    return refused({ errno: "EINVAL", message: "Invalid number of transmit queues" });
  }
  if (numRxQueues < 1 || numRxQueues > 4096) {
    return refused({ errno: "EINVAL", message: "Invalid number of receive queues" });
  }
  return undefined;
}

function endOf(words: LinkWords): NewEnd {
  const name = words.name ?? words.dev;
  return {
    ...settingsOf(words),
    ...(name === undefined ? {} : { name }),
    ...(words.index === undefined ? {} : { ifindex: words.index }),
    ...(words.numTxQueues === undefined ? {} : { numTxQueues: words.numTxQueues }),
    ...(words.numRxQueues === undefined ? {} : { numRxQueues: words.numRxQueues }),
    ...(words.group === undefined ? {} : { group: words.group }),
  };
}

function settingsOf(words: LinkWords): LinkWords["settings"] {
  return {
    ...words.settings,
    ...(words.address === undefined ? {} : { address: words.address.mac }),
    ...(words.broadcast === undefined ? {} : { broadcast: words.broadcast.mac }),
    ...(words.netns === undefined ? {} : { netns: words.netns }),
  };
}

function change(self: Process, dev: NetDevice | undefined, parsed: Parsed): Failure | undefined {
  const { words } = parsed;
  const { options, vlan, macvlan } = parsed.kind;
  const wanted: LinkChange = {
    ...settingsOf(words),
    ...(words.kind === undefined ? {} : { kind: words.kind }),
    ...(words.name === undefined || words.name === words.dev ? {} : { name: words.name }),
    ...(words.index === undefined ? {} : { newIfindex: words.index }),
    ...(options === undefined ? {} : { options }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(macvlan === undefined ? {} : { macvlan }),
    ...(dev !== undefined && words.group !== undefined ? { group: words.group } : {}),
  };
  if (dev !== undefined) return changeOne(dev, words, wanted);
  // Without a device the group names those to change.
  for (const member of membersOf(self, words)) {
    const failure = changeOne(member, words, wanted);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function changeOne(dev: NetDevice, words: LinkWords, wanted: LinkChange): Failure | undefined {
  const bad = (words.broadcast?.length ?? 6) !== 6;
  const refusal: Refusal | undefined = bad ? { errno: "EINVAL" } : setLink(dev, wanted);
  if (refusal !== undefined) return refused(refusal);
  for (const limit of ["gsoMaxSize", "gsoMaxSegs", "groMaxSize"] as const) {
    const value = words[limit];
    if (value !== undefined) dev[limit] = value;
  }
  if (words.addrgenMode === undefined) return undefined;
  const denied = setAddrGenMode6(dev, words.addrgenMode);
  return denied === undefined ? undefined : refused(denied);
}

function membersOf(self: Process, words: LinkWords): NetDevice[] {
  return devicesInOrder(self.net).filter((dev) => dev.group === words.group);
}

function remove(self: Process, words: LinkWords): Failure | undefined {
  if (words.dev !== undefined) {
    const dev = findDevice(self.net, words.dev);
    const refusal = dev === undefined ? undefined : delLink(dev);
    return refusal === undefined ? undefined : refused(refusal);
  }
  if (words.group === 0) return refused({ errno: "EPERM" });
  const members = membersOf(self, words);
  if (members.length === 0) return refused({ errno: "ENODEV" });
  for (const dev of members) {
    const refusal = dev.registered ? delLink(dev) : undefined;
    if (refusal !== undefined) return refused(refusal);
  }
  return undefined;
}
