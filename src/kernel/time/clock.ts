import { EINVAL } from '../../abi/errno.ts';
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  CLOCK_REALTIME_COARSE,
  CLOCK_TAI,
  CLOCK_THREAD_CPUTIME_ID,
} from '../../abi/flags.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import type { Usage } from '../tasks/usage.ts';
import { processorTime } from './processor.ts';

/** Resolution of the coarse clocks: a tick of 250 Hz. */
const COARSE = 4_000_000;

/** What a clock counts: time since 1970, time since boot, or processor time. */
type Kind = 'real' | 'boot' | 'process' | 'thread';

/** A clock that programs can name. */
export interface Clock {
  readonly kind: Kind;
  /** ns between two values. */
  readonly resolution: number;
  /** Whether clock_nanosleep and timers may use it. */
  readonly sleeps: boolean;
}

const CLOCKS: Readonly<Record<number, Clock>> = {
  [CLOCK_REALTIME]: { kind: 'real', resolution: 1, sleeps: true },
  [CLOCK_MONOTONIC]: { kind: 'boot', resolution: 1, sleeps: true },
  [CLOCK_PROCESS_CPUTIME_ID]: { kind: 'process', resolution: 1, sleeps: true },
  [CLOCK_THREAD_CPUTIME_ID]: { kind: 'thread', resolution: 1, sleeps: false },
  [CLOCK_MONOTONIC_RAW]: { kind: 'boot', resolution: 1, sleeps: false },
  [CLOCK_REALTIME_COARSE]: { kind: 'real', resolution: COARSE, sleeps: false },
  [CLOCK_MONOTONIC_COARSE]: { kind: 'boot', resolution: COARSE, sleeps: false },
  [CLOCK_BOOTTIME]: { kind: 'boot', resolution: 1, sleeps: true },
  [CLOCK_REALTIME_ALARM]: { kind: 'real', resolution: 1, sleeps: true },
  [CLOCK_BOOTTIME_ALARM]: { kind: 'boot', resolution: 1, sleeps: true },
  [CLOCK_TAI]: { kind: 'real', resolution: 1, sleeps: true },
};

/** The clock of a clockid_t; processor clocks of other processes (negative ids) only where they name the caller. */
export function clockOf(task: Task, id: number): Clock | undefined {
  if (id >= 0) return CLOCKS[id];
  // Bits 2..0 of a negative id: 2 = scheduler's time, 4 = of a thread (MAKE_PROCESS_CPUCLOCK).
  const pid = ~(id >> 3);
  const perThread = (id & 4) !== 0;
  if ((id & 3) === 3) return undefined;
  const own = perThread ? task.tid : task.process.pid;
  if (pid !== 0 && pid !== own) return undefined;
  return CLOCKS[perThread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID];
}

/** A clock's value in ns; -EINVAL for an unknown clock. */
export function readClock(task: Task, id: number): number {
  const clock = clockOf(task, id);
  if (!clock) return -EINVAL;
  const time = clockValue(task.process, task, clock.kind);
  return clock.resolution === 1 ? Math.floor(time) : Math.floor(time / clock.resolution) * clock.resolution;
}

/** Virtual time (ns since boot) at which a clock of real or boot kind shows `time`. */
export function whenShows(task: Task, clock: Clock, time: number): number {
  return clock.kind === 'real' ? time - task.system.platform.bootTime : time;
}

/** What a clock of this kind shows to a process, or to one thread of it, in ns. */
export function clockValue(process: Process, task: Task | undefined, kind: Kind): number {
  const { platform, scheduler } = process.system;
  switch (kind) {
    case 'real':
      return platform.bootTime + platform.now();
    case 'boot':
      return platform.now();
    case 'process':
      return processorTime(process);
    case 'thread':
      return total((task ?? process).usage) + (scheduler.running === task ? scheduler.turnTime() : 0);
  }
}

function total({ userTime, systemTime }: Usage): number {
  return userTime + systemTime;
}
