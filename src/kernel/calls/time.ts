import { EFAULT, EINVAL, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { CLOCK_REALTIME, ITIMER_PROF, ITIMER_REAL, TIMER_ABSTIME } from '../../abi/flags.ts';
import { ITIMERVAL, TIMEVAL, TIMEZONE } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { ERESTARTNOHAND, waitAny } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { clockOf, readClock, whenShows } from '../time/clock.ts';
import type { IntervalTimer, Setting } from '../time/interval.ts';
import { makeIntervalTimers } from '../time/interval.ts';
import {
  readTimespec32,
  readTimespec64,
  readTimeval,
  SECOND,
  storeTimeval,
  writeTimespec32,
  writeTimespec64,
} from '../time/spec.ts';
import { row } from './caller.ts';

/** The two widths in which times pass: how to read and write one. */
interface Width {
  readonly read: typeof readTimespec32;
  readonly write: typeof writeTimespec32;
}

const NARROW: Width = { read: readTimespec32, write: writeTimespec32 };
const WIDE: Width = { read: readTimespec64, write: writeTimespec64 };

function wallClock(task: Task): number {
  return readClock(task, CLOCK_REALTIME);
}

function stime(task: Task): number {
  return task.user.readable(task.args[0], 4) < 0 ? -EFAULT : -EPERM;
}

function time(task: Task): number {
  const seconds = Math.floor(wallClock(task) / SECOND);
  const address = task.args[0];
  if (address) {
    if (task.user.writable(address, 4) < 0) return -EFAULT;
    task.user.store32(address, seconds);
  }
  return seconds | 0;
}

function gettimeofday(task: Task): number {
  const [valueAt, zoneAt] = task.args;
  const { user } = task;
  if (valueAt && user.writable(valueAt, TIMEVAL.size) < 0) return -EFAULT;
  if (zoneAt && user.writable(zoneAt, TIMEZONE.size) < 0) return -EFAULT;
  if (valueAt) storeTimeval(user, valueAt, wallClock(task));
  if (zoneAt) {
    user.store32(zoneAt, 0);
    user.store32(zoneAt + 4, 0);
  }
  return 0;
}

/** The clock cannot be set: a run is a function of its inputs. */
function settimeofday(task: Task): number {
  const value = task.args[0];
  if (value) {
    const read = readTimeval(task.user, value);
    if (read < 0) return read;
  }
  return -EPERM;
}

function clockGettime({ write }: Width): (task: Task) => number {
  return (task) => {
    const value = readClock(task, task.args[0]);
    return value < 0 ? value : write(task.user, task.args[1], value);
  };
}

function clockGetres({ write }: Width): (task: Task) => number {
  return (task) => {
    const clock = clockOf(task, task.args[0]);
    if (!clock) return -EINVAL;
    return task.args[1] ? write(task.user, task.args[1], clock.resolution) : 0;
  };
}

function clockSettime({ read }: Width): (task: Task) => number {
  return (task) => {
    if (task.args[0] !== CLOCK_REALTIME) return -EINVAL;
    const value = read(task.user, task.args[1]);
    return value < 0 ? value : -EPERM;
  };
}

/** Sleeps until virtual time `until`; a signal leaves what is left at `leftAt` (0 = nowhere) and arranges the restart. */
function* sleepUntil(task: Task, until: number, width: Width, leftAt: number): Kernel<number> {
  const { platform } = task.system;
  while (platform.now() < until) {
    if ((yield* waitAny([], until)) !== 'signal') continue;
    const left = Math.max(0, until - platform.now());
    if (left === 0) break;
    if (leftAt && width.write(task.user, leftAt, left) < 0) return -EFAULT;
    return task.restart(() => sleepUntil(task, until, width, leftAt));
  }
  return 0;
}

function nanosleep(task: Task): number | Kernel<number> {
  const [timeAt, leftAt] = task.args;
  const duration = readTimespec32(task.user, timeAt);
  if (duration < 0) return duration;
  return sleepUntil(task, task.system.platform.now() + duration, NARROW, leftAt);
}

function clockNanosleep(width: Width): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [id, flags, timeAt, leftAt] = task.args;
    const clock = clockOf(task, id);
    if (!clock) return -EINVAL;
    if (!clock.sleeps) return -EOPNOTSUPP;
    const time = width.read(task.user, timeAt);
    if (time < 0) return time;
    const { platform } = task.system;
    if (!(flags & TIMER_ABSTIME)) return sleepUntil(task, platform.now() + time, width, leftAt);
    return sleepAbsolutely(task, clock.kind === 'process' ? Number.POSITIVE_INFINITY : whenShows(task, clock, time));
  };
}

