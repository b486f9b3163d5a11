import { SI_TIMER } from '../../abi/signals.ts';
import type { Books } from '../audit/books.ts';
import type { Info } from '../signals/info.ts';
import { makeInfo } from '../signals/info.ts';
import { sendAlways } from '../signals/send.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import type { Clock } from './clock.ts';
import { clockValue } from './clock.ts';
import type { Setting } from './interval.ts';
import { ProcessorTimer, processorTime } from './processor.ts';
import { Timer } from './timers.ts';

/** Word of siginfo that counts expiries for which no signal of their own was sent. */
const OVERRUN = 4;

/** A timer expires at most once in so many ns: doubles count the ns since 1970 in steps of 256. */
const LEAST = 1000;

/** A timer of timer_create(2). */
export class PosixTimer {
  readonly id: number;
  readonly process: Process;
  readonly clock: Clock;
  /** Signal to send, 0 = none (SIGEV_NONE). */
  readonly signal: number;
  readonly value: number;
  /** SIGEV_THREAD_ID: the thread that gets the signal. */
  readonly thread: Task | undefined;
  interval = 0;
  /** The clock's value at the next expiry; 0 = not running. */
  next = 0;
  #info: Info | undefined;
  readonly #timer = new Timer(() => this.#expire());
  readonly #processorTimer = new ProcessorTimer(() => this.#expire());

  constructor(id: number, process: Process, clock: Clock, signal: number, value: number, thread: Task | undefined) {
    this.id = id;
    this.process = process;
    this.clock = clock;
    this.signal = signal;
    this.value = value;
    this.thread = thread;
  }

  /** Expiries that the last signal stands for besides its own. */
  get overrun(): number {
    return this.#info ? this.#info[OVERRUN] : 0;
  }

  /** What is left and the interval, ns. */
  get setting(): Setting {
    const left = this.next === 0 ? 0 : Math.max(1, this.next - this.#now());
    return { value: left, interval: this.interval };
  }

  /** Starts it anew: `value` from now, or at that value of its clock; 0 stops it. */
  set({ value, interval }: Setting, absolute: boolean): void {
    this.interval = interval;
    this.next = value === 0 ? 0 : absolute ? value : this.#now() + value;
    this.#arm();
  }

  claim(books: Books, holder: string): void {
    this.#timer.claim(books, holder);
  }

  /** Takes it out of the world. */
  stop(): void {
    this.next = 0;
    this.#arm();
  }

  #now(): number {
    return this.#countsProcessor ? processorTime(this.process) : clockValue(this.process, undefined, this.clock.kind);
  }

  #arm(): void {
    const { processorTimers, system } = this.process;
    const next = this.next === 0 ? Number.POSITIVE_INFINITY : this.next;
    if (!this.#countsProcessor) system.timers.set(this.#timer, system.platform.now() + Math.max(0, next - this.#now()));
    else processorTimers.set(this.#processorTimer, next);
  }

  /** A thread's clock is taken as its process's: exact for a single thread. */
  get #countsProcessor(): boolean {
    return this.clock.kind === 'process' || this.clock.kind === 'thread';
  }

  #expire(): void {
    const late = this.#now() - this.next;
    if (late >= 0) {
      const missed = this.interval > 0 ? Math.floor(late / this.interval) : 0;
      const next = this.next + (missed + 1) * this.interval;
      this.next = this.interval > 0 ? Math.max(next, this.#now() + LEAST) : 0;
      if (this.signal !== 0) this.#send(missed);
    }
    this.#arm();
  }

  #send(missed: number): void {
    const { process } = this;
    const target = this.thread ?? process;
    if (this.#info && target.pending.holds(this.#info)) {
      this.#info[OVERRUN] += missed + 1;
      return;
    }
    this.#info = makeInfo(this.signal, SI_TIMER, this.id, missed, this.value);
    sendAlways(process, this.thread, this.#info);
  }
}

/** Stops and forgets all timers of a process (exec, exit). */
export function dropPosixTimers(process: Process): void {
  for (const timer of process.posixTimers.values()) timer.stop();
  process.posixTimers.clear();
}
