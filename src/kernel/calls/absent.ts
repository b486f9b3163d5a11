import { ENOSYS, EPERM } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { row } from './caller.ts';

/** Numbers that no Linux implements, or none does any more: their rows keep them from being named as missing. */
const NEVER: readonly (readonly [number: number, name: string])[] = [
  [17, 'break'],
  [31, 'stty'],
  [32, 'gtty'],
  [35, 'ftime'],
  [44, 'prof'],
  [53, 'lock'],
  [56, 'mpx'],
  [58, 'ulimit'],
  [86, 'uselib'],
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

/** What only the administrator of a whole machine may do: this machine has none. */
const REFUSED: readonly (readonly [number: number, name: string])[] = [
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

/** Calls that are answered without being there. */
export const absentCalls: readonly Row[] = [
  ...NEVER.map(([number, name]) => row(number, name, () => -ENOSYS, 'not in Linux either')),
  ...REFUSED.map(([number, name]) => row(number, name, () => -EPERM, 'refused to everybody')),
];
