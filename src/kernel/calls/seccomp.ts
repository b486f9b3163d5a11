import { CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { EACCES, EFAULT, EINVAL, ENOMEM, EOPNOTSUPP, ESRCH } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { BpfProgram, INSN_SIZE, INSNS_MAX } from '../tasks/bpf.ts';
import type { Filter } from '../tasks/seccomp.ts';
import { includes, PATH_MAX_INSNS, pathLength } from '../tasks/seccomp.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const FLAGS =
  F.SECCOMP_FILTER_FLAG_TSYNC |
  F.SECCOMP_FILTER_FLAG_LOG |
  F.SECCOMP_FILTER_FLAG_SPEC_ALLOW |
  F.SECCOMP_FILTER_FLAG_TSYNC_ESRCH;

const ACTIONS: ReadonlySet<number> = new Set([
  F.SECCOMP_RET_KILL_PROCESS,
  F.SECCOMP_RET_KILL_THREAD,
  F.SECCOMP_RET_TRAP,
  F.SECCOMP_RET_ERRNO,
  F.SECCOMP_RET_TRACE,
  F.SECCOMP_RET_LOG,
  F.SECCOMP_RET_ALLOW,
]);

/** Strict mode, unless the task has filters. */
export function setStrict(task: Task): number {
  if (task.seccomp?.mode === F.SECCOMP_MODE_FILTER) return -EINVAL;
  task.seccomp = { mode: F.SECCOMP_MODE_STRICT, filter: undefined };
  return 0;
}

/** One more filter, from the struct sock_fprog at `address`: 0, or a tid that SECCOMP_FILTER_FLAG_TSYNC could not reach. */
export function addFilter(task: Task, flags: number, address: number): number {
  if (flags & ~FLAGS) return -EINVAL;
  const program = readProgram(task, address);
  if (typeof program === 'number') return program;
  if (task.seccomp?.mode === F.SECCOMP_MODE_STRICT) return -EINVAL;
  const before = task.seccomp?.filter;
  if (program.converted + pathLength(before) > PATH_MAX_INSNS) return -ENOMEM;
  const all = flags & F.SECCOMP_FILTER_FLAG_TSYNC;
  const apart = all ? unreachable(task, before) : 0;
  if (apart !== 0) return flags & F.SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : apart;
  const seccomp = { mode: F.SECCOMP_MODE_FILTER, filter: { program, before } } as const;
  for (const thread of all ? task.process.threads : [task]) {
    thread.seccomp = seccomp;
    thread.noNewPrivileges ||= task.noNewPrivileges;
  }
  return 0;
}

function readProgram(task: Task, address: number): BpfProgram | number {
  const { user } = task;
  if (user.readable(address, 8) < 0) return -EFAULT;
  const count = user.load16(address);
  const at = user.load32(address + 4);
  if (count === 0 || count > INSNS_MAX) return -EINVAL;
  if (!task.noNewPrivileges && !capable(task.identity, CAP_SYS_ADMIN)) return -EACCES;
  const bytes = user.bytes(at, count * INSN_SIZE);
  if (typeof bytes === 'number') return bytes;
  return BpfProgram.verify(new Int32Array(bytes.buffer)) ?? -EINVAL;
}

/** The tid of a thread whose own filters are not among the caller's; 0 when there is none. */
function unreachable(task: Task, filter: Filter | undefined): number {
  for (const thread of task.process.threads) {
    if (thread === task || !thread.seccomp) continue;
    if (thread.seccomp.mode === F.SECCOMP_MODE_STRICT || !includes(filter, thread.seccomp.filter)) return thread.tid;
  }
  return 0;
}

function seccomp(task: Task): number {
  const [operation, flags, address] = task.args;
  const { user } = task;
  switch (operation) {
    case F.SECCOMP_SET_MODE_STRICT:
      return flags !== 0 || address !== 0 ? -EINVAL : setStrict(task);
    case F.SECCOMP_SET_MODE_FILTER:
      return addFilter(task, flags, address);
    case F.SECCOMP_GET_ACTION_AVAIL:
      if (flags !== 0) return -EINVAL;
      if (user.readable(address, 4) < 0) return -EFAULT;
      return ACTIONS.has(user.load32(address) >>> 0) ? 0 : -EOPNOTSUPP;
    default:
      return -EINVAL;
  }
}

/** seccomp(2). */
export const seccompCalls: readonly Row[] = [
  row(354, 'seccomp', seccomp, 'no listeners; SECCOMP_RET_TRACE is ENOSYS, RET_LOG writes no log'),
];
