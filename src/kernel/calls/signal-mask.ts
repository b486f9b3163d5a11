import { EFAULT, EINVAL } from '../../abi/errno.ts';
import { SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { SIGSET } from './signal-bits.ts';

/** A new mask from the old one: -EINVAL for an unknown `how`. */
function changeMask(task: Task, how: number, lo: number, hi: number): number {
  const { mask } = task;
  if (how === SIG_BLOCK) task.block(mask.lo | lo, mask.hi | hi);
  else if (how === SIG_UNBLOCK) task.block(mask.lo & ~lo, mask.hi & ~hi);
  else if (how === SIG_SETMASK) task.block(lo, hi);
  else return -EINVAL;
  return 0;
}

function rtSigprocmask(task: Task): number {
  const [how, next, old, size] = task.args;
  const { mask, user } = task;
  if (size !== SIGSET) return -EINVAL;
  if (next && user.readable(next, SIGSET) < 0) return -EFAULT;
  if (old && user.writable(old, SIGSET) < 0) return -EFAULT;
  const { lo, hi } = mask;
  const result = next ? changeMask(task, how, user.load32(next), user.load32(next + 4)) : 0;
  if (result < 0 || !old) return result;
  user.store32(old, lo);
  user.store32(old + 4, hi);
  return 0;
}

function sigprocmask(task: Task): number {
  const [how, next, old] = task.args;
  const { mask, user } = task;
  if (next && user.readable(next, 4) < 0) return -EFAULT;
  if (old && user.writable(old, 4) < 0) return -EFAULT;
  const { lo, hi } = mask;
  const set = next ? user.load32(next) : 0;
  const result = next ? changeMask(task, how, set, how === SIG_SETMASK ? hi : 0) : 0;
  if (result < 0 || !old) return result;
  user.store32(old, lo);
  return 0;
}

function rtSigpending(task: Task): number {
  const [address, size] = task.args;
  if (size >>> 0 > SIGSET) return -EINVAL;
  if (task.user.writable(address, size) < 0) return -EFAULT;
  const { mask, pending, process, user } = task;
  if (size >= 4) user.store32(address, (pending.set.lo | process.pending.set.lo) & mask.lo);
  if (size === 8) user.store32(address + 4, (pending.set.hi | process.pending.set.hi) & mask.hi);
  return 0;
}

function sigpending(task: Task): number {
  if (task.user.writable(task.args[0], 4) < 0) return -EFAULT;
  task.user.store32(task.args[0], (task.pending.set.lo | task.process.pending.set.lo) & task.mask.lo);
  return 0;
}

function ssetmask(task: Task): number {
  const old = task.mask.lo;
  task.block(task.args[0], task.mask.hi);
  return old;
}

/** Calls about blocked and pending signals. */
export const signalMaskCalls: readonly Row[] = [
  row(68, 'sgetmask', (task) => task.mask.lo),
  row(69, 'ssetmask', ssetmask),
  row(73, 'sigpending', sigpending),
  row(126, 'sigprocmask', sigprocmask),
  row(175, 'rt_sigprocmask', rtSigprocmask),
  row(176, 'rt_sigpending', rtSigpending),
];
