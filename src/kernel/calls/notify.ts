import { CAP_WAKE_ALARM } from '../../abi/capabilities.ts';
import { EBADF, EFAULT, EINVAL, EPERM } from '../../abi/errno.ts';
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  EFD_SEMAPHORE,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDWR,
  TFD_TIMER_ABSTIME,
  TFD_TIMER_CANCEL_ON_SET,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { OpenFile } from '../files/open-file.ts';
import { openAnonymous } from '../notify/anonymous.ts';
import { EventCounter, eventOps } from '../notify/event.ts';
import { SignalState, signalOps } from '../notify/signal.ts';
import { TimerState, timerOps } from '../notify/timer.ts';
import { type Task, UNBLOCKABLE } from '../tasks/task.ts';
import { readTimespec32, readTimespec64, writeTimespec32, writeTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';
import { fileAt } from './file-arguments.ts';

const STATUS = O_CLOEXEC | O_NONBLOCK;

function eventfd(caller: Caller, flags: number): number {
  if (flags & ~(STATUS | EFD_SEMAPHORE)) return -EINVAL;
  const counter = new EventCounter(caller.args[0], (flags & EFD_SEMAPHORE) !== 0);
  return openAnonymous(caller, 'anon_inode:[eventfd]', eventOps, counter, O_RDWR | (flags & STATUS));
}

/** signalfd4(2): a new descriptor, or other signals for one that is there. */
function signalfd(task: Task, flags: number): number {
  const [fd, maskAt, size] = task.args;
  if (size !== 8) return -EINVAL;
  if (task.user.readable(maskAt, 8) < 0) return -EFAULT;
  if (flags & ~STATUS) return -EINVAL;
  let state = new SignalState(task.system);
  let result = fd;
  if (fd === -1) result = openAnonymous(task, 'anon_inode:[signalfd]', signalOps, state, O_RDWR | flags);
  else {
    const file = fileAt(task, fd);
    if (!file) return -EBADF;
    if (!(file.state instanceof SignalState)) return -EINVAL;
    state = file.state;
  }
  state.blocked.assign(~(task.user.load32(maskAt) & ~UNBLOCKABLE), ~task.user.load32(maskAt + 4));
  // Those who wait may now have something to take.
  if (fd !== -1) task.process.signalArrived.wake();
  return result;
}

/** Clocks of a timerfd: whether they show the time since 1970. */
const CLOCKS: ReadonlyMap<number, { readonly real: boolean; readonly wakes: boolean }> = new Map([
  [CLOCK_REALTIME, { real: true, wakes: false }],
  [CLOCK_MONOTONIC, { real: false, wakes: false }],
  [CLOCK_BOOTTIME, { real: false, wakes: false }],
  [CLOCK_REALTIME_ALARM, { real: true, wakes: true }],
  [CLOCK_BOOTTIME_ALARM, { real: false, wakes: true }],
]);

function timerCreate(task: Task): number {
  const [id, flags] = task.args;
  const clock = CLOCKS.get(id);
  if (flags & ~STATUS || !clock) return -EINVAL;
  if (clock.wakes && !capable(task.credentials, CAP_WAKE_ALARM)) return -EPERM;
  const { timers, platform } = task.system;
  const state = new TimerState(timers, () => platform.now(), clock.real ? platform.bootTime : 0);
  return openAnonymous(task, 'anon_inode:[timerfd]', timerOps, state, O_RDWR | flags);
}

/** The two widths of a struct itimerspec: size of a half, and how it is read and written. */
interface Width {
  readonly half: number;
  readonly read: typeof readTimespec32;
  readonly write: typeof writeTimespec32;
}
const NARROW: Width = { half: 8, read: readTimespec32, write: writeTimespec32 };
const WIDE: Width = { half: 16, read: readTimespec64, write: writeTimespec64 };

function stateOf(file: OpenFile | undefined): TimerState | number {
  if (!file) return -EBADF;
  return file.state instanceof TimerState ? file.state : -EINVAL;
}

function show(caller: Caller, { half, write }: Width, address: number, state: TimerState): number {
  const { value, interval } = state.get();
  write(caller.user, address, interval);
  return write(caller.user, address + half, value);
}

function timerSettime(width: Width) {
  return (caller: Caller): number => {
    const [fd, flags, newAt, oldAt] = caller.args;
    const { half, read } = width;
    if (caller.user.readable(newAt, half * 2) < 0) return -EFAULT;
    const interval = read(caller.user, newAt);
    const value = read(caller.user, newAt + half);
    if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) return -EINVAL;
    if (interval < 0 || value < 0) return -EINVAL;
    const state = stateOf(fileAt(caller, fd));
    if (typeof state === 'number') return state;
    if (oldAt !== 0) {
      const bad = caller.user.writable(oldAt, half * 2);
      if (bad < 0) return bad;
      show(caller, width, oldAt, state);
    }
    state.set({ value, interval }, (flags & TFD_TIMER_ABSTIME) !== 0);
    return 0;
  };
}

function timerGettime(width: Width) {
  return (caller: Caller): number => {
    const [fd, address] = caller.args;
    const state = stateOf(fileAt(caller, fd));
    if (typeof state === 'number') return state;
    const bad = caller.user.writable(address, width.half * 2);
    return bad < 0 ? bad : show(caller, width, address, state);
  };
}

/** Descriptors that stand for events, timers and signals. */
export const notifyCalls: readonly Row[] = [
  row(321, 'signalfd', (task) => signalfd(task, 0)),
  row(322, 'timerfd_create', timerCreate),
  { number: 323, name: 'eventfd', run: (c) => eventfd(c, 0) },
  {
    number: 325,
    name: 'timerfd_settime',
    run: timerSettime(NARROW),
    note: 'the clock is never set: nothing is cancelled',
  },
  { number: 326, name: 'timerfd_gettime', run: timerGettime(NARROW) },
  row(327, 'signalfd4', (task) => signalfd(task, task.args[3])),
  { number: 328, name: 'eventfd2', run: (c) => eventfd(c, c.args[1]) },
  { number: 410, name: 'timerfd_gettime64', run: timerGettime(WIDE) },
  {
    number: 411,
    name: 'timerfd_settime64',
    run: timerSettime(WIDE),
    note: 'the clock is never set: nothing is cancelled',
  },
];
