import { FUTEX_BITSET_MATCH_ANY, FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from '../../abi/flags.ts';
import { ROBUST_LIST_HEAD } from '../../abi/structs.ts';
import type { Kernel } from '../platform.ts';
import { futexKey } from './futex-key.ts';
import type { Task } from './task.ts';

/** Longest robust list that is followed (ROBUST_LIST_LIMIT): a list may be a ring. */
const LIMIT = 2048;

/** Marks the robust futexes that a dying task holds, and wakes one waiter of each (get_robust_list(2)). */
export function* releaseRobust(task: Task): Kernel<void> {
  const head = task.robustList >>> 0;
  task.robustList = 0;
  if (head === 0 || (yield* task.user.bring(head, ROBUST_LIST_HEAD.size, false)) < ROBUST_LIST_HEAD.size) return;
  const { at } = ROBUST_LIST_HEAD;
  const offset = task.user.load32(head + at.futex_offset);
  const pending = task.user.load32(head + at.list_op_pending) & ~1;
  let entry = task.user.load32(head + at.list) & ~1;
  for (let n = 0; n < LIMIT && entry >>> 0 !== head; n++) {
    if ((yield* task.user.bring(entry, 4, false)) < 4) return;
    const next = task.user.load32(entry) & ~1;
    if (entry !== pending && !(yield* release(task, entry + offset))) return;
    entry = next;
  }
  if (pending !== 0) yield* release(task, pending + offset);
}

function* release(task: Task, address: number): Kernel<boolean> {
  if (address & 3 || (yield* task.user.bring(address, 4, true)) < 4) return false;
  const word = task.user.load32(address);
  if ((word & FUTEX_TID_MASK) !== task.tid) return true;
  task.user.store32(address, (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED);
  if (word & FUTEX_WAITERS) task.system.futexes.wake(futexKey(task, address, false), 1, FUTEX_BITSET_MATCH_ANY);
  return true;
}
