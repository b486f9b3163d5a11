import { EAGAIN, EFAULT, EINTR, EINVAL } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { ERESTARTNOHAND, waitAny } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { SIGNO } from '../signals/info.ts';
import { SignalSet } from '../signals/set.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';
import { INFO_SIZE, KILL_STOP, SIGSET } from './signal-bits.ts';

function* suspend(task: Task, lo: number, hi: number): Kernel<number> {
  task.savedMask.assign(task.mask.lo, task.mask.hi);
  task.block(lo, hi);
  while (!task.signalled()) yield* waitAny([]);
  task.maskSaved = true;
  task.attention = true;
  return -ERESTARTNOHAND;
}

function rtSigsuspend(task: Task): number | Kernel<number> {
  const [address, size] = task.args;
  if (size !== SIGSET) return -EINVAL;
  if (task.user.readable(address, SIGSET) < 0) return -EFAULT;
  return suspend(task, task.user.load32(address), task.user.load32(address + 4));
}

/** sigsuspend(2) has its mask in the third argument. */
function sigsuspend(task: Task): Kernel<number> {
  return suspend(task, task.args[2], 0);
}

function* pause(task: Task): Kernel<number> {
  while (!task.signalled()) yield* waitAny([]);
  return -ERESTARTNOHAND;
}

function* timedWait(task: Task, lo: number, hi: number, infoAt: number, timeout: number): Kernel<number> {
  const { system, user } = task;
  const wanted = new SignalSet(lo & ~KILL_STOP, hi);
  const others = new SignalSet(~wanted.lo, ~wanted.hi);
  const until = system.platform.now() + timeout;
  let info = task.takeSignal(others);
  if (!info && timeout > 0) {
    // While it waits the awaited signals are not blocked, so that they wake it.
    const before = new SignalSet(task.mask.lo, task.mask.hi);
    task.awaited = before;
    task.mask.assign(before.lo & ~wanted.lo, before.hi & ~wanted.hi);
    yield* waitAny([], until);
    task.awaited = undefined;
    task.block(before.lo, before.hi);
    info = task.takeSignal(others);
    if (!info) return system.platform.now() >= until ? -EAGAIN : -EINTR;
  }
  if (!info) return -EAGAIN;
  if (infoAt && (yield* user.bring(infoAt, INFO_SIZE, true)) === INFO_SIZE) {
    user.write(infoAt, new Uint8Array(info.buffer));
  }
  return info[SIGNO];
}

function sigtimedwait(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [setAt, infoAt, timeAt, size] = task.args;
    const { user } = task;
    if (size !== SIGSET) return -EINVAL;
    if (user.readable(setAt, SIGSET) < 0) return -EFAULT;
    const timeout = timeAt ? read(user, timeAt) : Number.POSITIVE_INFINITY;
    if (timeout < 0) return timeout;
    if (infoAt && user.writable(infoAt, INFO_SIZE) < 0) return -EFAULT;
    return timedWait(task, user.load32(setAt), user.load32(setAt + 4), infoAt, timeout);
  };
}

/** restart_syscall(2): goes on with what a signal interrupted. */
function restartSyscall(task: Task): number | Kernel<number> {
  const { rest } = task;
  task.rest = undefined;
  return rest ? rest(task) : -EINTR;
}

/** Calls that wait for signals. */
export const signalWaitCalls: readonly Row[] = [
  row(0, 'restart_syscall', restartSyscall),
  row(29, 'pause', pause),
  row(72, 'sigsuspend', sigsuspend),
  row(177, 'rt_sigtimedwait', sigtimedwait(readTimespec32)),
  row(179, 'rt_sigsuspend', rtSigsuspend),
  row(421, 'rt_sigtimedwait_time64', sigtimedwait(readTimespec64)),
];
