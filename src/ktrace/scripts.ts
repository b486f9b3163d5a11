/** The scripts that watch one thread: its events go through their clauses in the order of registration. */
import {
  KTRACE_WHY_FAULT,
  KTRACE_WHY_RETURN,
  KTRACE_WHY_SIGNAL,
  KTRACE_WHY_SYSCALL,
  KTRACE_WHY_TICK,
} from '../abi/ktrace.ts';
import { EAX, ORIG_EAX } from '../kernel/platform.ts';
import { ADDRESS, CODE, type Info, SIGNO } from '../kernel/signals/info.ts';
import type { Probes } from '../kernel/tasks/probes.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { CALL, FAULT } from '../kernel/work.ts';
import type { Compiled } from './compiler.ts';
import { type Kind, Moment } from './moment.ts';
import { callIndex, faultIndex } from './probes.ts';
import type { Registration } from './registration.ts';

const WRITE = 2;
/** What a thread's events are sorted by; each list is in the order of registration. */
type Lists = Readonly<Record<Kind, Compiled[]>>;

const noLists = (): Lists => ({
  entry: [],
  return: [],
  fault: [],
  demand: [],
  signal: [],
  switch: [],
  tick: [],
  crossing: [],
});

/** How a script is held by a thread. */
export interface Attachment {
  readonly registration: Registration;
  /** KTRACE_PROCESS, KTRACE_CHILDREN. */
  readonly flags: number;
}

/** One event at a time: a script never waits, and nothing that a verb does is an event of its own. */
const moment = new Moment();

export class Scripts implements Probes {
  /** MODE_APP or MODE_KERNEL. */
  mode: number;
  redirected = false;
  #attachments: readonly Attachment[] = [];
  #lists = noLists();
  /** Virtual time of the last entry of a call. */
  #entered = 0;

  constructor(mode: number) {
    this.mode = mode;
  }

  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  /** Makes these the scripts of the thread. */
  set attachments(attachments: readonly Attachment[]) {
    this.#attachments = attachments;
    this.#lists = noLists();
    for (const { registration } of attachments)
      for (const clause of registration.script.clauses) this.#lists[clause.kind].push(clause);
  }

  enter(task: Task): boolean {
    if (this.#lists.return.length > 0) this.#entered = task.system.platform.now();
    const list = this.#lists.entry;
    if (list.length === 0) return false;
    const { regs } = task.context;
    moment.task = task;
    moment.why = KTRACE_WHY_SYSCALL;
    moment.number = regs[EAX];
    moment.error = 0;
    moment.address = 0;
    const done = this.#run(list, callIndex(moment.number));
    if (!done) return false;
    if (done.returns) regs[EAX] = moment.result;
    // The call that the registers hold now has not been made, nor will it be made again.
    regs[ORIG_EAX] = -1;
    return true;
  }

  leave(task: Task, result: number): number {
    const list = this.#lists.return;
    // exit does not return.
    if (list.length === 0 || task.leaving || task.process.ending) return result;
    const { regs } = task.context;
    const { platform } = task.system;
    moment.task = task;
    moment.why = KTRACE_WHY_RETURN;
    moment.number = task.call;
    moment.result = result;
    moment.error = 0;
    moment.address = 0;
    moment.elapsed = platform.now() - this.#entered;
    regs[EAX] = result;
    const done = this.#run(list, callIndex(moment.number));
    return done?.returns ? moment.result : regs[EAX];
  }

  fault(task: Task, vector: number, error: number, address: number): boolean {
    const list = this.#lists.fault;
    if (list.length === 0) return false;
    moment.task = task;
    moment.why = KTRACE_WHY_FAULT;
    moment.number = vector;
    moment.error = error;
    // What a debug exception was raised for is in DR6 alone.
    moment.address = vector === DEBUG ? task.context.debug[6] : address;
    return this.#run(list, faultIndex(vector, vector === PAGE_FAULT && (error & WRITE) !== 0)) !== undefined;
  }

  served(task: Task, error: number, address: number): void {
    const list = this.#lists.demand;
    if (list.length === 0) return;
    moment.task = task;
    moment.number = PAGE_FAULT;
    moment.error = error;
    moment.address = address;
    this.#run(list, (error & WRITE) !== 0 ? 1 : 0);
  }

  signal(task: Task, info: Info): boolean {
    const list = this.#lists.signal;
    if (list.length === 0) return false;
    moment.task = task;
    moment.why = KTRACE_WHY_SIGNAL;
    moment.number = info[SIGNO];
    moment.error = info[CODE];
    moment.address = info[ADDRESS];
    return this.#run(list, info[SIGNO]) !== undefined;
  }

  tick(task: Task): boolean {
    const list = this.#lists.tick;
    if (list.length === 0) return false;
    moment.task = task;
    moment.why = KTRACE_WHY_TICK;
    moment.number = 0;
    moment.error = 0;
    moment.address = 0;
    return this.#run(list, 0) !== undefined;
  }

  switched(task: Task, previous: number): void {
    const list = this.#lists.switch;
    if (list.length === 0) return;
    moment.task = task;
    moment.previous = previous;
    this.#run(list, 0);
  }

  /** A crossing, as the machine told it to whoever runs the kernel. */
  crossed(task: Task, cause: number): void {
    const list = this.#lists.crossing;
    if (list.length === 0) return;
    moment.task = task;
    moment.number = cause;
    this.#run(list, cause);
  }

  born(task: Task, child: Task, flags: number): void {
    const kept = this.#attachments.filter((attachment) => attachment.registration.passesOn(attachment, flags));
    if (kept.length === 0) return;
    // A thread goes on in the mode of the one that made it; another process is an application.
    const scripts = new Scripts(child.process === task.process ? this.mode : 0);
    scripts.attachments = kept;
    for (const { registration } of kept) registration.tasks.add(child);
    child.probes = scripts;
  }

  executed(task: Task, secure: boolean): void {
    for (const { registration } of this.#attachments)
      if (!registration.survivesExec(task, secure)) registration.detach(task);
    this.mode = 0;
  }

  ended(task: Task): void {
    for (const { registration } of this.#attachments) registration.tasks.delete(task);
    task.probes = undefined;
  }

  /** Runs the clauses that are for the event; the one that decided where the thread goes on ends it. */
  #run(list: readonly Compiled[], index: number): Compiled | undefined {
    moment.mode = this.mode;
    this.redirected = false;
    for (let n = 0; n < list.length; n++) {
      const clause = list[n];
      if (clause.selects[index] === 0 || !clause.holds(moment)) continue;
      const { acts } = clause;
      for (let m = 0; m < acts.length; m++) acts[m](moment);
      this.mode = moment.mode;
      const { task } = moment;
      const { platform } = task.system;
      platform.observer?.script?.(task.pid, clause.line, clause.text);
      if (!clause.redirects) continue;
      // As long as any way into the kernel and out: a thread that does nothing else must not stop time.
      platform.charge(moment.why === KTRACE_WHY_SYSCALL ? CALL : FAULT);
      this.redirected = true;
      return clause;
    }
    return undefined;
  }
}

const DEBUG = 1;
const PAGE_FAULT = 14;
