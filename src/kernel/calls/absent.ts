import { ENOSYS, EPERM } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { row } from './caller.ts';

/** A call that is answered without being there. */
type Absent = readonly [number: number, name: string];

/** Numbers that no Linux implements, or none does any more: their rows keep them from being named as missing. */
const NEVER: readonly Absent[] = [
  [17, 'break'],
  [31, 'stty'],
  [32, 'gtty'],
  [35, 'ftime'],
  [44, 'prof'],
  [53, 'lock'],
  [56, 'mpx'],
  [58, 'ulimit'],
  [98, 'profil'],
  [112, 'idle'],
  [127, 'create_module'],
  [130, 'get_kernel_syms'],
  [134, 'bdflush'],
  [137, 'afs_syscall'],
  [149, '_sysctl'],
  [167, 'query_module'],
  [169, 'nfsservctl'],
  [188, 'getpmsg'],
  [189, 'putpmsg'],
  [253, 'lookup_dcookie'],
  [273, 'vserver'],
];

/** Parts that Linux can be built without, and this kernel is: programs must be ready for ENOSYS. */
const LEFT_OUT: readonly (readonly [why: string, calls: readonly Absent[]])[] = [
  ['no shared libraries in a.out format (CONFIG_USELIB is off in distributions too)', [[86, 'uselib']]],
  [
    'no quotas (CONFIG_QUOTA)',
    [
      [131, 'quotactl'],
      [443, 'quotactl_fd'],
    ],
  ],
  [
    'no asynchronous input and output of the kernel (CONFIG_AIO); the C library has its own, in threads',
    [
      [245, 'io_setup'],
      [246, 'io_destroy'],
      [247, 'io_getevents'],
      [248, 'io_submit'],
      [249, 'io_cancel'],
      [385, 'io_pgetevents'],
      [416, 'io_pgetevents_time64'],
    ],
  ],
  [
    'no io_uring (CONFIG_IO_URING)',
    [
      [425, 'io_uring_setup'],
      [426, 'io_uring_enter'],
      [427, 'io_uring_register'],
    ],
  ],
  [
    'no key rings (CONFIG_KEYS)',
    [
      [286, 'add_key'],
      [287, 'request_key'],
      [288, 'keyctl'],
    ],
  ],
  ['no performance counters (CONFIG_PERF_EVENTS)', [[336, 'perf_event_open']]],
  [
    'no fanotify (CONFIG_FANOTIFY); inotify is there',
    [
      [338, 'fanotify_init'],
      [339, 'fanotify_mark'],
    ],
  ],
  [
    'the calls behind fsopen(2) came with Linux 5.2, and programs fall back to mount(2)',
    [
      [428, 'open_tree'],
      [429, 'move_mount'],
      [430, 'fsopen'],
      [431, 'fsconfig'],
      [432, 'fsmount'],
      [433, 'fspick'],
      [442, 'mount_setattr'],
    ],
  ],
  [
    'no Landlock (CONFIG_SECURITY_LANDLOCK)',
    [
      [444, 'landlock_create_ruleset'],
      [445, 'landlock_add_rule'],
      [446, 'landlock_restrict_self'],
    ],
  ],
  ['not on i386 either (it needs a direct map that can be cut)', [[447, 'memfd_secret']]],
];

/** What only the administrator of a whole machine may do: this machine has none. */
const REFUSED: readonly Absent[] = [
  [51, 'acct'],
  [87, 'swapon'],
  [111, 'vhangup'],
  [115, 'swapoff'],
  [128, 'init_module'],
  [129, 'delete_module'],
  [283, 'kexec_load'],
  [346, 'setns'],
  [350, 'finit_module'],
  [357, 'bpf'],
];

function answered(calls: readonly Absent[], errno: number, note: string): Row[] {
  return calls.map(([number, name]) => row(number, name, () => -errno, note));
}

/** Calls that are answered without being there. */
export const absentCalls: readonly Row[] = [
  ...answered(NEVER, ENOSYS, 'not in Linux either'),
  ...LEFT_OUT.flatMap(([why, calls]) => answered(calls, ENOSYS, why)),
  ...answered(REFUSED, EPERM, 'EPERM even for root: this machine has no such administrator'),
];
