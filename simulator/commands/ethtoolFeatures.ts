// The offload features of `ethtool -k` and what `ethtool -K` makes of them (ethtool(8), kernel 6.1):
// which each kind of device has, which are fixed, and which go off because another one they need is off.
// Policy: a wish is kept with the device and shown; no offload changes how frames move here.
// Not simulated: features of bridges that depend on their ports beyond those of veths.

import type { NetDevice } from "../net/core/netDevice.ts";

/** Features in the order of -k; those that begin with "*" sum up the ones behind them. */
const NAMES =
  "rx-checksumming *tx-checksumming tx-checksum-ipv4 tx-checksum-ip-generic tx-checksum-ipv6 tx-checksum-fcoe-crc tx-checksum-sctp *scatter-gather tx-scatter-gather tx-scatter-gather-fraglist *tcp-segmentation-offload tx-tcp-segmentation tx-tcp-ecn-segmentation tx-tcp-mangleid-segmentation tx-tcp6-segmentation generic-segmentation-offload generic-receive-offload large-receive-offload rx-vlan-offload tx-vlan-offload ntuple-filters receive-hashing highdma rx-vlan-filter vlan-challenged tx-lockless netns-local tx-gso-robust tx-fcoe-segmentation tx-gre-segmentation tx-gre-csum-segmentation tx-ipxip4-segmentation tx-ipxip6-segmentation tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation tx-gso-partial tx-tunnel-remcsum-segmentation tx-sctp-segmentation tx-esp-segmentation tx-udp-segmentation tx-gso-list fcoe-mtu tx-nocache-copy loopback rx-fcs rx-all tx-vlan-stag-hw-insert rx-vlan-stag-hw-parse rx-vlan-stag-filter l2-fwd-offload hw-tc-offload esp-hw-offload esp-tx-csum-hw-offload rx-udp_tunnel-port-offload tls-hw-tx-offload tls-hw-rx-offload rx-gro-hw tls-hw-record rx-gro-list macsec-hw-offload rx-udp-gro-forwarding hsr-tag-ins-offload hsr-tag-rm-offload hsr-fwd-offload hsr-dup-offload".split(
    " ",
  );

/** How many features behind a sum belong to it. */
const SUMS: Readonly<Record<string, number>> = {
  "tx-checksumming": 5,
  "scatter-gather": 2,
  "tcp-segmentation-offload": 4,
};

/** For each feature: 1 on, 0 off, N on and fixed, F off and fixed, r off though wished. */
const STATES: Readonly<Record<string, string>> = {
  veth: "11F1FF11111111110F11FF1FFNFFF111111FF1F11F0FFF11FFFFFFFFFF0F0FFFF",
  loopback: "N1FNFFN1NN1111111FFFFFNFNNNFFFFFFFFFF1F11FFNFFFFFFFFFFFFFF0F0FFFF",
  bridge: "F1F1FFF1111111111FF1FF1FFNN11111111111111F0FFF1FFFFFFFFFFF0F0FFFF",
  ports: "F1F1FFF1111111111FF1FF1FFNNrr111111111111F0FFF1FFFFFFFFFFF0F0FFFF",
  dummy: "F1F1FFF1111111111FFFFF1FFNFFF111111FF1F11F0FFFFFFFFFFFFFFF0F0FFFF",
  vlan: "F1F1Fr11111111111FFFFF1FFNFFr111111FF1F11r0FFFFFFFFFFFFFFF0F0FFFF",
  vlanOnBridge: "F1F1Frr1111111111FFFFF1FFNFF1111111FF1F11r0FFFFFFFFFFFFFFF0F0FFFF",
  vlanOnDummy: "F0FrFrr0rr0rrrrr1FFFFF1FFNFFrrrrrrrFF1F11r0FFFFFFFFFFFFFFF0F0FFFF",
  macvlan: "N1FNFFF1NN1NNNN1r0FFFFNFFNFNFNNNNNNFFNFNNF0FFFFFFFFFFFFFFF0F0FFFF",
  macvlanOnDummy: "F1FNFFF1NN1NNNN110FFFFNFFNFNFNNNNNNFFNFNNF0FFFFFFFFFFFFFFF0F0FFFF",
};

function statesOf(dev: NetDevice): string {
  const { driver } = dev;
  let kind: string = driver.type;
  if (driver.type === "bridge" && driver.bridge.ports.length > 0) kind = "ports";
  if (driver.type === "vlan" && driver.lower.driver.type === "bridge") kind = "vlanOnBridge";
  if (driver.type === "vlan" && driver.lower.driver.type === "dummy") kind = "vlanOnDummy";
  if (driver.type === "macvlan" && driver.lower.driver.type === "dummy") kind = "macvlanOnDummy";
  return STATES[kind] ?? "";
}

/** One feature of a device. */
type Feature = {
  readonly name: string;
  readonly active: boolean;
  readonly wanted: boolean;
  readonly fixed: boolean;
};

/** What a feature needs; without it, it is off. */
const CHECKSUM = "tx-checksum-ip-generic";
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "tx-tcp-segmentation": [CHECKSUM, "tx-scatter-gather"],
  "tx-tcp-ecn-segmentation": [CHECKSUM, "tx-scatter-gather"],
  "tx-tcp-mangleid-segmentation": [CHECKSUM, "tx-scatter-gather"],
  "tx-tcp6-segmentation": [CHECKSUM, "tx-scatter-gather"],
  "generic-segmentation-offload": ["tx-scatter-gather"],
};