/** An absolute sleep has nothing left to tell: it is simply repeated. */
function* sleepAbsolutely(task: Task, until: number): Kernel<number> {
  while (task.system.platform.now() < until) {
    if ((yield* waitAny([], until)) === 'signal') return -ERESTARTNOHAND;
  }
  return 0;
}

function intervalTimer(process: Process, which: number): IntervalTimer {
  process.intervalTimers ??= makeIntervalTimers(process);
  return process.intervalTimers[which];
}

function alarm(task: Task): number {
  const { process } = task;
  const timer = intervalTimer(process, ITIMER_REAL);
  const left = timer.setting.value;
  timer.set({ value: (task.args[0] >>> 0) * SECOND, interval: 0 });
  // Rounded to whole seconds, but never to 0 while it is set.
  return left === 0 ? 0 : Math.max(1, Math.round(left / SECOND));
}

function setitimer(task: Task): number {
  const [which, next, old] = task.args;
  const { user } = task;
  const { at } = ITIMERVAL;
  if (which < ITIMER_REAL || which > ITIMER_PROF) {
    return next && user.readable(next, ITIMERVAL.size) < 0 ? -EFAULT : -EINVAL;
  }
  let setting: Setting = { value: 0, interval: 0 };
  if (next) {
    const interval = readTimeval(user, next + at.it_interval);
    const value = readTimeval(user, next + at.it_value);
    if (interval < 0) return interval;
    if (value < 0) return value;
    setting = { value, interval };
  }
  if (old && user.writable(old, ITIMERVAL.size) < 0) return -EFAULT;
  const timer = intervalTimer(task.process, which);
  if (old) storeInterval(task, old, timer.setting);
  timer.set(setting);
  return 0;
}

function getitimer(task: Task): number {
  const [which, old] = task.args;
  if (which < ITIMER_REAL || which > ITIMER_PROF) return -EINVAL;
  if (task.user.writable(old, ITIMERVAL.size) < 0) return -EFAULT;
  storeInterval(task, old, intervalTimer(task.process, which).setting);
  return 0;
}

function storeInterval(task: Task, address: number, { value, interval }: Setting): void {
  storeTimeval(task.user, address + ITIMERVAL.at.it_interval, interval);
  storeTimeval(task.user, address + ITIMERVAL.at.it_value, value);
}

/** Calls about clocks and timers. */
export const timeCalls: readonly Row[] = [
  row(13, 'time', time),
  row(25, 'stime', stime, 'the clock cannot be set'),
  row(27, 'alarm', alarm),
  row(78, 'gettimeofday', gettimeofday),
  row(79, 'settimeofday', settimeofday, 'the clock cannot be set'),
  row(104, 'setitimer', setitimer),
  row(105, 'getitimer', getitimer),
  row(162, 'nanosleep', nanosleep),
  row(264, 'clock_settime', clockSettime(NARROW), 'the clock cannot be set'),
  row(265, 'clock_gettime', clockGettime(NARROW), 'processor clocks of the caller only'),
  row(266, 'clock_getres', clockGetres(NARROW)),
  row(267, 'clock_nanosleep', clockNanosleep(NARROW), 'an absolute sleep on a processor clock never ends'),
  row(403, 'clock_gettime64', clockGettime(WIDE), 'processor clocks of the caller only'),
  row(404, 'clock_settime64', clockSettime(WIDE), 'the clock cannot be set'),
  row(406, 'clock_getres_time64', clockGetres(WIDE)),
  row(407, 'clock_nanosleep_time64', clockNanosleep(WIDE), 'an absolute sleep on a processor clock never ends'),
];
