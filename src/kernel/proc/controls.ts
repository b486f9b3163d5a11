import { LEASE_BREAK_TIME } from '../files/lease.ts';

/** Texts of a folder of /proc/sys. */
export interface Controls {
  readonly [name: string]: string | Controls;
}

/** kernel.*: what is not made from the kernel's own state. */
export const KERNEL_CONTROLS: Controls = {
  acct: '4\t2\t30',
  cad_pid: '1',
  cap_last_cap: '40',
  core_pattern: 'core',
  core_pipe_limit: '0',
  core_uses_pid: '0',
  'ctrl-alt-del': '0',
  dmesg_restrict: '0',
  hung_task_timeout_secs: '0',
  kptr_restrict: '0',
  modules_disabled: '0',
  ngroups_max: '65536',
  overflowgid: '65534',
  overflowuid: '65534',
  ns_last_pid: '1',
  panic: '0',
  pty: { max: '1024', nr: '0', reserve: '0' },
  seccomp: {
    actions_avail: 'kill_process kill_thread trap errno user_notif trace log allow',
    actions_logged: 'kill_process kill_thread trap errno user_notif trace log',
  },
  panic_on_oops: '0',
  pid_max: '32768',
  printk: '4\t4\t1\t7',
  printk_ratelimit: '5',
  printk_ratelimit_burst: '10',
  randomize_va_space: '0',
  'real-root-dev': '0',
  sched_autogroup_enabled: '0',
  sched_child_runs_first: '0',
  sched_rr_timeslice_ms: '100',
  sched_rt_period_us: '1000000',
  sched_rt_runtime_us: '950000',
  sysrq: '0',
  tainted: '0',
  'threads-max': '4096',
  unprivileged_bpf_disabled: '2',
};

/** vm.*: told, and kept when written, but nobody obeys them. */
export const MEMORY_CONTROLS: Controls = {
  admin_reserve_kbytes: '8192',
  compaction_proactiveness: '20',
  dirty_background_bytes: '0',
  dirty_background_ratio: '10',
  dirty_bytes: '0',
  dirty_expire_centisecs: '3000',
  dirty_ratio: '20',
  dirty_writeback_centisecs: '500',
  drop_caches: '0',
  laptop_mode: '0',
  legacy_va_layout: '0',
  max_map_count: '65530',
  min_free_kbytes: '1024',
  mmap_min_addr: '65536',
  nr_hugepages: '0',
  nr_overcommit_hugepages: '0',
  oom_dump_tasks: '1',
  oom_kill_allocating_task: '0',
  overcommit_kbytes: '0',
  overcommit_memory: '0',
  overcommit_ratio: '50',
  'page-cluster': '3',
  panic_on_oom: '0',
  stat_interval: '1',
  swappiness: '60',
  user_reserve_kbytes: '1',
  vfs_cache_pressure: '100',
  watermark_scale_factor: '10',
  zone_reclaim_mode: '0',
};

/** fs.*. */
export const FILE_CONTROLS: Controls = {
  'dentry-state': '0\t0\t45\t0\t0\t0',
  'dir-notify-enable': '1',
  epoll: { max_user_watches: '65536' },
  'file-max': '1048576',
  inotify: { max_queued_events: '16384', max_user_instances: '128', max_user_watches: '65536' },
  'lease-break-time': `${LEASE_BREAK_TIME / 1e9}`,
  'leases-enable': '1',
  'mount-max': '100000',
  nr_open: '1048576',
  overflowgid: '65534',
  overflowuid: '65534',
  'pipe-max-size': '1048576',
  'pipe-user-pages-hard': '0',
  'pipe-user-pages-soft': '16384',
  protected_fifos: '0',
  protected_hardlinks: '1',
  protected_regular: '0',
  protected_symlinks: '0',
  suid_dumpable: '0',
};

/** user.*: name spaces that may be made. */
export const USER_CONTROLS: Controls = {
  max_cgroup_namespaces: '0',
  max_inotify_instances: '128',
  max_inotify_watches: '65536',
  max_ipc_namespaces: '0',
  max_mnt_namespaces: '0',
  max_net_namespaces: '0',
  max_pid_namespaces: '0',
  max_time_namespaces: '0',
  max_user_namespaces: '0',
  max_uts_namespaces: '0',
};
