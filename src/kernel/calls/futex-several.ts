/** futex_waitv(2): waits on several words at once. */
import { EAGAIN, EFAULT, EINVAL, ETIMEDOUT } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, CLOCK_REALTIME, FUTEX_BITSET_MATCH_ANY, FUTEX_PRIVATE_FLAG } from '../../abi/flags.ts';
import { ERESTARTSYS, waitAny } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from '../tasks/futex-key.ts';
import { FutexWaiter } from '../tasks/futexes.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec64 } from '../time/spec.ts';

const WORDS_MAX = 128;
/** struct futex_waitv: value (64 bits), address (64), flags, reserved. */
const SIZE = 24;
/** The word has 32 bits: the only size there is. */
const SIZE_32 = 2;

/** The index of the word that was woken; -EAGAIN, -ETIMEDOUT, -EINVAL, -EFAULT. */
export function waitv(task: Task): number | Kernel<number> {
  const [listAt, count, flags, timeAt, clock] = task.args;
  const { user, system } = task;
  if (flags !== 0 || count >>> 0 > WORDS_MAX || count === 0 || listAt === 0) return -EINVAL;
  let until = Number.POSITIVE_INFINITY;
  if (timeAt !== 0) {
    if (clock !== CLOCK_REALTIME && clock !== CLOCK_MONOTONIC) return -EINVAL;
    const time = readTimespec64(user, timeAt);
    if (time < 0) return time;
    until = clock === CLOCK_REALTIME ? time - system.platform.bootTime : time;
  }
  const waiters: FutexWaiter[] = [];
  const values: number[] = [];
  for (let n = 0; n < count; n++) {
    const at = listAt + n * SIZE;
    if (user.readable(at, SIZE) < 0) return -EFAULT;
    const how = user.load32(at + 16);
    if (how & ~(SIZE_32 | FUTEX_PRIVATE_FLAG) || !(how & SIZE_32) || user.load32(at + 20) !== 0) return -EINVAL;
    const address = user.load32(at + 8);
    const isPrivate = (how & FUTEX_PRIVATE_FLAG) !== 0;
    values.push(user.load32(at));
    waiters.push(new FutexWaiter(task, isPrivate ? 'private' : '', address, FUTEX_BITSET_MATCH_ANY | 0));
  }
  for (const [n, waiter] of waiters.entries()) {
    if (waiter.address & 3) return -EINVAL;
    if (user.readable(waiter.address, 4) < 0) return -EFAULT;
    if (user.load32(waiter.address) !== values[n]) return -EAGAIN;
    waiter.key = futexKey(task, waiter.address, waiter.key === 'private');
  }
  return waitForFirst(task, waiters, until);
}

function* waitForFirst(task: Task, waiters: readonly FutexWaiter[], until: number): Kernel<number> {
  const { futexes } = task.system;
  for (const waiter of waiters) futexes.add(waiter);
  const queues = waiters.map((waiter) => waiter.queue);
  const why = yield* waitAny(queues, until);
  for (const waiter of waiters) futexes.remove(waiter);
  const first = waiters.findLastIndex((waiter) => waiter.woken);
  if (first >= 0) return first;
  return why === 'timeout' ? -ETIMEDOUT : -ERESTARTSYS;
}
