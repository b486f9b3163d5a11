import type { Process } from '../tasks/process.ts';

/** Something that happens when a process has used so much processor time (ITIMER_VIRTUAL, RLIMIT_CPU...). */
export class ProcessorTimer {
  /** Processor time in ns; Infinity while not set. */
  due = Number.POSITIVE_INFINITY;
  readonly fire: (used: number) => void;

  constructor(fire: (used: number) => void) {
    this.fire = fire;
  }
}

/**
 * The timers of one process that count its processor time. They need no kernel timer: only a process that runs can
 * reach them, so the scheduler ends its turn in time.
 */
export class ProcessorTimers {
  readonly #timers = new Set<ProcessorTimer>();
  /** Processor time of the next expiry, Infinity when there is none. */
  next = Number.POSITIVE_INFINITY;

  /** Sets a timer (again) to processor time `due`; Infinity clears it. */
  set(timer: ProcessorTimer, due: number): void {
    timer.due = due;
    if (due === Number.POSITIVE_INFINITY) this.#timers.delete(timer);
    else this.#timers.add(timer);
    this.#refresh();
  }

  /** Fires what is due. */
  run(used: number): void {
    if (used < this.next) return;
    for (const timer of [...this.#timers]) {
      if (used < timer.due) continue;
      this.set(timer, Number.POSITIVE_INFINITY);
      timer.fire(used);
    }
    this.#refresh();
  }

  #refresh(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of this.#timers) next = Math.min(next, due);
    this.next = next;
  }
}

/** User time that a process has used, its running turn included; ns. */
export function userTime(process: Process): number {
  const { scheduler } = process.system;
  const turn = scheduler.runs(process) ? scheduler.turnTime() - scheduler.turnWork() : 0;
  return process.usage.userTime + turn;
}

/** Processor time that a process has used, its running turn included; ns. */
export function processorTime(process: Process): number {
  const { scheduler } = process.system;
  const { userTime, systemTime } = process.usage;
  return userTime + systemTime + (scheduler.runs(process) ? scheduler.turnTime() : 0);
}
