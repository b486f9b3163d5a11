import { EFAULT, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import { SCHED_BATCH, SCHED_FIFO, SCHED_IDLE, SCHED_OTHER, SCHED_RR } from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { GIVE_WAY } from '../tasks/scheduler.ts';
import type { Task } from '../tasks/task.ts';
import { writeTimespec32, writeTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';

/** Bytes of a processor mask: one word says "processor 0". */
const MASK_SIZE = 4;
const ROUND_ROBIN_INTERVAL = 4_000_000;
const IOPRIO_NONE = 0;
/** struct sched_attr in its first version: size, policy, flags (64), nice, priority, three 64-bit times. */
const ATTR_SIZE = 48;
const ATTR_NICE = 16;

function* schedYield(): Kernel<number> {
  yield GIVE_WAY;
  return 0;
}

/** Whether there is such a thread or process; the first process, which only reaps, has no thread. */
function exists(task: Task, pid: number): boolean {
  return pid === 0 || task.system.tasks.has(pid) || task.system.processes.has(pid);
}

function isRealtime(policy: number): boolean {
  return policy === SCHED_FIFO || policy === SCHED_RR;
}

function isOrdinary(policy: number): boolean {
  return policy === SCHED_OTHER || policy === SCHED_BATCH || policy === SCHED_IDLE;
}

function priorityMost(task: Task): number {
  const policy = task.args[0];
  if (isRealtime(policy)) return 99;
  return isOrdinary(policy) || policy === 6 ? 0 : -EINVAL;
}

function priorityLeast(task: Task): number {
  const policy = task.args[0];
  if (isRealtime(policy)) return 1;
  return isOrdinary(policy) || policy === 6 ? 0 : -EINVAL;
}

function getscheduler(task: Task): number {
  const pid = task.args[0];
  if (pid < 0) return -EINVAL;
  return exists(task, pid) ? SCHED_OTHER : -ESRCH;
}

/** Real-time policies are refused: the schedule is round robin for all. */
function setscheduler(task: Task): number {
  const [pid, policy, address] = task.args;
  if (pid < 0 || address === 0 || policy < 0) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  return setPolicy(task, pid, policy, task.user.load32(address));
}

function setPolicy(task: Task, pid: number, policy: number, priority: number): number {
  if (!exists(task, pid)) return -ESRCH;
  if (isRealtime(policy)) return priority < 1 || priority > 99 ? -EINVAL : -EPERM;
  return isOrdinary(policy) && priority === 0 ? 0 : -EINVAL;
}

function setparam(task: Task): number {
  const [pid, address] = task.args;
  if (pid < 0 || address === 0) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  return setPolicy(task, pid, SCHED_OTHER, task.user.load32(address));
}

function getparam(task: Task): number {
  const [pid, address] = task.args;
  if (pid < 0 || address === 0) return -EINVAL;
  if (!exists(task, pid)) return -ESRCH;
  if (task.user.writable(address, 4) < 0) return -EFAULT;
  task.user.store32(address, 0);
  return 0;
}

function setaffinity(task: Task): number {
  const [pid, size, address] = task.args;
  if (!exists(task, pid)) return -ESRCH;
  if (size <= 0) return -EINVAL;
  const mask = task.user.bytes(address, Math.min(size, MASK_SIZE));
  if (typeof mask === 'number') return mask;
  return mask[0] & 1 ? 0 : -EINVAL;
}

function getaffinity(task: Task): number {
  const [pid, size, address] = task.args;
  if (size < MASK_SIZE || size & 3) return -EINVAL;
  if (!exists(task, pid)) return -ESRCH;
  if (task.user.writable(address, MASK_SIZE) < 0) return -EFAULT;
  task.user.store32(address, 1);
  return MASK_SIZE;
}

function getcpu(task: Task): number {
  const [cpu, node] = task.args;
  const { user } = task;
  if (cpu && user.writable(cpu, 4) < 0) return -EFAULT;
  if (node && user.writable(node, 4) < 0) return -EFAULT;
  if (cpu) user.store32(cpu, 0);
  if (node) user.store32(node, 0);
  return 0;
}

/** sched_getattr(2): SCHED_OTHER and the nice value. */
function getattr(task: Task): number {
  const [pid, address, size, flags] = task.args;
  if (pid < 0 || address === 0 || size >>> 0 < ATTR_SIZE || size >>> 0 > 4096 || flags !== 0) return -EINVAL;
  const process = pid === 0 ? task.process : (task.system.tasks.get(pid)?.process ?? task.system.processes.get(pid));
  if (!process) return -ESRCH;
  const bytes = new Uint8Array(ATTR_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ATTR_SIZE, true);
  view.setInt32(ATTR_NICE, process.nice, true);
  return task.user.write(address, bytes);
}

function rrGetInterval(write: typeof writeTimespec32): (task: Task) => number {
  return (task) => {
    const [pid, address] = task.args;
    if (pid < 0) return -EINVAL;
    return exists(task, pid) ? write(task.user, address, ROUND_ROBIN_INTERVAL) : -ESRCH;
  };
}

/** Calls about the schedule: one processor, round robin. */
export const scheduleCalls: readonly Row[] = [
  row(154, 'sched_setparam', setparam),
  row(155, 'sched_getparam', getparam),
  row(156, 'sched_setscheduler', setscheduler, 'no real-time policies'),
  row(157, 'sched_getscheduler', getscheduler),
  row(158, 'sched_yield', schedYield),
  row(159, 'sched_get_priority_max', priorityMost),
  row(160, 'sched_get_priority_min', priorityLeast),
  row(161, 'sched_rr_get_interval', rrGetInterval(writeTimespec32)),
  row(241, 'sched_setaffinity', setaffinity),
  row(242, 'sched_getaffinity', getaffinity),
  row(289, 'ioprio_set', () => 0, 'priorities of input and output are ignored'),
  row(290, 'ioprio_get', () => IOPRIO_NONE),
  row(318, 'getcpu', getcpu),
  row(352, 'sched_getattr', getattr),
  row(423, 'sched_rr_get_interval_time64', rrGetInterval(writeTimespec64)),
];
