import { EAGAIN, EFAULT, EINVAL, ENOSYS, EPERM, ESRCH, ETIMEDOUT } from '../../abi/errno.ts';
import {
  FUTEX_BITSET_MATCH_ANY,
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAKE,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
} from '../../abi/flags.ts';
import { ROBUST_LIST_HEAD } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from '../tasks/futex-key.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';

function futex(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [address, operation, value, timeAt, second, bits] = task.args;
    const { system, user } = task;
    const isPrivate = (operation & FUTEX_PRIVATE_FLAG) !== 0;
    const command = operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    const waits = command === FUTEX_WAIT || command === FUTEX_WAIT_BITSET;
    if (operation & FUTEX_CLOCK_REALTIME && command !== FUTEX_WAIT_BITSET) return -ENOSYS;
    if (address & 3) return -EINVAL;
    if (user.readable(address, 4) < 0) return -EFAULT;
    const key = futexKey(task, address, isPrivate);
    if (waits) {
      const timeout = timeAt ? read(user, timeAt) : Number.POSITIVE_INFINITY;
      if (timeout < 0) return timeout;
      const mask = command === FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY | 0 : bits;
      if (mask === 0) return -EINVAL;
      if (user.load32(address) !== value) return -EAGAIN;
      return waitOn(task, key, mask, deadline(task, operation, command, timeout));
    }
    switch (command) {
      case FUTEX_WAKE:
        return system.futexes.wake(key, Math.max(1, value), FUTEX_BITSET_MATCH_ANY | 0);
      case FUTEX_WAKE_BITSET:
        return bits === 0 ? -EINVAL : system.futexes.wake(key, Math.max(1, value), bits);
      case FUTEX_REQUEUE:
      case FUTEX_CMP_REQUEUE: {
        if (value < 0 || timeAt < 0 || second & 3) return -EINVAL;
        if (user.readable(second, 4) < 0) return -EFAULT;
        if (command === FUTEX_CMP_REQUEUE && user.load32(address) !== bits) return -EAGAIN;
        const woken = system.futexes.wake(key, value, FUTEX_BITSET_MATCH_ANY | 0);
        const moved = system.futexes.requeue(key, futexKey(task, second, isPrivate), timeAt);
        return command === FUTEX_CMP_REQUEUE ? woken + moved : woken;
      }
      case FUTEX_WAKE_OP:
        return wakeOp(task, key, value, timeAt, second, bits, isPrivate);
      default:
        return -ENOSYS;
    }
  };
}

/** FUTEX_WAIT's timeout is relative; FUTEX_WAIT_BITSET's is absolute, on the clock that the flag names. */
function deadline(task: Task, operation: number, command: number, timeout: number): number {
  const { platform } = task.system;
  if (command === FUTEX_WAIT) return platform.now() + timeout;
  return operation & FUTEX_CLOCK_REALTIME ? timeout - platform.bootTime : timeout;
}

function* waitOn(task: Task, key: string, bits: number, until: number): Kernel<number> {
  const { system } = task;
  const waiter = system.futexes.add(key, bits);
  for (;;) {
    const why = yield* wait(waiter.queue, until);
    if (waiter.woken) return 0;
    if (why === 'woken') continue;
    system.futexes.remove(waiter);
    if (why === 'timeout') return -ETIMEDOUT;
    if (until === Number.POSITIVE_INFINITY) return -ERESTARTSYS;
    return task.restart(() => waitOn(task, waiter.key, bits, until));
  }
}

/** FUTEX_WAKE_OP: changes the second word, wakes on the first, and on the second if its old value compares. */
function wakeOp(
  task: Task,
  key: string,
  count: number,
  secondCount: number,
  second: number,
  code: number,
  isPrivate: boolean,
): number {
  const { system, user } = task;
  if (second & 3) return -EINVAL;
  if (user.writable(second, 4) < 0) return -EFAULT;
  const argument = (code << 8) >> 20;
  const compared = (code << 20) >> 20;
  const operand = code & 0x80000000 ? 1 << (argument & 31) : argument;
  const old = user.load32(second);
  const changes = [operand, old + operand, old | operand, old & ~operand, old ^ operand];
  const changed = changes[(code >>> 28) & 7];
  if (changed === undefined) return -ENOSYS;
  const compares = [
    old === compared,
    old !== compared,
    old < compared,
    old <= compared,
    old > compared,
    old >= compared,
  ];
  const holds = compares[(code >>> 24) & 15];
  if (holds === undefined) return -ENOSYS;
  user.store32(second, changed);
  const all = FUTEX_BITSET_MATCH_ANY | 0;
  const woken = system.futexes.wake(key, Math.max(1, count), all);
  return holds ? woken + system.futexes.wake(futexKey(task, second, isPrivate), Math.max(1, secondCount), all) : woken;
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
  if (!own.privileged && target.process.identity.realUid !== own.realUid) return -EPERM;
  if (user.writable(headAt, 4) < 0 || user.writable(sizeAt, 4) < 0) return -EFAULT;
  user.store32(sizeAt, ROBUST_LIST_HEAD.size);
  user.store32(headAt, target.robustList);
  return 0;
}

/** Calls about futexes. */
export const futexCalls: readonly Row[] = [
  row(240, 'futex', futex(readTimespec32), 'no priority inheritance'),
  row(311, 'set_robust_list', setRobustList),
  row(312, 'get_robust_list', getRobustList),
  row(422, 'futex_time64', futex(readTimespec64), 'no priority inheritance'),
];
