/**
 * Futexes that are locks: the word holds the owner's tid (futex(2), priority inheritance). All tasks of this kernel have
 * one priority, so that there is none to inherit; who waits longest is next.
 */
import { EDEADLK, EINVAL, ESRCH } from '../../abi/errno.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { FutexWaiter } from './futexes.ts';
import type { Task } from './task.ts';

/** A lock that somebody waits for. */
export class PiState {
  owner: Task;

  constructor(owner: Task) {
    this.owner = owner;
  }
}

/** What an attempt came to: the lock is the task's, or belongs to another and has this state. */
export type Attempt = { readonly locked: boolean; readonly state: PiState | undefined };

/**
 * Tries to take the lock whose word lies at `address` of the caller's memory, writable, for `task`
 * (futex_lock_pi_atomic). With `more` others will wait for it at once. -EDEADLK, -EINVAL, -ESRCH.
 */
export function attempt(caller: Task, task: Task, key: string, address: number, more: boolean): Attempt | number {
  const { system, user } = caller;
  const word = user.load32(address);
  const tid = word & FUTEX_TID_MASK;
  if (tid === task.tid) return -EDEADLK;
  const [top] = system.futexes.on(key);
  if (top) return attach(word, top.pi);
  if (tid === 0) {
    user.store32(address, (word & FUTEX_OWNER_DIED) | task.tid | (more ? FUTEX_WAITERS : 0));
    return { locked: true, state: more ? new PiState(task) : undefined };
  }
  user.store32(address, word | FUTEX_WAITERS);
  const owner = system.tasks.get(tid);
  return owner && !owner.ended ? { locked: false, state: new PiState(owner) } : -ESRCH;
}

/** Joins those who wait already; the word must agree with what is known of them (attach_to_pi_state). */
function attach(word: number, state: PiState | undefined): Attempt | number {
  if (!state) return -EINVAL;
  const tid = word & FUTEX_TID_MASK;
  const orphaned = (word & FUTEX_OWNER_DIED) !== 0 && tid === 0;
  return orphaned || tid === state.owner.tid ? { locked: false, state } : -EINVAL;
}

/** Whether a wait for this lock could never end: its owner waits, by way of other locks, for the task. */
export function closesCircle(task: Task, state: PiState): boolean {
  const seen = new Set<Task>();
  for (let owner: Task | undefined = state.owner; owner && !seen.has(owner); owner = owner.blockedOn?.owner) {
    if (owner === task) return true;
    seen.add(owner);
  }
  return false;
}

/** Gives a lock to a waiter, whose word is known to be writable, and wakes it; `died` says that the last owner has ended. */
export function give(waiter: FutexWaiter, died: boolean): void {
  const { task, pi } = waiter;
  const { futexes } = task.system;
  task.user.store32(waiter.address, (died ? FUTEX_OWNER_DIED : 0) | FUTEX_WAITERS | task.tid);
  pi!.owner = task;
  task.blockedOn = undefined;
  futexes.release(waiter);
}

/** A task ends: the locks that it holds and others wait for go to these (exit_pi_state_list). */
export function* releaseLocks(task: Task): Kernel<void> {
  const { futexes } = task.system;
  const next = new Map<PiState, FutexWaiter>();
  for (const waiter of futexes.forLocks()) {
    if (waiter.pi!.owner === task && !next.has(waiter.pi!)) next.set(waiter.pi!, waiter);
  }
  for (const waiter of next.values()) {
    const good = yield* waiter.task.user.bring(waiter.address, 4, true);
    if (good === 4 && !waiter.woken && futexes.on(waiter.key).includes(waiter)) give(waiter, true);
  }
}
