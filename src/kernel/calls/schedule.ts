import { CAP_SYS_NICE } from '../../abi/capabilities.ts';
import { E2BIG, EFAULT, EINVAL, EOPNOTSUPP, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  RLIMIT_NICE,
  RLIMIT_RTPRIO,
  SCHED_BATCH,
  SCHED_DEADLINE,
  SCHED_FIFO,
  SCHED_IDLE,
  SCHED_OTHER,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
} from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import { isRealtime, Schedule } from '../tasks/schedule.ts';
import { GIVE_WAY } from '../tasks/scheduler.ts';
import type { Task } from '../tasks/task.ts';
import { writeTimespec32, writeTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';

/** Bytes of a processor mask: one word says "processor 0". */
const MASK_SIZE = 4;
/** How long a turn of each policy is said to be, ns. */
const INTERVAL = 4_000_000;
const ROUND_ROBIN_INTERVAL = 100_000_000;
const PRIORITY_MOST = 99;
/** What sched_setparam means by the policy: the one that there is. */
const KEEP = -1;
/** struct sched_attr in its first version, and with the two words on utilization. */
const ATTR_FIRST = 48;
const ATTR_SIZE = 56;
/** Offsets in it. */
const ATTR_POLICY = 4;
const ATTR_FLAGS = 8;
const ATTR_NICE = 16;
const ATTR_PRIORITY = 20;
/** sched_flags: RESET_ON_FORK; RECLAIM, DL_OVERRUN; KEEP_POLICY, KEEP_PARAMS; two on utilization. */
const FLAG_RESET = 0x01;
const FLAG_KEEP_POLICY = 0x08;
const FLAG_KEEP_PARAMS = 0x10;
const FLAG_UTILIZATION = 0x60;
const FLAGS_ALL = 0x7f;

function* schedYield(): Kernel<number> {
  yield GIVE_WAY;
  return 0;
}

/** The schedule of a thread; the first process, which only reaps, has an ordinary one. */
function scheduleOf(task: Task, pid: number): Schedule | undefined {
  if (pid === 0) return task.schedule;
  const { system } = task;
  const known = system.tasks.get(pid)?.schedule ?? system.processes.get(pid)?.leader?.schedule;
  return known ?? (system.processes.has(pid) ? new Schedule() : undefined);
}

function isOrdinary(policy: number): boolean {
  return policy === SCHED_OTHER || policy === SCHED_BATCH || policy === SCHED_IDLE;
}

function priorityBound(bound: number): (task: Task) => number {
  return (task) => {
    const policy = task.args[0];
    if (isRealtime(policy)) return bound;
    return isOrdinary(policy) || policy === SCHED_DEADLINE ? 0 : -EINVAL;
  };
}

function getscheduler(task: Task): number {
  const pid = task.args[0];
  if (pid < 0) return -EINVAL;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  return schedule.policy | (schedule.resetOnFork ? SCHED_RESET_ON_FORK : 0);
}

/** What a call wants a task's schedule to be. */
interface Wish {
  readonly policy: number;
  readonly priority: number;
  readonly nice: number;
  readonly resetOnFork: boolean;
}

/** Changes a schedule where rights allow it (__sched_setscheduler): -EINVAL, -EPERM, -ESRCH. */
function change(task: Task, pid: number, wish: Wish): number {
  const { system } = task;
  const target = pid === 0 ? task : (system.tasks.get(pid) ?? system.processes.get(pid)?.leader);
  if (!target) return system.processes.has(pid) ? -EPERM : -ESRCH;
  const { schedule } = target;
  const policy = wish.policy === KEEP ? schedule.policy : wish.policy;
  if (!isRealtime(policy) && !isOrdinary(policy)) return -EINVAL;
  if (wish.priority < 0 || wish.priority > PRIORITY_MOST || isRealtime(policy) !== wish.priority > 0) return -EINVAL;
  if (!capable(task.identity, CAP_SYS_NICE) && !isHumble(task, target, policy, wish)) return -EPERM;
  schedule.policy = policy;
  schedule.priority = wish.priority;
  schedule.resetOnFork = wish.resetOnFork;
  if (!isRealtime(policy)) schedule.nice = wish.nice;
  return 0;
}

/** Whether anybody may make this change to a task of his (user_check_sched_setscheduler). */
function isHumble(task: Task, target: Task, policy: number, wish: Wish): boolean {
  const { schedule, process } = target;
  const { effectiveUid } = task.identity;
  const limits = process.limits.soft;
  if (isRealtime(policy)) {
    if (policy !== schedule.policy && limits[RLIMIT_RTPRIO] === 0) return false;
    if (wish.priority > schedule.priority && wish.priority > limits[RLIMIT_RTPRIO]) return false;
  } else if (wish.nice < schedule.nice && 20 - wish.nice > limits[RLIMIT_NICE]) return false;
  if (schedule.policy === SCHED_IDLE && policy !== SCHED_IDLE && 20 - schedule.nice > limits[RLIMIT_NICE]) return false;
  if (schedule.resetOnFork && !wish.resetOnFork) return false;
  return effectiveUid === target.identity.effectiveUid || effectiveUid === target.identity.realUid;
}

function setscheduler(task: Task): number {
  const [pid, policy, address] = task.args;
  if (pid < 0 || address === 0 || policy < 0) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  const resetOnFork = (policy & SCHED_RESET_ON_FORK) !== 0;
  const priority = task.user.load32(address);
  return change(task, pid, { policy: policy & ~SCHED_RESET_ON_FORK, priority, nice: schedule.nice, resetOnFork });
}

function setparam(task: Task): number {
  const [pid, address] = task.args;
  if (pid < 0 || address === 0) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  const { nice, resetOnFork } = schedule;
  return change(task, pid, { policy: KEEP, priority: task.user.load32(address), nice, resetOnFork });
}

function getparam(task: Task): number {
  const [pid, address] = task.args;
  if (pid < 0 || address === 0) return -EINVAL;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  if (task.user.writable(address, 4) < 0) return -EFAULT;
  task.user.store32(address, schedule.priority);
  return 0;
}

function setaffinity(task: Task): number {
  const [pid, size, address] = task.args;
  const mask = task.user.bytes(address, Math.min(size >>> 0, MASK_SIZE));
  if (typeof mask === 'number') return mask;
  if (!scheduleOf(task, pid)) return -ESRCH;
  const target = pid === 0 ? task : (task.system.tasks.get(pid) ?? task.system.processes.get(pid)?.leader);
  const { effectiveUid } = task.identity;
  const isOwn = target && [target.identity.realUid, target.identity.effectiveUid].includes(effectiveUid);
  if (!isOwn && !capable(task.identity, CAP_SYS_NICE)) return -EPERM;
  return mask.length > 0 && mask[0] & 1 ? 0 : -EINVAL;
}

function getaffinity(task: Task): number {
  const [pid, size, address] = task.args;
  if (size < MASK_SIZE || size & 3) return -EINVAL;
  if (!scheduleOf(task, pid)) return -ESRCH;
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

/** sched_setattr(2): policy, priority and nice value in one struct, whose size says how much of it the caller knows. */
function setattr(task: Task): number {
  const [pid, address, flags] = task.args;
  const { user } = task;
  if (address === 0 || pid < 0 || flags !== 0) return -EINVAL;
  if (user.readable(address, ATTR_FIRST) < 0) return -EFAULT;
  const size = user.load32(address) >>> 0 || ATTR_FIRST;
  if (size < ATTR_FIRST || size > PAGE) return refuseSize(task, address);
  if (user.readable(address, size) < 0) return -EFAULT;
  for (let n = ATTR_SIZE; n < size; n++) if (user.load8(address + n) !== 0) return refuseSize(task, address);
  const bits = user.load32(address + ATTR_FLAGS);
  if (user.load32(address + ATTR_POLICY) < 0) return -EINVAL;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  const wanted = bits & FLAG_KEEP_POLICY ? KEEP : user.load32(address + ATTR_POLICY);
  if (bits & ~FLAGS_ALL || user.load32(address + ATTR_FLAGS + 4) !== 0) return -EINVAL;
  if (bits & FLAG_UTILIZATION) return -EOPNOTSUPP;
  const kept = (bits & FLAG_KEEP_PARAMS) !== 0;
  const priority = kept ? schedule.priority : user.load32(address + ATTR_PRIORITY);
  const asked = kept ? schedule.nice : user.load32(address + ATTR_NICE);
  const nice = Math.min(19, Math.max(-20, asked));
  return change(task, pid, { policy: wanted, priority, nice, resetOnFork: (bits & FLAG_RESET) !== 0 });
}

/** A size that is not known is answered with the one that is. */
function refuseSize(task: Task, address: number): number {
  if (task.user.writable(address, 4) < 0) return -EFAULT;
  task.user.store32(address, ATTR_SIZE);
  return -E2BIG;
}

/** sched_getattr(2). */
function getattr(task: Task): number {
  const [pid, address, size, flags] = task.args;
  if (pid < 0 || address === 0 || size >>> 0 < ATTR_FIRST || size >>> 0 > PAGE || flags !== 0) return -EINVAL;
  const schedule = scheduleOf(task, pid);
  if (!schedule) return -ESRCH;
  const bytes = new Uint8Array(Math.min(size, ATTR_SIZE));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(ATTR_POLICY, schedule.policy, true);
  view.setUint32(ATTR_FLAGS, schedule.resetOnFork ? FLAG_RESET : 0, true);
  if (schedule.isRealtime) view.setInt32(ATTR_PRIORITY, schedule.priority, true);
  else view.setInt32(ATTR_NICE, schedule.nice, true);
  return task.user.write(address, bytes);
}

function rrGetInterval(write: typeof writeTimespec32): (task: Task) => number {
  return (task) => {
    const [pid, address] = task.args;
    if (pid < 0) return -EINVAL;
    const schedule = scheduleOf(task, pid);
    if (!schedule) return -ESRCH;
    const turns: Readonly<Record<number, number>> = { [SCHED_FIFO]: 0, [SCHED_RR]: ROUND_ROBIN_INTERVAL };
    return write(task.user, address, turns[schedule.policy] ?? INTERVAL);
  };
}

const NOTE = 'policies and priorities are kept but do not change the schedule, which is round robin for all';

/** Calls about the schedule: one processor, round robin. */
export const scheduleCalls: readonly Row[] = [
  row(154, 'sched_setparam', setparam, NOTE),
  row(155, 'sched_getparam', getparam),
  row(156, 'sched_setscheduler', setscheduler, `${NOTE}; no SCHED_DEADLINE`),
  row(157, 'sched_getscheduler', getscheduler),
  row(158, 'sched_yield', schedYield),
  row(159, 'sched_get_priority_max', priorityBound(PRIORITY_MOST)),
  row(160, 'sched_get_priority_min', priorityBound(1)),
  row(161, 'sched_rr_get_interval', rrGetInterval(writeTimespec32)),
  row(241, 'sched_setaffinity', setaffinity),
  row(242, 'sched_getaffinity', getaffinity),
  row(318, 'getcpu', getcpu),
  row(351, 'sched_setattr', setattr, `${NOTE}; no SCHED_DEADLINE, no utilization`),
  row(352, 'sched_getattr', getattr),
  row(423, 'sched_rr_get_interval_time64', rrGetInterval(writeTimespec64)),
];