/** All features but the sums. */
function featuresOf(dev: NetDevice): Map<string, Feature> {
  const states = statesOf(dev);
  const wished = new Map<string, { base: boolean; wanted: boolean; fixed: boolean }>();
  for (const [index, name] of NAMES.entries()) {
    if (name.startsWith("*")) continue;
    const state = states[index] ?? "F";
    const fixed = state === "N" || state === "F";
    const first = state === "1" || state === "N";
    const wish = dev.featureWishes?.get(name);
    wished.set(name, {
      base: fixed || wish === undefined ? first : wish && state !== "r",
      wanted: fixed ? first : (wish ?? (first || state === "r")),
      fixed,
    });
  }
  const features = new Map<string, Feature>();
  for (const [name, { base, wanted, fixed }] of wished) {
    const needs = NEEDS[name] ?? [];
    const active = base && needs.every((need) => wished.get(need)?.base !== false);
    features.set(name, { name, active: fixed ? base : active, wanted, fixed });
  }
  return features;
}

/** What -k prints. */
export function featuresText(dev: NetDevice): string {
  const features = featuresOf(dev);
  let text = `Features for ${dev.name}:\n`;
  let indented = 0;
  for (const [index, marked] of NAMES.entries()) {
    const name = marked.replace("*", "");
    const sum = SUMS[name];
    if (sum !== undefined) {
      const parts = NAMES.slice(index + 1, index + 1 + sum);
      const on = parts.some((part) => features.get(part)?.active === true);
      text += `${name}: ${on ? "on" : "off"}\n`;
      indented = sum;
      continue;
    }
    const feature = features.get(name);
    if (feature === undefined) continue;
    text += `${indented-- > 0 ? "\t" : ""}${name}: ${feature.active ? "on" : "off"}${noteOf(feature)}\n`;
  }
  return text;
}

function noteOf({ active, wanted, fixed }: Feature): string {
  if (fixed) return " [fixed]";
  return active === wanted ? "" : ` [requested ${wanted ? "on" : "off"}]`;
}

/** Short words of -K and the features that each means. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  rx: ["rx-checksumming"],
  tx: NAMES.slice(2, 7),
  sg: NAMES.slice(8, 10),
  tso: NAMES.slice(11, 15),
  gso: ["generic-segmentation-offload"],
  gro: ["generic-receive-offload"],
  lro: ["large-receive-offload"],
  rxvlan: ["rx-vlan-offload"],
  txvlan: ["tx-vlan-offload"],
  ntuple: ["ntuple-filters"],
  rxhash: ["receive-hashing"],
  ufo: [],
  "tx-checksumming": NAMES.slice(2, 7),
  "scatter-gather": NAMES.slice(8, 10),
  "tcp-segmentation-offload": NAMES.slice(11, 15),
};

/** Names that netlink uses where -k prints an older one. */
const NETLINK: Readonly<Record<string, string>> = {
  "rx-checksumming": "rx-checksum",
  "generic-segmentation-offload": "tx-generic-segmentation",
  "generic-receive-offload": "rx-gro",
  "large-receive-offload": "rx-lro",
  "rx-vlan-offload": "rx-vlan-hw-parse",
  "tx-vlan-offload": "tx-vlan-hw-insert",
  "ntuple-filters": "rx-ntuple-filter",
  "receive-hashing": "rx-hashing",
};

/** Features by their bit in the kernel, as far as -K tells of them in another order than -k. */
const FIRST_BITS = [
  "tx-scatter-gather",
  "tx-checksum-ipv4",
  CHECKSUM,
  "tx-checksum-ipv6",
  "highdma",
  "tx-scatter-gather-fraglist",
  "tx-vlan-offload",
  "rx-vlan-offload",
  "rx-vlan-filter",
  "vlan-challenged",
  "generic-segmentation-offload",
  "tx-lockless",
  "netns-local",
  "generic-receive-offload",
  "large-receive-offload",
  "tx-tcp-segmentation",
  "tx-gso-robust",
  "tx-tcp-ecn-segmentation",
  "tx-tcp-mangleid-segmentation",
  "tx-tcp6-segmentation",
];

/** The features of a word of -K, or undefined if there is no such word. */
export function featuresOfWord(word: string): readonly string[] | undefined {
  if (WORDS[word] !== undefined) return WORDS[word];
  const name = Object.keys(NETLINK).find((key) => NETLINK[key] === word) ?? word;
  return NAMES.includes(name) ? [name] : undefined;
}

/** Keeps wishes with the device; what -K prints of them, and whether any came true. */
export function changeFeatures(
  dev: NetDevice,
  wishes: ReadonlyMap<string, boolean>,
): { readonly text: string; readonly changed: boolean } {
  const before = featuresOf(dev);
  dev.featureWishes ??= new Map();
  for (const [name, wish] of wishes) {
    if (before.get(name)?.fixed === false) dev.featureWishes.set(name, wish);
  }
  const after = featuresOf(dev);
  const order = [...FIRST_BITS, ...NAMES.filter((name) => !FIRST_BITS.includes(name))];
  let lines = "";
  let asAsked = true;
  let changed = false;
  let differs = false;
  for (const name of order) {
    const now = after.get(name);
    if (now === undefined) continue;
    const moved = now.active !== before.get(name)?.active;
    const wish = wishes.get(name);
    if (moved) changed = true;
    if (wish !== undefined && wish !== before.get(name)?.active) differs = true;
    const missed = wish !== undefined && wish !== now.active;
    if (!moved && !missed) continue;
    const note = missed
      ? ` [requested ${wish ? "on" : "off"}]`
      : wish === undefined
        ? " [not requested]"
        : "";
    if (note !== "") asAsked = false;
    lines += `${NETLINK[name] ?? name}: ${now.active ? "on" : "off"}${note}\n`;
  }
  const refused = differs && !changed && !asAsked;
  // Features that are fixed for good are refused loudly only when nothing else came true.
  const text = asAsked ? "" : `Actual changes:\n${lines}`;
  return { text, changed: !refused };
}
