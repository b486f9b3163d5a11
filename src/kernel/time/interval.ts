import { ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL } from '../../abi/flags.ts';
import { SIGALRM, SIGPROF, SIGVTALRM } from '../../abi/signals.ts';
import { kernelInfo } from '../signals/info.ts';
import { sendToProcess } from '../signals/send.ts';
import type { IntervalTimer, Process } from '../tasks/process.ts';
import { Timer } from './timers.ts';

/** Value and interval of an interval timer in ns; value 0 = off (setitimer(2)). */
export interface Setting {
  readonly value: number;
  readonly interval: number;
}

/** What is left of a process's interval timer `which` (ITIMER_*). */
export function getInterval(process: Process, which: number): Setting {
  const timer = timerOf(process, which);
  if (timer.next === 0) return { value: 0, interval: timer.interval };
  // A timer that is about to fire has at least a microsecond left: 0 would say that it is off.
  return { value: Math.max(1000, timer.next - elapsed(process, which)), interval: timer.interval };
}

/** Sets a process's interval timer. */
export function setInterval(process: Process, which: number, setting: Setting): void {
  const timer = timerOf(process, which);
  timer.interval = setting.interval;
  timer.next = setting.value === 0 ? 0 : elapsed(process, which) + setting.value;
  arm(process);
}

/** Sends the signals of interval timers that are due, and sets the kernel timer for the next. */
function expire(process: Process): void {
  fire(process, ITIMER_REAL, SIGALRM);
  fire(process, ITIMER_VIRTUAL, SIGVTALRM);
  fire(process, ITIMER_PROF, SIGPROF);
  arm(process);
}

function fire(process: Process, which: number, signal: number): void {
  const timer = timerOf(process, which);
  const now = elapsed(process, which);
  if (timer.next === 0 || now < timer.next) return;
  if (timer.interval === 0) timer.next = 0;
  else timer.next += Math.ceil((now - timer.next + 1) / timer.interval) * timer.interval;
  sendToProcess(process, kernelInfo(signal));
}

/**
 * One kernel timer serves the three. Processor time cannot run faster than virtual time, so it is looked at when it
 * could be due at the earliest.
 */
function arm(process: Process): void {
  const { timers, platform } = process.system;
  let soonest = Number.POSITIVE_INFINITY;
  for (const which of [ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF]) {
    const { next } = timerOf(process, which);
    if (next !== 0) soonest = Math.min(soonest, platform.now() + Math.max(1, next - elapsed(process, which)));
  }
  process.alarm ??= new Timer(() => expire(process));
  timers.set(process.alarm, soonest);
}

function timerOf(process: Process, which: number): IntervalTimer {
  if (which === ITIMER_REAL) return process.realTimer;
  return which === ITIMER_PROF ? process.profTimer : process.virtualTimer;
}

/** What the timer counts: virtual time, or the process's processor time. */
function elapsed(process: Process, which: number): number {
  const { platform, scheduler } = process.system;
  if (which === ITIMER_REAL) return platform.now();
  return process.usage.userTime + process.usage.systemTime + (scheduler.runs(process) ? scheduler.turnTime() : 0);
}
