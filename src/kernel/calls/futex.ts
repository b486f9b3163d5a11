import { CAP_SYS_PTRACE } from '../../abi/capabilities.ts';
import { EAGAIN, EFAULT, EINVAL, ENOSYS, EPERM, ESRCH, ETIMEDOUT } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { ROBUST_LIST_HEAD } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from '../tasks/futex-key.ts';
import { FutexWaiter } from '../tasks/futexes.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';
import { lock, requeueToLock, tryLock, unlock, waitForRequeue } from './futex-lock.ts';
import { waitv } from './futex-several.ts';

/** All bits of FUTEX_WAIT_BITSET, as a signed word. */
const ALL = F.FUTEX_BITSET_MATCH_ANY | 0;

/** What an operation is given: futex(2)'s arguments. */
export interface FutexRequest {
  readonly address: number;
  readonly isPrivate: boolean;
  readonly value: number;
  /** Virtual time, Infinity = none. */
  readonly until: number;
  /** The fourth argument where it is a number. */
  readonly count: number;
  readonly second: number;
  readonly bits: number;
}

type Operation = (task: Task, request: FutexRequest) => number | Kernel<number>;

/** How each operation reads its fourth argument: not at all, or as a time, on which clock. */
type Timing = 'none' | 'relative' | 'flag' | 'real';

interface Command {
  readonly timing: Timing;
  readonly run: Operation;
}

const COMMANDS: Readonly<Record<number, Command>> = {
  [F.FUTEX_WAIT]: { timing: 'relative', run: (task, request) => waitFor(task, { ...request, bits: ALL }) },
  [F.FUTEX_WAIT_BITSET]: { timing: 'flag', run: waitFor },
  [F.FUTEX_WAKE]: { timing: 'none', run: (task, request) => wake(task, { ...request, bits: ALL }) },
  [F.FUTEX_WAKE_BITSET]: { timing: 'none', run: wake },
  [F.FUTEX_REQUEUE]: { timing: 'none', run: (task, request) => requeue(task, request, false) },
  [F.FUTEX_CMP_REQUEUE]: { timing: 'none', run: (task, request) => requeue(task, request, true) },
  [F.FUTEX_WAKE_OP]: { timing: 'none', run: wakeOp },
  [F.FUTEX_LOCK_PI]: { timing: 'real', run: lock },
  [F.FUTEX_LOCK_PI2]: { timing: 'flag', run: lock },
  [F.FUTEX_TRYLOCK_PI]: { timing: 'none', run: tryLock },
  [F.FUTEX_UNLOCK_PI]: { timing: 'none', run: unlock },
  [F.FUTEX_WAIT_REQUEUE_PI]: { timing: 'flag', run: waitForRequeue },
  [F.FUTEX_CMP_REQUEUE_PI]: { timing: 'none', run: requeueToLock },
};

function futex(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [address, operation, value, timeAt, second, bits] = task.args;
    const isReal = (operation & F.FUTEX_CLOCK_REALTIME) !== 0;
    const command = COMMANDS[operation & ~(F.FUTEX_PRIVATE_FLAG | F.FUTEX_CLOCK_REALTIME)];
    const timing = command?.timing ?? 'none';
    let until = Number.POSITIVE_INFINITY;
    if (timing !== 'none' && timeAt !== 0) {
      const time = read(task.user, timeAt);
      if (time < 0) return time;
      until = deadline(task, timing, isReal, time);
    }
    if (!command || (isReal && timing !== 'flag')) return -ENOSYS;
    const isPrivate = (operation & F.FUTEX_PRIVATE_FLAG) !== 0;
    return command.run(task, { address, isPrivate, value, until, count: timeAt, second, bits });
  };
}

/** FUTEX_WAIT's timeout is relative; the others' are absolute, on the clock that the operation or its flag names. */
function deadline(task: Task, timing: Timing, isReal: boolean, time: number): number {
  const { platform } = task.system;
  if (timing === 'relative') return platform.now() + time;
  return isReal || timing === 'real' ? time - platform.bootTime : time;
}

/** 0 when the word can be named; a private one need not even be mapped. -EINVAL, -EFAULT. */
function named(task: Task, address: number, isPrivate: boolean): number {
  if (address & 3) return -EINVAL;
  if (isPrivate && address >>> 0 < task.system.platform.top) return 0;
  return task.user.readable(address, 4);
}

function waitFor(task: Task, { address, isPrivate, value, until, bits }: FutexRequest): number | Kernel<number> {
  if (bits === 0 || address & 3) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  if (task.user.load32(address) !== value) return -EAGAIN;
  return waitOn(task, futexKey(task, address, isPrivate), address, bits, until);
}

