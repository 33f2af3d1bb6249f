// The settings of net.core, net.unix, net.mptcp, net.netfilter and net.ipv4 that are one value for a
// namespace: names, defaults and ranges as Debian 12's kernel 6.1 has them on a machine with 32 MB.
// Each line: the values that are accepted, then names. After a name "*" is for the initial namespace
// only (all others share it), "!" is for root only (mode 600). Commas in a default stand for tabs.
//    s     seconds kept in jiffies         ms     milliseconds, rounded up to a jiffy of 4 ms
//    a..b  a number from a to b            x3     three of them
//    =a|b  one of these words              ports, portlist, groups, text: see below
// Not here: conf and neigh directories (ipv4/sysctlNetIpv4.ts, sysctlNeigh.ts).

import type { Refusal } from "./errno.ts";
import type { Net } from "./netNamespace.ts";
import { fixedEntry, INVALID, parseNumber, parseNumbers, type SysctlEntry } from "./sysctlEntry.ts";

const TABLE = `
0..2 core/bpf_jit_enable*=1 core/bpf_jit_harden*!=0 core/fb_tunnels_only_for_init_net*=0
  ipv4/fib_notify_on_flag_change=0 ipv4/tcp_ecn=2 ipv4/tcp_tw_reuse=2
0..1 core/bpf_jit_kallsyms*!=1 core/flow_limit_cpu_bitmap*=0 core/high_order_alloc_disable*=0
  core/tstamp_allow_data*=1 core/txrehash=1 ipv4/fib_multipath_use_neigh=0
  ipv4/icmp_echo_enable_probe=0 ipv4/icmp_echo_ignore_all=0 ipv4/icmp_echo_ignore_broadcasts=1
  ipv4/icmp_errors_use_inbound_ifaddr=0 ipv4/icmp_ignore_bogus_error_responses=1
  ipv4/ip_autobind_reuse=0 ipv4/ip_forward_update_priority=1 ipv4/nexthop_compat_mode=1
  ipv4/raw_l3mdev_accept=1 ipv4/tcp_autocorking=1 ipv4/tcp_ecn_fallback=1 ipv4/tcp_l3mdev_accept=0
  ipv4/tcp_migrate_req=0 ipv4/tcp_no_ssthresh_metrics_save=1 ipv4/tcp_reflect_tos=0
  ipv4/tcp_shrink_window=0 ipv4/udp_l3mdev_accept=0 mptcp/allow_join_initial_addr_port=1
  mptcp/checksum_enabled=0 mptcp/enabled=1 mptcp/pm_type=0
1..528482304 core/bpf_jit_limit*!=528482304
0..2147483647 core/busy_poll*=0 core/busy_read*=0 core/skb_defer_max*=64 core/somaxconn=4096
  ipv4/icmp_msgs_burst=50 ipv4/icmp_msgs_per_sec=1000 ipv4/ipfrag_max_dist=64
  ipv4/tcp_fastopen_blackhole_timeout_sec=0
=fq_codel|pfifo_fast|pfifo|bfifo|mq core/default_qdisc*=fq_codel
1..2147483647 core/dev_weight*=64 core/dev_weight_rx_bias*=1 core/dev_weight_tx_bias*=1
  core/flow_limit_table_len*=4096 core/gro_normal_batch*=8 ipv4/igmp_qrv=2
  ipv4/tcp_max_reordering=300 ipv4/udp_rmem_min=4096 ipv4/udp_wmem_min=4096
0..3 core/devconf_inherit_init_net*=0 ipv4/fib_multipath_hash_policy=0
1..17 core/max_skb_frags*=17
256..2147483647 core/mem_pcpu_rsv*=256
-2147483648..2147483647 core/message_burst*=10 core/netdev_budget*=300
  core/netdev_max_backlog*=1000 core/netdev_tstamp_prequeue*=1 core/optmem_max*=20480
  core/warnings*=0 core/xfrm_acq_expires=30 core/xfrm_larval_drop=1
  ipv4/cipso_cache_bucket_size*=10 ipv4/cipso_cache_enable*=1 ipv4/cipso_rbm_optfmt*=0
  ipv4/cipso_rbm_strictvalid*=1 ipv4/icmp_ratemask=6168 ipv4/igmp_max_memberships=20
  ipv4/igmp_max_msf=10 ipv4/inet_peer_threshold*=4381 ipv4/route/error_burst*=1250
  ipv4/route/error_cost*=250 ipv4/route/gc_elasticity*=8 ipv4/route/gc_thresh*=-1
  ipv4/route/max_size*=2147483647 ipv4/route/min_adv_mss=256 ipv4/route/redirect_load*=5
  ipv4/route/redirect_number*=9 ipv4/route/redirect_silence*=5120 ipv4/tcp_base_mss=1024
  ipv4/tcp_challenge_ack_limit=2147483647 ipv4/tcp_fastopen=1 ipv4/tcp_limit_output_bytes=1048576
  ipv4/tcp_low_latency*=0 ipv4/tcp_max_orphans*=512 ipv4/tcp_max_syn_backlog=128
  ipv4/tcp_max_tw_buckets=512 ipv4/tcp_probe_threshold=8 ipv4/xfrm4_gc_thresh=32768
  netfilter/nf_log_all_netns*=0 unix/max_dgram_qlen=10
s core/message_cost*=5 ipv4/inet_peer_maxttl*=600 ipv4/inet_peer_minttl*=120
  ipv4/ipfrag_secret_interval*=0 ipv4/ipfrag_time=30 ipv4/route/gc_interval*=60
  ipv4/route/gc_min_interval*=0 ipv4/route/gc_timeout*=300 ipv4/route/mtu_expires=600
  ipv4/tcp_fin_timeout=60 ipv4/tcp_keepalive_intvl=75 ipv4/tcp_keepalive_time=7200
  mptcp/add_addr_timeout=120
8000..2147483647 core/netdev_budget_usecs*=8000
1..3600 core/netdev_unregister_timeout_secs*=10
2304..2147483647 core/rmem_default*=212992 core/rmem_max*=212992
0..536870912 core/rps_sock_flow_entries*=0
4608..2147483647 core/wmem_default*=212992 core/wmem_max*=212992
0..4294967295 core/xfrm_aevent_etime=10 core/xfrm_aevent_rseqth=2
  ipv4/tcp_notsent_lowat=4294967295 mptcp/stale_loss_cnt=4
1..4095 ipv4/fib_multipath_hash_fields=7
65536..268435456 ipv4/fib_sync_mem*=524288
0..255 ipv4/fwmark_reflect=0 ipv4/igmp_link_local_mcast_reports=1 ipv4/ip_dynaddr=0
  ipv4/ip_early_demux=1 ipv4/ip_forward_use_pmtu=0 ipv4/ip_no_pmtu_disc=0 ipv4/ip_nonlocal_bind=0
  ipv4/tcp_abort_on_overflow=0 ipv4/tcp_comp_sack_nr=44 ipv4/tcp_dsack=1 ipv4/tcp_early_demux=1
  ipv4/tcp_fack=0 ipv4/tcp_frto=2 ipv4/tcp_fwmark_accept=0 ipv4/tcp_keepalive_probes=9
  ipv4/tcp_moderate_rcvbuf=1 ipv4/tcp_mtu_probing=0 ipv4/tcp_no_metrics_save=0
  ipv4/tcp_orphan_retries=0 ipv4/tcp_recovery=1 ipv4/tcp_retrans_collapse=1 ipv4/tcp_retries1=3
  ipv4/tcp_retries2=15 ipv4/tcp_rfc1337=0 ipv4/tcp_sack=1 ipv4/tcp_slow_start_after_idle=1
  ipv4/tcp_stdurg=0 ipv4/tcp_synack_retries=5 ipv4/tcp_syncookies=1
  ipv4/tcp_thin_linear_timeouts=0 ipv4/tcp_timestamps=1 ipv4/tcp_tso_rtt_log=9
  ipv4/tcp_tso_win_divisor=3 ipv4/tcp_window_scaling=1 ipv4/tcp_workaround_signed_windows=0
  ipv4/udp_early_demux=1
ms ipv4/icmp_ratelimit=1000 ipv4/route/gc_min_interval_ms*=500 ipv4/tcp_invalid_ratelimit=500
1..255 ipv4/ip_default_ttl=64 ipv4/tcp_min_tso_segs=2
ports ipv4/ip_local_port_range=32768,60999
portlist ipv4/ip_local_reserved_ports=
0..32768 ipv4/ip_unprivileged_port_start=1024
3145728..9007199254740991 ipv4/ipfrag_high_thresh=4194304
0..4194304 ipv4/ipfrag_low_thresh=3145728
groups ipv4/ping_group_range=1,0
68..2147483647 ipv4/route/min_pmtu=552
-31..31 ipv4/tcp_adv_win_scale=1
0..31 ipv4/tcp_app_win=31
0..16777216 ipv4/tcp_child_ehash_entries=0
0..9007199254740991 ipv4/tcp_comp_sack_delay_ns=1000000 ipv4/tcp_comp_sack_slack_ns=100000
=reno|cubic ipv4/tcp_congestion_control=cubic
0..4 ipv4/tcp_early_retrans=3
text ipv4/tcp_fastopen_key!=00000000-00000000-00000000-00000000
0..9007199254740991x3 ipv4/tcp_mem*=942,1256,1884 ipv4/udp_mem*=1884,2513,3768
0..86400 ipv4/tcp_min_rtt_wlen=300
48..65535 ipv4/tcp_min_snd_mss=48 ipv4/tcp_mtu_probe_floor=48
0..1000 ipv4/tcp_pacing_ca_ratio=120 ipv4/tcp_pacing_ss_ratio=200
0..8589934 ipv4/tcp_probe_interval=600
1..300 ipv4/tcp_reordering=3
2304..2147483647x3 ipv4/tcp_rmem=4096,131072,643552
1..127 ipv4/tcp_syn_retries=6
1..2147483647x3 ipv4/tcp_wmem=4096,16384,643552
=NONE netfilter/nf_log/0=NONE netfilter/nf_log/1=NONE netfilter/nf_log/10=NONE
  netfilter/nf_log/2=NONE netfilter/nf_log/3=NONE netfilter/nf_log/4=NONE netfilter/nf_log/5=NONE
  netfilter/nf_log/6=NONE netfilter/nf_log/7=NONE netfilter/nf_log/8=NONE netfilter/nf_log/9=NONE
`;

