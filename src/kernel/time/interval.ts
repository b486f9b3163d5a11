import { ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL, RLIMIT_CPU } from '../../abi/flags.ts';
import { SIGALRM, SIGKILL, SIGPROF, SIGVTALRM, SIGXCPU } from '../../abi/signals.ts';
import type { Books } from '../audit/books.ts';
import { kernelInfo } from '../signals/info.ts';
import { sendToProcess } from '../signals/send.ts';
import type { Process } from '../tasks/process.ts';
import { ProcessorTimer, processorTime, userTime } from './processor.ts';
import { SECOND } from './spec.ts';
import { Timer } from './timers.ts';

/** Value and interval of an interval timer in ns; value 0 = off (setitimer(2)). */
export interface Setting {
  readonly value: number;
  readonly interval: number;
}

const SIGNALS = { [ITIMER_REAL]: SIGALRM, [ITIMER_VIRTUAL]: SIGVTALRM, [ITIMER_PROF]: SIGPROF } as Readonly<
  Record<number, number>
>;

/** One of a process's three interval timers: ITIMER_REAL counts virtual time, the others its processor time. */
export class IntervalTimer {
  readonly #process: Process;
  readonly #which: number;
  readonly #timer: Timer;
  readonly #processorTimer: ProcessorTimer;
  #next = 0;
  #interval = 0;

  constructor(process: Process, which: number) {
    this.#process = process;
    this.#which = which;
    this.#timer = new Timer(() => this.#expire());
    this.#processorTimer = new ProcessorTimer(() => this.#expire());
  }

  /** What is left, and the interval. */
  get setting(): Setting {
    // A timer that is about to fire has at least a microsecond left: 0 would say that it is off.
    const value = this.#next === 0 ? 0 : Math.max(1000, this.#next - this.#now());
    return { value, interval: this.#interval };
  }

  set({ value, interval }: Setting): void {
    this.#interval = interval;
    this.#next = value === 0 ? 0 : this.#now() + value;
    this.#arm();
  }

  claim(books: Books, holder: string): void {
    this.#timer.claim(books, holder);
  }

  #now(): number {
    if (this.#which === ITIMER_REAL) return this.#process.system.platform.now();
    return this.#which === ITIMER_VIRTUAL ? userTime(this.#process) : processorTime(this.#process);
  }

  #expire(): void {
    const late = this.#now() - this.#next;
    if (late >= 0) {
      this.#next = this.#interval === 0 ? 0 : this.#next + (Math.floor(late / this.#interval) + 1) * this.#interval;
      sendToProcess(this.#process, kernelInfo(SIGNALS[this.#which]));
    }
    this.#arm();
  }

  #arm(): void {
    const { processorTimers, system } = this.#process;
    const next = this.#next === 0 ? Number.POSITIVE_INFINITY : this.#next;
    if (this.#which === ITIMER_REAL) system.timers.set(this.#timer, next);
    // At the earliest: if the kernel works meanwhile, the timer is set again then.
    else processorTimers.set(this.#processorTimer, next + processorTime(this.#process) - this.#now());
  }
}

/** A process's three timers by ITIMER_*. */
export function makeIntervalTimers(process: Process): readonly IntervalTimer[] {
  return [ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF].map((which) => new IntervalTimer(process, which));
}

/** RLIMIT_CPU: SIGXCPU at the soft limit and every second after it, SIGKILL at the hard limit. */
export function watchProcessorLimit(process: Process): void {
  process.processorLimit ??= new ProcessorTimer((used) => {
    const { hard } = process.limits;
    sendToProcess(process, kernelInfo(used >= hard[RLIMIT_CPU] * SECOND ? SIGKILL : SIGXCPU));
    process.processorTimers.set(process.processorLimit!, Math.min(used + SECOND, hard[RLIMIT_CPU] * SECOND));
  });
  process.processorTimers.set(process.processorLimit, process.limits.soft[RLIMIT_CPU] * SECOND);
}
