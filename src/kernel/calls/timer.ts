import { EAGAIN, EFAULT, EINVAL } from '../../abi/errno.ts';
import { RLIMIT_SIGPENDING, TIMER_ABSTIME } from '../../abi/flags.ts';
import { NSIG, SIGALRM } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import type { Task } from '../tasks/task.ts';
import { clockOf } from '../time/clock.ts';
import { PosixTimer } from '../time/posix.ts';
import { readTimespec32, readTimespec64, writeTimespec32, writeTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';

// struct sigevent (asm-generic/siginfo.h): value, signal, how to notify, thread.
const SIGEVENT_SIZE = 64;
const SIGEV_SIGNAL = 0;
const SIGEV_NONE = 1;
const SIGEV_THREAD = 2;
const SIGEV_THREAD_ID = 4;

/** What a sigevent asks for. */
interface Notice {
  readonly value: number;
  readonly signal: number;
  readonly thread: Task | undefined;
}

/** The two widths of struct itimerspec: size of a half, and how to read and write one. */
interface Width {
  readonly size: number;
  readonly read: typeof readTimespec32;
  readonly write: typeof writeTimespec32;
}

const NARROW: Width = { size: 8, read: readTimespec32, write: writeTimespec32 };
const WIDE: Width = { size: 16, read: readTimespec64, write: writeTimespec64 };

function timerCreate(task: Task): number {
  const [clockId, eventAt, idAt] = task.args;
  const { process, user } = task;
  const clock = clockOf(task, clockId);
  if (!clock || (!clock.sleeps && clock.kind !== 'thread')) return -EINVAL;
  if (process.posixTimers.size >= process.limits.soft[RLIMIT_SIGPENDING]) return -EAGAIN;
  let id = 0;
  while (process.posixTimers.has(id)) id++;
  const notice = eventAt ? readNotice(task, eventAt) : { value: id, signal: SIGALRM, thread: undefined };
  if (typeof notice === 'number') return notice;
  if (user.writable(idAt, 4) < 0) return -EFAULT;
  const { signal, value, thread } = notice;
  process.posixTimers.set(id, new PosixTimer(id, process, clock, signal, value, thread));
  user.store32(idAt, id);
  return 0;
}

function readNotice(task: Task, at: number): Notice | number {
  const { user } = task;
  if (user.readable(at, SIGEVENT_SIZE) < 0) return -EFAULT;
  const value = user.load32(at);
  const signal = user.load32(at + 4);
  const notify = user.load32(at + 8);
  if (notify === SIGEV_NONE) return { value, signal: 0, thread: undefined };
  let thread: Task | undefined;
  if (notify === SIGEV_THREAD_ID) {
    thread = task.system.tasks.get(user.load32(at + 12));
    if (thread?.process !== task.process) return -EINVAL;
  } else if (notify !== SIGEV_SIGNAL && notify !== SIGEV_THREAD) return -EINVAL;
  return signal < 1 || signal > NSIG ? -EINVAL : { value, signal, thread };
}

function timerSettime({ size, read, write }: Width): (task: Task) => number {
  return (task) => {
    const [id, flags, next, old] = task.args;
    const { user } = task;
    if (next === 0) return -EINVAL;
    const interval = read(user, next);
    const value = read(user, next + size);
    if (interval < 0) return interval;
    if (value < 0) return value;
    const timer = task.process.posixTimers.get(id);
    if (!timer) return -EINVAL;
    const before = timer.setting;
    timer.set({ value, interval }, (flags & TIMER_ABSTIME) !== 0);
    if (!old) return 0;
    const written = write(user, old, before.interval);
    return written < 0 ? written : write(user, old + size, before.value);
  };
}

function timerGettime({ size, write }: Width): (task: Task) => number {
  return (task) => {
    const [id, at] = task.args;
    const timer = task.process.posixTimers.get(id);
    if (!timer) return -EINVAL;
    if (task.user.writable(at, 2 * size) < 0) return -EFAULT;
    const { value, interval } = timer.setting;
    write(task.user, at, interval);
    return write(task.user, at + size, value);
  };
}

function timerDelete(task: Task): number {
  const timer = task.process.posixTimers.get(task.args[0]);
  if (!timer) return -EINVAL;
  timer.stop();
  task.process.posixTimers.delete(timer.id);
  return 0;
}

/** Calls about POSIX timers. */
export const timerCalls: readonly Row[] = [
  row(259, 'timer_create', timerCreate),
  row(260, 'timer_settime', timerSettime(NARROW)),
  row(261, 'timer_gettime', timerGettime(NARROW)),
  row(262, 'timer_getoverrun', (task) => task.process.posixTimers.get(task.args[0])?.overrun ?? -EINVAL),
  row(263, 'timer_delete', timerDelete),
  row(408, 'timer_gettime64', timerGettime(WIDE)),
  row(409, 'timer_settime64', timerSettime(WIDE)),
];