type Setting = {
  readonly kind: string;
  readonly initial: string;
  readonly firstOnly: boolean;
  readonly secret: boolean;
};

function readTable(): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>();
  let kind = "";
  for (const line of TABLE.trim().split("\n")) {
    const words = line.trim().split(" ");
    if (!line.startsWith(" ")) kind = words.shift() ?? "";
    for (const word of words) {
      const [, name = "", marks = "", value = ""] = /^([^*!=]+)([*!]*)=(.*)$/.exec(word) ?? [];
      settings.set(name, {
        kind,
        initial: value.replaceAll(",", "\t"),
        firstOnly: marks.includes("*"),
        secret: marks.includes("!"),
      });
    }
  }
  return settings;
}

const SETTINGS = readTable();

/** Files that cannot be written, or are not the same everywhere. */
const SPECIAL: Readonly<Record<string, (net: Net) => SysctlEntry | undefined>> = {
  "core/netdev_rss_key": (net) => inFirst(net, fixedEntry(Array(52).fill("00").join(":"))),
  "ipv4/tcp_available_congestion_control": () => fixedEntry("reno cubic"),
  "ipv4/tcp_available_ulp": (net) => inFirst(net, fixedEntry("mptcp")),
  // A namespace without a table of its own uses the first one's, and says so by the sign.
  "ipv4/tcp_ehash_entries": (net) => fixedEntry(isFirst(net) ? "1024" : "-1024"),
  "ipv4/tcp_allowed_congestion_control": (net) =>
    isFirst(net)
      ? textEntry(net, "ipv4/tcp_allowed_congestion_control", "reno cubic", allowedWords)
      : fixedEntry("reno cubic"),
};

