import { EVENTS } from '../../abi/events.ts';
import type { Books } from '../audit/books.ts';
import type { Below, Platform, Sleep, Wake } from '../platform.ts';
import type { Timers } from '../time/timers.ts';
import { SWITCH } from '../work.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

/** A task runs at most this long (virtual ns) while others are ready. */
const QUANTUM = 4_000_000;

/** Yielded by a task that gives way to the others and stays ready. */
export const GIVE_WAY: Sleep = { kind: 'sleep', queues: [], until: Number.NEGATIVE_INFINITY, interruptible: false };

/** Round robin over the ready tasks, in the order in which they became ready: a function of virtual time alone. */
export class Scheduler {
  readonly #platform: Platform;
  readonly #timers: Timers;
  /** A ring: ready tasks from `#head` on. */
  #ready: (Task | undefined)[] = new Array(64);
  #head = 0;
  #count = 0;
  /** Start and end of the running task's turn. */
  #turnStart = 0;
  #turnEnd = 0;
  /** The kernel's own work until the turn began. */
  #workStart = 0;
  #last: Task | undefined;
  /** The task whose turn it is; undefined between turns. */
  running: Task | undefined;

  constructor(platform: Platform, timers: Timers) {
    this.#platform = platform;
    this.#timers = timers;
  }

  /** Ready tasks, without the running one. */
  get ready(): number {
    return this.#count;
  }

  /** Until when the running task may run: the end of its turn, or the next timer. */
  until(): number {
    const process = this.running!.process;
    let until = this.#timers.next;
    const due = process.processorTimers.next;
    if (due !== Number.POSITIVE_INFINITY) {
      until = Math.min(until, this.#turnStart + due - process.usage.userTime - process.usage.systemTime);
    }
    return this.#count === 0 || until < this.#turnEnd ? until : this.#turnEnd;
  }

  /** Whether the running task should give way: others wait and its turn is over. */
  turnIsOver(): boolean {
    return this.#count > 0 && this.#platform.now() >= this.#turnEnd;
  }

  /** Virtual ns since the running task's turn began: what its usage does not yet contain. */
  turnTime(): number {
    return this.#platform.now() - this.#turnStart;
  }

  /** What of it was the kernel's own work. */
  turnWork(): number {
    return Math.min(this.#charged() - this.#workStart, this.turnTime());
  }

  #charged(): number {
    return this.#platform.charged?.() ?? 0;
  }

  /** Whether a thread of this process is the one that runs. */
  runs(process: Process): boolean {
    return this.running?.process === process;
  }

  /** Each ready task, and the running one, is there once. */
  audit(books: Books, tasks: Iterable<Task>): void {
    const places = new Map<Task, number>();
    for (let n = 0; n < this.#count; n++) {
      const task = this.#ready[(this.#head + n) & (this.#ready.length - 1)]!;
      places.set(task, (places.get(task) ?? 0) + 1);
    }
    if (this.running) places.set(this.running, (places.get(this.running) ?? 0) + 1);
    for (const task of tasks) {
      const name = `task ${task.tid}, which is ${task.state}`;
      books.equal('ready ring', name, task.state === 'ready' ? 1 : 0, places.get(task) ?? 0);
      places.delete(task);
    }
    for (const task of places.keys()) books.wrong('ready ring', `task ${task.tid}`, 'a task that lives', task.state);
  }

  /** Puts a task at the end of the ready ring. */
  enqueue(task: Task): void {
    const { length } = this.#ready;
    if (this.#count === length) {
      const grown: (Task | undefined)[] = new Array(length * 2);
      for (let n = 0; n < length; n++) grown[n] = this.#ready[(this.#head + n) & (length - 1)];
      this.#ready = grown;
      this.#head = 0;
    }
    this.#ready[(this.#head + this.#count++) & (this.#ready.length - 1)] = task;
    task.state = 'ready';
  }

  /** Ends a task's sleep for the reason given; no effect on one that does not sleep. */
  rouse(task: Task, why: Wake): void {
    if (task.state !== 'asleep') return;
    const { queues } = task.sleep!;
    for (let n = 0; n < queues.length; n++) queues[n].remove(task);
    this.#timers.clear(task.timer);
    task.sleep = undefined;
    task.wake = why;
    this.enqueue(task);
  }

  /** Ends an interruptible sleep because of a signal. */
  interrupt(task: Task): void {
    if (task.state === 'asleep' && task.sleep!.interruptible) this.rouse(task, 'signal');
  }

  /**
   * Lets the longest waiting task go on until it sleeps, ends or gives way. Returns false when none is ready; a trap into
   * the world below is to be yielded, and `proceed` to be called then. No generator: each one on the way to the world
   * below would cost at every trap.
   */
  step(): boolean | Below {
    if (this.#count === 0) return false;
    const task = this.#ready[this.#head]!;
    this.#ready[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ready.length - 1);
    this.#count--;
    this.running = task;
    if (this.#last !== task) {
      task.probes?.switched(task, this.#last?.tid ?? 0);
      this.#last = task;
      this.#platform.count(EVENTS.taskSwitch, 1);
      this.#platform.charge(SWITCH);
    }
    this.#turnStart = this.#platform.now();
    this.#workStart = this.#charged();
    this.#turnEnd = this.#turnStart + QUANTUM;
    return this.proceed(task.wake);
  }

  /** Lets the running task go on with what it waited for; returns as `step` does. */
  proceed(why: Wake): true | Below {
    const task = this.running!;
    for (let wake = why; ; wake = task.wake) {
      const { life } = task;
      const step = life!.next(wake);
      if (step.done) {
        // It may have left another one in its place.
        if (task.life !== life) continue;
        task.state = 'over';
        break;
      }
      if (step.value.kind === 'below') return step.value;
      if (this.#suspend(task, step.value)) break;
    }
    this.#turnOver(task);
    return true;
  }

  #turnOver({ usage, process }: Task): void {
    this.running = undefined;
    const worked = this.turnWork();
    const ran = this.turnTime() - worked;
    usage.userTime += ran;
    usage.systemTime += worked;
    process.usage.userTime += ran;
    process.usage.systemTime += worked;
  }

  /** Puts the task to sleep; false when it need not sleep at all (`task.wake` says why). */
  #suspend(task: Task, sleep: Sleep): boolean {
    if (sleep === GIVE_WAY) {
      task.wake = undefined;
      task.usage.involuntarySwitches++;
      this.enqueue(task);
      return true;
    }
    if (sleep.interruptible && task.signalled()) {
      task.wake = 'signal';
      return false;
    }
    if (sleep.until <= this.#platform.now()) {
      task.wake = 'timeout';
      return false;
    }
    task.usage.voluntarySwitches++;
    task.state = 'asleep';
    task.sleep = sleep;
    for (let n = 0; n < sleep.queues.length; n++) sleep.queues[n].add(task);
    this.#timers.set(task.timer, sleep.until);
    return true;
  }
}
