/** futex(2)'s operations on locks: FUTEX_LOCK_PI and its kin. */
import { EAGAIN, EDEADLK, EFAULT, EINVAL, EPERM, ETIMEDOUT } from '../../abi/errno.ts';
import { FUTEX_BITSET_MATCH_ANY, FUTEX_TID_MASK } from '../../abi/flags.ts';
import { ERESTARTNOINTR, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from '../tasks/futex-key.ts';
import { FutexWaiter } from '../tasks/futexes.ts';
import { attempt, closesCircle, give } from '../tasks/pi.ts';
import type { Task } from '../tasks/task.ts';
import type { FutexRequest } from './futex.ts';

/** 0 when the word at `address` can be a lock: -EINVAL, -EFAULT. */
function isWord(task: Task, address: number): number {
  return address & 3 ? -EINVAL : task.user.writable(address, 4);
}

/** FUTEX_LOCK_PI, FUTEX_LOCK_PI2: takes the lock, or waits until its owner gives it. */
export function lock(task: Task, { address, isPrivate, until }: FutexRequest): number | Kernel<number> {
  const failed = isWord(task, address);
  if (failed < 0) return failed;
  const key = futexKey(task, address, isPrivate);
  const tried = attempt(task, task, key, address, false);
  if (typeof tried === 'number') return tried;
  if (tried.locked) return 0;
  if (closesCircle(task, tried.state!)) return -EDEADLK;
  const waiter = new FutexWaiter(task, key, address, 0);
  waiter.pi = tried.state;
  return waitForLock(waiter, until);
}

function* waitForLock(waiter: FutexWaiter, until: number): Kernel<number> {
  const { task } = waiter;
  const { futexes } = task.system;
  task.blockedOn = waiter.pi;
  futexes.add(waiter);
  for (;;) {
    const why = yield* wait(waiter.queue, until);
    if (waiter.woken) return 0;
    if (why === 'woken') continue;
    futexes.remove(waiter);
    task.blockedOn = undefined;
    return why === 'timeout' ? -ETIMEDOUT : -ERESTARTNOINTR;
  }
}

/** FUTEX_TRYLOCK_PI: as on Linux a lock that is held has waiters from then on. */
export function tryLock(task: Task, { address, isPrivate }: FutexRequest): number {
  const failed = isWord(task, address);
  if (failed < 0) return failed;
  const tried = attempt(task, task, futexKey(task, address, isPrivate), address, false);
  if (typeof tried === 'number') return tried;
  return tried.locked ? 0 : -EAGAIN;
}

/** FUTEX_UNLOCK_PI: the lock goes to who has waited longest. */
export function unlock(task: Task, { address, isPrivate }: FutexRequest): number {
  const { futexes } = task.system;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  if ((task.user.load32(address) & FUTEX_TID_MASK) !== task.tid) return -EPERM;
  const failed = isWord(task, address);
  if (failed < 0) return failed;
  const [top] = futexes.on(futexKey(task, address, isPrivate));
  if (!top) {
    task.user.store32(address, 0);
    return 0;
  }
  if (top.pi?.owner !== task) return -EINVAL;
  // Another process's view of the same word: it may have to be made writable for that one.
  if (top.task.user.writable(top.address, 4) < 0) return -EFAULT;
  give(top, false);
  return 0;
}

/** FUTEX_WAIT_REQUEUE_PI: waits on one word until FUTEX_CMP_REQUEUE_PI moves the wait to a lock, and then for that. */
export function waitForRequeue(task: Task, request: FutexRequest): number | Kernel<number> {
  const { address, isPrivate, value, until, second } = request;
  if (address === second) return -EINVAL;
  const failed = isWord(task, second);
  if (failed < 0) return failed;
  if (address & 3) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  if (task.user.load32(address) !== value) return -EAGAIN;
  const key = futexKey(task, address, isPrivate);
  const lockKey = futexKey(task, second, isPrivate);
  if (key === lockKey) return -EINVAL;
  return waitAndLock(new FutexWaiter(task, key, address, FUTEX_BITSET_MATCH_ANY | 0, lockKey, second), until);
}

function* waitAndLock(waiter: FutexWaiter, until: number): Kernel<number> {
  const { task } = waiter;
  const { futexes } = task.system;
  futexes.add(waiter);
  for (;;) {
    const why = yield* wait(waiter.queue, until);
    if (waiter.woken) return 0;
    if (why === 'woken') continue;
    futexes.remove(waiter);
    task.blockedOn = undefined;
    if (why === 'timeout') return -ETIMEDOUT;
    // Once it waits for the lock it cannot be started over: the first word has changed.
    return waiter.pi ? -EAGAIN : -ERESTARTNOINTR;
  }
}

/** FUTEX_CMP_REQUEUE_PI: the first who waits gets the lock if it is free; up to `count` others wait for it from now on. */
export function requeueToLock(task: Task, request: FutexRequest): number {
  const { address, isPrivate, value, count, second, bits } = request;
  const { futexes } = task.system;
  if (value < 0 || count < 0 || address === second || value !== 1 || address & 3) return -EINVAL;
  if (task.user.readable(address, 4) < 0) return -EFAULT;
  const failed = isWord(task, second);
  if (failed < 0) return failed;
  const from = futexKey(task, address, isPrivate);
  const to = futexKey(task, second, isPrivate);
  if (from === to) return -EINVAL;
  if (task.user.load32(address) !== bits) return -EAGAIN;
  const [top] = futexes.on(from);
  if (!top) return 0;
  if (top.lockKey !== to) return -EINVAL;
  const tried = attempt(task, top.task, to, second, count > 0);
  if (typeof tried === 'number') return tried;
  if (tried.locked) futexes.release(top);
  let done = tried.locked ? 1 : 0;
  for (const waiter of [...futexes.on(from)]) {
    if (done - 1 >= count) break;
    if (waiter.lockKey !== to) return -EINVAL;
    if (closesCircle(waiter.task, tried.state!)) return -EDEADLK;
    waiter.pi = tried.state;
    waiter.task.blockedOn = tried.state;
    futexes.move(waiter, to, waiter.lockAddress);
    done++;
  }
  return done;
}