function* waitOn(task: Task, key: string, address: number, bits: number, until: number): Kernel<number> {
  const { futexes } = task.system;
  const waiter = new FutexWaiter(task, key, address, bits);
  futexes.add(waiter);
  for (;;) {
    const why = yield* wait(waiter.queue, until);
    if (waiter.woken) return 0;
    if (why === 'woken') continue;
    futexes.remove(waiter);
    if (why === 'timeout') return -ETIMEDOUT;
    if (until === Number.POSITIVE_INFINITY) return -ERESTARTSYS;
    const value = task.args[2];
    return task.restart(() => waitAgain(task, waiter, value, until));
  }
}

/** restart_syscall looks at the word anew. */
function waitAgain(task: Task, waiter: FutexWaiter, value: number, until: number): number | Kernel<number> {
  const { address, bits, key } = waiter;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  if (task.user.load32(address) !== value) return -EAGAIN;
  return waitOn(task, key, address, bits, until);
}

function wake(task: Task, { address, isPrivate, value, bits }: FutexRequest): number {
  if (bits === 0) return -EINVAL;
  const failed = named(task, address, isPrivate);
  return failed < 0 ? failed : task.system.futexes.wake(futexKey(task, address, isPrivate), value, bits);
}

function requeue(task: Task, request: FutexRequest, compares: boolean): number {
  const { address, isPrivate, value, count, second, bits } = request;
  if (value < 0 || count < 0) return -EINVAL;
  const failed = named(task, address, isPrivate) || named(task, second, isPrivate);
  if (failed < 0) return failed;
  if (compares) {
    if (task.user.readable(address, 4) < 0) return -EFAULT;
    if (task.user.load32(address) !== bits) return -EAGAIN;
  }
  const from = futexKey(task, address, isPrivate);
  return task.system.futexes.requeue(from, futexKey(task, second, isPrivate), second, value, count);
}

/** FUTEX_WAKE_OP's comparisons of the old value, by number. */
const COMPARISONS: readonly ((old: number, with_: number) => boolean)[] = [
  (old, value) => old === value,
  (old, value) => old !== value,
  (old, value) => old < value,
  (old, value) => old <= value,
  (old, value) => old > value,
  (old, value) => old >= value,
];

/** FUTEX_WAKE_OP: changes the second word, wakes on the first, and on the second if its old value compares. */
function wakeOp(task: Task, { address, isPrivate, value, count, second, bits: code }: FutexRequest): number {
  const { system, user } = task;
  const failed = named(task, address, isPrivate) || (second & 3 ? -EINVAL : 0);
  if (failed < 0) return failed;
  if (user.writable(second, 4) < 0) return -EFAULT;
  const argument = (code << 8) >> 20;
  const operand = code & 0x80000000 ? 1 << (argument & 31) : argument;
  const old = user.load32(second);
  const changed = [operand, old + operand, old | operand, old & ~operand, old ^ operand][(code >>> 28) & 7];
  if (changed === undefined) return -ENOSYS;
  user.store32(second, changed);
  const compare = COMPARISONS[(code >>> 24) & 15];
  if (compare === undefined) return -ENOSYS;
  const woken = system.futexes.wake(futexKey(task, address, isPrivate), value, ALL);
  if (woken < 0 || !compare(old, (code << 20) >> 20)) return woken;
  const more = system.futexes.wake(futexKey(task, second, isPrivate), count, ALL);
  return more < 0 ? more : woken + more;
}

function setRobustList(task: Task): number {
  if (task.args[1] !== ROBUST_LIST_HEAD.size) return -EINVAL;
  task.robustList = task.args[0];
  return 0;
}

function getRobustList(task: Task): number {
  const [tid, headAt, sizeAt] = task.args;
  const { system, user } = task;
  const target = tid === 0 ? task : system.tasks.get(tid);
  if (!target) return -ESRCH;
  const own = task.identity;
  if (!capable(own, CAP_SYS_PTRACE) && target.identity.realUid !== own.realUid) return -EPERM;
  if (user.writable(headAt, 4) < 0 || user.writable(sizeAt, 4) < 0) return -EFAULT;
  user.store32(sizeAt, ROBUST_LIST_HEAD.size);
  user.store32(headAt, target.robustList);
  return 0;
}

/** Calls about futexes. */
export const futexCalls: readonly Row[] = [
  row(240, 'futex', futex(readTimespec32), 'PI: all tasks have one priority, so none is inherited'),
  row(311, 'set_robust_list', setRobustList),
  row(312, 'get_robust_list', getRobustList),
  row(422, 'futex_time64', futex(readTimespec64), 'PI: all tasks have one priority, so none is inherited'),
  row(449, 'futex_waitv', waitv),
];