function isFirst(net: Net): boolean {
  return net.kernel.initNet === net;
}

function inFirst(net: Net, entry: SysctlEntry): SysctlEntry | undefined {
  return isFirst(net) ? entry : undefined;
}

/** Names of the settings that the namespace has, such as "core/somaxconn". */
export function settingNames(net: Net): string[] {
  const names = [...SETTINGS].filter(([, one]) => !one.firstOnly || isFirst(net));
  const special = Object.entries(SPECIAL).filter(([, make]) => make(net) !== undefined);
  return [...names, ...special].map(([name]) => name);
}

/** The text of a setting now, its default if nobody has set it. */
export function settingText(net: Net, name: string): string {
  const setting = SETTINGS.get(name);
  const { values, key } = homeOf(setting?.firstOnly === true ? net.kernel.initNet : net, name);
  return values.get(key) ?? setting?.initial ?? "";
}

/** The first number of a setting. */
export function settingNumber(net: Net, name: string): number {
  return Number.parseInt(settingText(net, name), 10) || 0;
}

/** Where a setting's value is kept: net.ipv4 by the name below it, all others by the dotted name. */
function homeOf(net: Net, name: string): { values: Map<string, string>; key: string } {
  if (name.startsWith("ipv4/")) return { values: net.ip4.values, key: name.slice(5) };
  return { values: net.sysctls, key: name.replaceAll("/", ".") };
}

