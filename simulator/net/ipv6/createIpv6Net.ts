// IPv6 of a new namespace, with the defaults of kernel 6.1 (linux/net/ipv6/addrconf.c:
// ipv6_devconf, addrconf_init_net; af_inet6.c, sysctl_net_ipv6.c).
// Policy: net.core.devconf_inherit_init_net says where `all` and `default` come from: 1 copies those
// of the first namespace, 3 those of the namespace that makes this one, else they are built in.
// Not here: reading and writing the values by name (sysctlNetIpv6.ts).

import type { Kernel } from "../core/kernel.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { type ConfValues, confValues } from "./confValues.ts";
import { defaultRules6 } from "./fib6Rules.ts";
import type { Inet6Device, Ipv6Conf } from "./inet6Device.ts";
import type { Ipv6Net } from "./ipv6Net.ts";

/** net.ipv6.conf.default: names in the order of the alphabet, with what is built in. */
const CONF_DEFAULTS = `accept_dad 1,accept_ra 1,accept_ra_defrtr 1,accept_ra_from_local 0,
accept_ra_min_hop_limit 1,accept_ra_min_lft 0,accept_ra_mtu 1,accept_ra_pinfo 1,
accept_ra_rt_info_max_plen 0,accept_ra_rt_info_min_plen 0,accept_ra_rtr_pref 1,accept_redirects 1,
accept_source_route 0,accept_untracked_na 0,addr_gen_mode 0,autoconf 1,dad_transmits 1,
disable_ipv6 0,disable_policy 0,drop_unicast_in_l2_multicast 0,drop_unsolicited_na 0,
enhanced_dad 1,force_mld_version 0,force_tllao 0,forwarding 0,hop_limit 64,
ignore_routes_with_linkdown 0,ioam6_enabled 0,ioam6_id 65535,ioam6_id_wide 4294967295,
keep_addr_on_down 0,max_addresses 16,max_desync_factor 600,mc_forwarding 0,
mldv1_unsolicited_report_interval 10000,mldv2_unsolicited_report_interval 1000,mtu 1280,
ndisc_evict_nocarrier 1,ndisc_notify 0,ndisc_tclass 0,optimistic_dad 0,proxy_ndp 0,
ra_defrtr_metric 1024,regen_max_retry 3,router_probe_interval 60,router_solicitation_delay 1,
router_solicitation_interval 4,router_solicitation_max_interval 3600,router_solicitations -1,
rpl_seg_enabled 0,seg6_enabled 0,seg6_require_hmac 0,stable_secret ,suppress_frag_ndisc 1,
temp_prefered_lft 86400,temp_valid_lft 604800,use_oif_addrs_only 0,use_optimistic 0,use_tempaddr 0`;

/** Values of each namespace that are not of a device. */
const NET_DEFAULTS = `anycast_src_echo_reply 0,auto_flowlabels 1,bindv6only 0,
fib_multipath_hash_fields 7,fib_multipath_hash_policy 0,fib_notify_on_flag_change 0,
flowlabel_consistency 1,flowlabel_reflect 0,flowlabel_state_ranges 0,fwmark_reflect 0,
icmp/echo_ignore_all 0,icmp/echo_ignore_anycast 0,icmp/echo_ignore_multicast 0,icmp/ratelimit 1000,
icmp/ratemask 0-1\\3-127,idgen_delay 1,idgen_retries 3,ioam6_id 16777215,
ioam6_id_wide 72057594037927935,ip6frag_high_thresh 4194304,ip6frag_low_thresh 3145728,
ip6frag_time 60,ip_nonlocal_bind 0,max_dst_opts_length 2147483647,max_dst_opts_number 8,
max_hbh_length 2147483647,max_hbh_opts_number 8,route/gc_elasticity 9,route/gc_interval 30,
route/gc_min_interval 0,route/gc_min_interval_ms 500,route/gc_thresh 1024,route/gc_timeout 60,
route/max_size 2147483647,route/min_adv_mss 1220,route/mtu_expires 600,
route/skip_notify_on_dev_down 0,seg6_flowlabel 0,xfrm6_gc_thresh 32768`;

/** Values that only the first namespace shows. */
const FIRST_DEFAULTS = `calipso_cache_bucket_size 10,calipso_cache_enable 1,
ip6frag_secret_interval 0,mld_max_msf 64,mld_qrv 2`;

function valuesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/,\n?/).map((line) => {
      const [name = "", value = ""] = line.split(" ");
      return [name, value.replace("\\", ",")];
    }),
  );
}

const CONF = valuesOf(CONF_DEFAULTS);
const OTHERS = valuesOf(NET_DEFAULTS);
const FIRST = valuesOf(`${NET_DEFAULTS},${FIRST_DEFAULTS}`);

/** IPv6 of a namespace that `creator` makes. */
export function createIpv6Net(kernel: Kernel, creator?: Net): Ipv6Net {
  const first = kernel.initNet as Net | undefined;
  const inherit = first?.sysctls.get("core.devconf_inherit_init_net");
  const parent = inherit === "1" ? first : inherit === "3" ? creator : undefined;
  const confOf = (from: Ipv6Conf | undefined): Ipv6Conf => ({
    values: from === undefined ? confValues(CONF) : from.values.copy(),
    touched: new Set(),
  });
  const confAll = confOf(parent?.ip6.confAll);
  if (parent === undefined) confAll.values.set("accept_dad", "0");
  const confDefault = confOf(parent?.ip6.confDefault);
  // These two come from the module's parameters in any case.
  confDefault.values.set("disable_ipv6", "0").set("autoconf", "1");
  const values: ConfValues = confValues(first === undefined ? FIRST : OTHERS);
  return {
    confAll,
    confDefault,
    tables: new Map(),
    rules: defaultRules6(),
    exceptions: new Map(),
    used: new WeakSet(),
    receivers: new Map(),
    errorReceivers: new Map(),
    values,
    errorTokens: new Map(),
    fragments: new Map(),
    looped: new Map(),
    fragmentId: kernel.random.below(0x100000000),
    flowSeed: kernel.random.below(0x100000000),
  };
}

/** IPv6 of a device that begins with its namespace's defaults. */
export function createInet6Device(dev: NetDevice): Inet6Device {
  return {
    dev,
    addresses: [],
    conf: { values: dev.net.ip6.confDefault.values.copy(), touched: new Set() },
    groups: new Map(),
    groupTails: new Set(),
    heardGroups: false,
    anycasts: new Map(),
    ready: false,
    routerKnown: false,
    mld: {
      changeCount: 0,
      changeTimer: undefined,
      dadCount: 0,
      dadTimer: undefined,
      answerTimer: undefined,
      left: new Map(),
      versionOneUntil: 0,
    },
    solicitation: { timer: undefined, probes: 0, interval: 0 },
    counters: new Map(),
    alive: true,
  };
}

/** A value of net.ipv6.conf as a number. */
export function conf6(conf: Ipv6Conf, name: string): number {
  return Number(conf.values.get(name) ?? 0);
}

/** True when a value is on for all or for this device. */
export function eitherConf6(device: Inet6Device, name: string): boolean {
  return conf6(device.dev.net.ip6.confAll, name) > 0 || conf6(device.conf, name) > 0;
}
