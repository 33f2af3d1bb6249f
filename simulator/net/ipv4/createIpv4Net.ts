// What a namespace has of IPv4 when it begins (linux/net/ipv4/devinet.c, devinet_init_net;
// fib_frontend.c, fib_net_init): the three rules, no tables, and net.ipv4.conf.all and default.
// Those are copies of the initial namespace's values of this moment, unless
// net.core.devconf_inherit_init_net is 2 (the kernel's own) or 3 (those of the creator's namespace).
// Not here: what an address or a device adds (devinet.ts).

import type { Kernel } from "../core/kernel.ts";
import type { Net } from "../core/netNamespace.ts";
import { defaultRules } from "./fibRules.ts";
import { IPV4_CONF, type Ipv4Conf, type Ipv4ConfName } from "./inDevice.ts";
import type { Ipv4Net } from "./ipv4Net.ts";

/** What the kernel is compiled with; all else is 0. */
const COMPILED: Partial<Record<Ipv4ConfName, number>> = {
  accept_redirects: 1,
  send_redirects: 1,
  secure_redirects: 1,
  shared_media: 1,
  arp_evict_nocarrier: 1,
  igmpv2_unsolicited_report_interval: 10000,
  igmpv3_unsolicited_report_interval: 1000,
};

function compiled(own: Partial<Record<Ipv4ConfName, number>>): Ipv4Conf {
  const values = Object.fromEntries(
    IPV4_CONF.map((name) => [name, own[name] ?? COMPILED[name] ?? 0]),
  ) as Record<Ipv4ConfName, number>;
  return { values, touched: new Set() };
}

function copyOf(conf: Ipv4Conf): Ipv4Conf {
  return { values: { ...conf.values }, touched: new Set(conf.touched) };
}

/** IPv4 of a new namespace; `creator` is the namespace of the process that makes it. */
export function createIpv4Net(kernel: Kernel, creator?: Net): Ipv4Net {
  // The first namespace is made before the kernel can name it.
  const first = kernel.initNet as Net | undefined;
  const inherit = first?.sysctls.get("core.devconf_inherit_init_net") ?? "0";
  const model = inherit === "2" ? undefined : inherit === "3" ? (creator ?? first) : first;
  return {
    confAll: model === undefined ? compiled({}) : copyOf(model.ip4.confAll),
    confDefault:
      model === undefined ? compiled({ accept_source_route: 1 }) : copyOf(model.ip4.confDefault),
    tables: new Map(),
    rules: defaultRules(),
    rulesChanged: false,
    customLocalRoutes: false,
    exceptions: new WeakMap(),
    lastDefault: new WeakMap(),
    generation: 0,
    hashSeed: kernel.random.below(0x100000000),
    values: new Map(),
  };
}
