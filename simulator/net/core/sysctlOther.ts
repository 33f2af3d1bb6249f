// Settings outside net that a reader may look at (sysctl(8), /proc/sys): what Debian 12's kernel 6.1
// shows on a machine with 32 MB. They can be written where Linux's can, are kept, and change nothing,
// except that kernel.hostname is answered by whoever knows the process (procSys.ts).
// Not simulated: what they do.

import { KERNEL } from "./kernelRelease.ts";
import type { Net } from "./netNamespace.ts";
import { fixedEntry, parseNumbers, type SysctlEntry } from "./sysctlEntry.ts";

/** A folder, then its files; dots stand for further folders, "\t" is a tab. */
const TABLE = `abi
 vsyscall32=1
crypto
 fips_enabled=0
 fips_name=Linux Kernel Cryptographic API
 fips_version=6.1.0-56-cloud-amd64
debug
 exception-trace=1
 kprobes-optimization=1
dev
 hpet.max-user-freq=64
 tty.ldisc_autoload=1
fs
 aio-max-nr=65536
 aio-nr=0
 dir-notify-enable=1
 epoll.max_user_watches=18276
 fanotify.max_queued_events=16384
 fanotify.max_user_groups=128
 fanotify.max_user_marks=8192
 file-max=8192
 inotify.max_queued_events=16384
 inotify.max_user_instances=128
 inotify.max_user_watches=8192
 lease-break-time=45
 leases-enable=1
 mount-max=100000
 mqueue.msg_default=10
 mqueue.msg_max=10
 mqueue.msgsize_default=8192
 mqueue.msgsize_max=8192
 mqueue.queues_max=256
 nr_open=1048576
 overflowgid=65534
 overflowuid=65534
 pipe-max-size=1048576
 pipe-user-pages-hard=0
 pipe-user-pages-soft=16384
 protected_fifos=0
 protected_hardlinks=1
 protected_regular=0
 protected_symlinks=1
 quota.allocated_dquots=0
 quota.cache_hits=0
 quota.drops=0
 quota.free_dquots=0
 quota.lookups=0
 quota.reads=0
 quota.syncs=0
 quota.warnings=1
 quota.writes=0
 suid_dumpable=0
 verity.require_signatures=0
kernel
 acct=4\t2\t30
 acpi_video_flags=0
 arch=x86_64
 auto_msgmni=0
 bootloader_type=176
 bootloader_version=0
 bpf_stats_enabled=0
 cad_pid=1
 cap_last_cap=40
 core_pattern=core
 core_pipe_limit=0
 core_uses_pid=0
 ctrl-alt-del=1
 dmesg_restrict=1
 domainname=(none)
 ftrace_dump_on_oops=0
 ftrace_enabled=1
 hardlockup_all_cpu_backtrace=0
 hardlockup_panic=0
 hung_task_all_cpu_backtrace=0
 hung_task_check_count=4194304
 hung_task_check_interval_secs=0
 hung_task_panic=0
 hung_task_timeout_secs=120
 hung_task_warnings=10
 io_delay_type=0
 kexec_load_disabled=0
 keys.gc_delay=300
 keys.maxbytes=20000
 keys.maxkeys=200
 keys.persistent_keyring_expiry=259200
 keys.root_maxbytes=25000000
 keys.root_maxkeys=1000000
 kptr_restrict=0
 max_lock_depth=1024
 max_rcu_stall_to_panic=0
 modprobe=/sbin/modprobe
 modules_disabled=0
 msg_next_id=-1
 msgmax=8192
 msgmnb=16384
 msgmni=32000
 ngroups_max=65536
 nmi_watchdog=0
 numa_balancing=0
 numa_balancing_promote_rate_limit_MBps=65536
 oops_all_cpu_backtrace=0
 oops_limit=10000
 overflowgid=65534
 overflowuid=65534
 panic=-1
 panic_on_io_nmi=0
 panic_on_oops=0
 panic_on_rcu_stall=0
 panic_on_unrecovered_nmi=0
 panic_on_warn=0
 panic_print=0
 perf_cpu_time_max_percent=25
 perf_event_max_contexts_per_stack=8
 perf_event_max_sample_rate=100000
 perf_event_max_stack=127
 perf_event_mlock_kb=516
 perf_event_paranoid=3
 pid_max=32768
 poweroff_cmd=/sbin/poweroff
 print-fatal-signals=0
 printk=4\t4\t1\t7
 printk_delay=0
 printk_devkmsg=ratelimit
 printk_ratelimit=5
 printk_ratelimit_burst=10
 pty.max=4096
 pty.nr=1
 pty.reserve=1024
 random.entropy_avail=256
 random.poolsize=256
 random.urandom_min_reseed_secs=60
 random.write_wakeup_threshold=256
 randomize_va_space=0
 real-root-dev=0
 sched_autogroup_enabled=0
 sched_cfs_bandwidth_slice_us=5000
 sched_child_runs_first=0
 sched_deadline_period_max_us=4194304
 sched_deadline_period_min_us=100
 sched_energy_aware=1
 sched_rr_timeslice_ms=100
 sched_rt_period_us=1000000
 sched_rt_runtime_us=950000
 sched_schedstats=0
 seccomp.actions_avail=kill_process kill_thread trap errno user_notif trace log allow
 seccomp.actions_logged=kill_process kill_thread trap errno user_notif trace log
 sem=32000\t1024000000\t500\t32000
 sem_next_id=-1
 shm_next_id=-1
 shm_rmid_forced=0
 shmall=18446744073692774399
 shmmax=18446744073692774399
 shmmni=4096
 soft_watchdog=1
 softlockup_all_cpu_backtrace=0
 softlockup_panic=0
 split_lock_mitigate=1
 stack_tracer_enabled=0
 sysctl_writes_strict=1
 sysrq=438
 tainted=8192
 task_delayacct=0
 threads-max=641
 timer_migration=1
 traceoff_on_warning=0
 tracepoint_printk=0
 unknown_nmi_panic=0
 unprivileged_bpf_disabled=2
 unprivileged_userns_clone=1
 usermodehelper.bset=4294967295\t511
 usermodehelper.inheritable=4294967295\t511
 warn_limit=0
 watchdog=1
 watchdog_cpumask=0
 watchdog_thresh=10
 yama.ptrace_scope=0
user
 max_cgroup_namespaces=320
 max_fanotify_groups=128
 max_fanotify_marks=8192
 max_inotify_instances=128
 max_inotify_watches=8192
 max_ipc_namespaces=320
 max_mnt_namespaces=320
 max_net_namespaces=320
 max_pid_namespaces=320
 max_time_namespaces=320
 max_user_namespaces=320
 max_uts_namespaces=320
vm
 admin_reserve_kbytes=2386
 compact_unevictable_allowed=1
 compaction_proactiveness=20
 dirty_background_bytes=0
 dirty_background_ratio=10
 dirty_bytes=0
 dirty_expire_centisecs=3000
 dirty_ratio=20
 dirty_writeback_centisecs=500
 dirtytime_expire_seconds=43200
 extfrag_threshold=500
 hugetlb_optimize_vmemmap=0
 hugetlb_shm_group=0
 laptop_mode=0
 legacy_va_layout=0
 lowmem_reserve_ratio=256\t256\t32\t0\t0
 max_map_count=65530
 min_free_kbytes=1146
 min_slab_ratio=5
 min_unmapped_ratio=1
 mmap_min_addr=65536
 mmap_rnd_bits=28
 mmap_rnd_compat_bits=8
 nr_hugepages=0
 nr_hugepages_mempolicy=0
 nr_overcommit_hugepages=0
 numa_stat=1
 numa_zonelist_order=Node
 oom_dump_tasks=1
 oom_kill_allocating_task=0
 overcommit_kbytes=0
 overcommit_memory=0
 overcommit_ratio=50
 page-cluster=3
 page_lock_unfairness=5
 panic_on_oom=0
 percpu_pagelist_high_fraction=0
 stat_interval=1
 swappiness=60
 unprivileged_userfaultfd=0
 user_reserve_kbytes=2386
 vfs_cache_pressure=100
 watermark_boost_factor=15000
 watermark_scale_factor=10
 zone_reclaim_mode=0`;