/** The file of a setting, or undefined when the namespace has none of that name. */
export function settingEntry(net: Net, name: string): SysctlEntry | undefined {
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
  if (special !== undefined) return special(net);
  const setting = SETTINGS.get(name);
  if (setting === undefined || (setting.firstOnly && !isFirst(net))) return undefined;
  const entry = textEntry(net, name, setting.initial, (text) => convert(net, name, text));
  return setting.secret ? { ...entry, mode: 0o600 } : entry;
}

function textEntry(
  net: Net,
  name: string,
  initial: string,
  read: (text: string) => string | Refusal,
): SysctlEntry {
  const { values, key } = homeOf(net, name);
  return {
    mode: 0o644,
    read: () => values.get(key) ?? initial,
    write(text) {
      const value = read(text);
      if (typeof value !== "string") return value;
      values.set(key, value);
      net.ip4.generation += 1;
      return undefined;
    },
  };
}

/** Seconds that fit into an int of jiffies. */
const MOST_SECONDS = 8589934;

function convert(net: Net, name: string, text: string): string | Refusal {
  const kind = SETTINGS.get(name)?.kind ?? "";
  const range = /^(-?\d+)\.\.(-?\d+)(x3)?$/.exec(kind);
  if (range !== null) {
    const [, low, high, three] = range;
    const numbers = parseNumbers(text, three === undefined ? 1 : 3, Number(low), Number(high));
    if ("errno" in numbers) return numbers;
    const old = settingText(net, name).split("\t");
    return old.map((value, index) => String(numbers[index] ?? value)).join("\t");
  }
  if (kind === "s") return asText(parseNumber(text, -MOST_SECONDS, MOST_SECONDS));
  if (kind === "ms") {
    const value = parseNumber(text, 0);
    return typeof value === "number" ? String(Math.ceil(value / 4) * 4) : value;
  }
  if (kind.startsWith("=")) {
    const word = text.trim();
    return kind.slice(1).split("|").includes(word) ? word : { errno: "ENOENT" };
  }
  if (kind === "ports") return portRange(net, text);
  if (kind === "portlist") return portList(text);
  if (kind === "groups") return groupRange(text);
  return /^[0-9a-f]{8}(-[0-9a-f]{8}){3}/i.test(text.trim()) ? text.trim() : INVALID;
}

function asText(value: number | Refusal): string | Refusal {
  return typeof value === "number" ? String(value) : value;
}

function allowedWords(text: string): string | Refusal {
  const words = text.split(/[ \t\n]+/).filter((word) => word !== "");
  return words.every((word) => word === "reno" || word === "cubic")
    ? words.join(" ")
    : { errno: "ENOENT" };
}

function portRange(net: Net, text: string): string | Refusal {
  const numbers = parseNumbers(text, 2, 1, 65535);
  if ("errno" in numbers) return numbers;
  const [old, oldHigh] = settingText(net, "ipv4/ip_local_port_range").split("\t");
  const low = numbers[0] ?? Number(old);
  const high = numbers[1] ?? Number(oldHigh);
  if (high < low || low < settingNumber(net, "ipv4/ip_unprivileged_port_start")) return INVALID;
  return `${low}\t${high}`;
}

/** "80,100-110" and the like, written back as ranges in order. */
function portList(text: string): string | Refusal {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const ports = new Set<number>();
  for (const part of trimmed.split(",")) {
    const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === "" || Number(to) > 65535 || Number(from) > Number(to)) return INVALID;
    for (let port = Number(from); port <= Number(to); port++) ports.add(port);
  }
  const ranges: [number, number][] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === port - 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** A range that is the wrong way round admits nobody and reads "1 0". */
function groupRange(text: string): string | Refusal {
  const numbers = parseNumbers(text, 2, 0, 0xfffffffe);
  if ("errno" in numbers) return numbers;
  const [low = 1, high = 0] = numbers;
  return high < low ? "1\t0" : `${low}\t${high}`;
}
