import { CAP_SYS_RESOURCE } from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import { RLIMIT_CPU, RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { RESOURCES } from '../memory/limits.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { watchProcessorLimit } from '../time/interval.ts';
import { row } from './caller.ts';

const WORD = 0x1_0000_0000;
/** RLIM_INFINITY of the 32-bit calls, and of the oldest one. */
const INFINITE = 0xffffffff;
const OLD_INFINITE = 0x7fffffff;
/** Most descriptors that a limit may allow (fs.nr_open). */
const DESCRIPTORS_MAX = 1 << 20;

const endless = Number.POSITIVE_INFINITY;

function getrlimit(infinite: number): (task: Task) => number {
  return (task) => {
    const [resource, address] = task.args;
    if (resource >>> 0 >= RESOURCES) return -EINVAL;
    if (task.user.writable(address, 8) < 0) return -EFAULT;
    const { soft, hard } = task.process.limits;
    task.user.store32(address, Math.min(soft[resource], infinite));
    task.user.store32(address + 4, Math.min(hard[resource], infinite));
    return 0;
  };
}

function setrlimit(task: Task): number {
  const [resource, address] = task.args;
  if (task.user.readable(address, 8) < 0) return -EFAULT;
  const value = (at: number): number => {
    const limit = task.user.load32(at) >>> 0;
    return limit === INFINITE ? endless : limit;
  };
  return setLimit(task, task.process, resource, value(address), value(address + 4));
}

function setLimit(task: Task, process: Process, resource: number, soft: number, hard: number): number {
  if (resource >>> 0 >= RESOURCES || soft > hard) return -EINVAL;
  if (resource === RLIMIT_NOFILE && hard > DESCRIPTORS_MAX) return -EPERM;
  if (hard > process.limits.hard[resource] && !capable(task.identity, CAP_SYS_RESOURCE)) return -EPERM;
  process.limits.soft[resource] = soft;
  process.limits.hard[resource] = hard;
  if (resource === RLIMIT_CPU) watchProcessorLimit(process);
  return 0;
}

function prlimit64(task: Task): number {
  const [pid, resource, next, old] = task.args;
  const { system, user } = task;
  if (resource >>> 0 >= RESOURCES) return -EINVAL;
  if (next && user.readable(next, 16) < 0) return -EFAULT;
  const process = pid === 0 ? task.process : (system.processes.get(pid) ?? system.tasks.get(pid)?.process);
  if (!process) return -ESRCH;
  if (!mayChange(task, process)) return -EPERM;
  if (old && user.writable(old, 16) < 0) return -EFAULT;
  const before = [process.limits.soft[resource], process.limits.hard[resource]];
  if (next) {
    const result = setLimit(task, process, resource, load64(task, next), load64(task, next + 8));
    if (result < 0) return result;
  }
  if (old) for (const [n, limit] of before.entries()) store64(task, old + n * 8, limit);
  return 0;
}

/** Limits of another process: its ids must all be the caller's real ones (check_prlimit_permission). */
function mayChange(task: Task, process: Process): boolean {
  const own = task.identity;
  const other = process.identity;
  if (process === task.process || capable(own, CAP_SYS_RESOURCE)) return true;
  return (
    [other.realUid, other.effectiveUid, other.savedUid].every((id) => id === own.realUid) &&
    [other.realGid, other.effectiveGid, other.savedGid].every((id) => id === own.realGid)
  );
}

function load64(task: Task, address: number): number {
  const low = task.user.load32(address) >>> 0;
  const high = task.user.load32(address + 4) >>> 0;
  return low === INFINITE && high === INFINITE ? endless : high * WORD + low;
}

function store64(task: Task, address: number, limit: number): void {
  task.user.store32(address, limit === endless ? -1 : limit % WORD);
  task.user.store32(address + 4, limit === endless ? -1 : Math.floor(limit / WORD));
}

/** Calls about resource limits. */
export const limitCalls: readonly Row[] = [
  row(75, 'setrlimit', setrlimit, 'RLIMIT_RSS is kept but binds nothing'),
  row(76, 'getrlimit', getrlimit(OLD_INFINITE)),
  row(191, 'ugetrlimit', getrlimit(INFINITE)),
  row(340, 'prlimit64', prlimit64),
];