const FIXED =
  /^(crypto|fs\/(aio-nr|[a-z]+-(nr|state)|quota\/(?!warnings))|kernel\/(arch|bootloader_|cap_last_cap|(msg|sem|shm)_next_id|ngroups_max|os|pty\/nr|random\/(boot_id|entropy|poolsize|uuid)|seccomp\/actions_avail|version))/;

const SECRET = /^(kernel\/(cad_pid|usermodehelper)|vm\/(mmap_rnd|stat_refresh))/;

function readTable(): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let folder = "";
  for (const line of TABLE.split("\n")) {
    const [name = "", value = ""] = line.trim().split(/=(.*)/s);
    if (!line.startsWith(" ")) folder = name;
    else values.set(`${folder}/${name.replaceAll(".", "/")}`, value);
  }
  values.set("kernel/osrelease", KERNEL.release);
  values.set("kernel/ostype", KERNEL.name);
  values.set("kernel/version", KERNEL.version);
  return values;
}

const VALUES = readTable();

/** A new one at each look. */
const UUID = "kernel/random/uuid";

/** Paths of the files outside net. */
export function otherNames(): string[] {
  return [...VALUES.keys(), UUID];
}

function uuid(net: Net): string {
  const { random } = net.kernel;
  const digits = (count: number, from = 0, below = 16 ** count) =>
    (from + random.below(below)).toString(16).padStart(count, "0");
  const head = `${digits(8)}-${digits(4)}-${digits(4, 0x4000, 0x1000)}`;
  return `${head}-${digits(4, 0x8000, 0x4000)}-${digits(6)}${digits(6)}`;
}

/** The file of such a path; a value that was written is kept with the initial namespace. */
export function otherEntry(net: Net, path: string): SysctlEntry | undefined {
  if (path === UUID) return fixedEntry(uuid(net));
  const initial = VALUES.get(path);
  if (initial === undefined) return undefined;
  const { sysctls } = net.kernel.initNet;
  const key = `/${path}`;
  if (FIXED.test(path)) return fixedEntry(initial);
  return {
    mode: SECRET.test(path) ? 0o600 : 0o644,
    read: () => sysctls.get(key) ?? initial,
    write(text) {
      const count = initial.split("\t").length;
      const numeric = /^-?\d+(\t-?\d+)*$/.test(initial);
      const value = numeric ? parseNumbers(text, count, -(2 ** 53), 2 ** 53) : [text.trim()];
      if ("errno" in value) return value;
      sysctls.set(key, value.join("\t"));
      return undefined;
    },
  };
}
