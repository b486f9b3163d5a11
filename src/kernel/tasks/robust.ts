import { FUTEX_BITSET_MATCH_ANY, FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from '../../abi/flags.ts';
import { ROBUST_LIST_HEAD } from '../../abi/structs.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from './futex-key.ts';
import { releaseLocks } from './pi.ts';
import type { Task } from './task.ts';

/** Longest robust list that is followed (ROBUST_LIST_LIMIT): a list may be a ring. */
const LIMIT = 2048;

/** What others who share its memory wait for from a task that leaves it: held futexes, and the word of its tid. */
export function* leaveMemory(task: Task): Kernel<void> {
  yield* releaseRobust(task);
  yield* releaseLocks(task);
  const { clearTid, memory, user } = task;
  task.clearTid = 0;
  if (clearTid === 0 || memory.users <= 1 || (yield* user.bring(clearTid, 4, true)) < 4) return;
  user.store32(clearTid, 0);
  task.system.futexes.wake(futexKey(task, clearTid, false), 1, FUTEX_BITSET_MATCH_ANY);
}

/** Marks the robust futexes that a dying task holds, and wakes one waiter of each (get_robust_list(2)). */
function* releaseRobust(task: Task): Kernel<void> {
  const head = task.robustList >>> 0;
  task.robustList = 0;
  if (head === 0 || (yield* task.user.bring(head, ROBUST_LIST_HEAD.size, false)) < ROBUST_LIST_HEAD.size) return;
  const { at } = ROBUST_LIST_HEAD;
  const offset = task.user.load32(head + at.futex_offset);
  const pending = task.user.load32(head + at.list_op_pending);
  // The lowest bit of a link says that the entry it leads to is a lock.
  let entry = task.user.load32(head + at.list);
  for (let n = 0; n < LIMIT && (entry & ~1) >>> 0 !== head; n++) {
    const at = entry & ~1;
    const good = (yield* task.user.bring(at, 4, false)) === 4;
    const next = good ? task.user.load32(at) : 0;
    if (at !== (pending & ~1) && !(yield* release(task, at + offset, (entry & 1) !== 0, false))) return;
    if (!good) return;
    entry = next;
  }
  if ((pending & ~1) !== 0) yield* release(task, (pending & ~1) + offset, (pending & 1) !== 0, true);
}

/** One of them (handle_futex_death); false ends the walk. Those who wait for a lock get it with the task's other locks. */
function* release(task: Task, address: number, isLock: boolean, isPending: boolean): Kernel<boolean> {
  if (address & 3 || (yield* task.user.bring(address, 4, true)) < 4) return false;
  const word = task.user.load32(address);
  const { futexes } = task.system;
  // Between giving up and waking somebody: nobody else would wake him.
  if (isPending && !isLock && (word & FUTEX_TID_MASK) === 0)
    futexes.wake(futexKey(task, address, false), 1, FUTEX_BITSET_MATCH_ANY);
  if ((word & FUTEX_TID_MASK) !== task.tid) return true;
  task.user.store32(address, (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
  if (!isLock && word & FUTEX_WAITERS) futexes.wake(futexKey(task, address, false), 1, FUTEX_BITSET_MATCH_ANY);
  return true;
}
