import { ERESTART_RESTARTBLOCK } from '../../abi/errno.ts';
import type { Caller, Services } from '../call.ts';
import type { UndoList } from '../ipc/semaphore.ts';
import type { AddressSpace } from '../memory/space.ts';
import { UserMemory } from '../memory/user.ts';
import type { Context, Kernel, Sleep, Wake } from '../platform.ts';
import type { Queue, Sleeper } from '../queue.ts';
import type { Credentials } from '../services.ts';
import type { Info } from '../signals/info.ts';
import { Pending } from '../signals/pending.ts';
import { SignalSet } from '../signals/set.ts';
import type { System } from '../system.ts';
import { Timer } from '../time/timers.ts';
import type { Hook } from './hook.ts';
import type { Identity } from './identity.ts';
import type { PiState } from './pi.ts';
import type { Probes } from './probes.ts';
import type { Process } from './process.ts';
import { Schedule } from './schedule.ts';
import type { Seccomp } from './seccomp.ts';
import { Usage } from './usage.ts';

/** The alternate signal stack (sigaltstack(2)); size 0 = none. */
export interface AlternateStack {
  base: number;
  size: number;
  flags: number;
}

/** ns by which timers may be late that nobody asked to be exact. */
const TIMER_SLACK = 50_000;

/** A thread's memory policy (set_mempolicy(2)): mode with its flags, and whether it names node 0, the only one. */
export interface MemoryPolicy {
  readonly mode: number;
  readonly named: boolean;
}

/** A thread: one flow of control, with its kernel side as a generator (`life`). */
export class Task implements Caller, Sleeper {
  readonly system: System;
  process: Process;
  /** Changes when a thread that is not the leader calls exec. */
  tid: number;
  readonly context: Context;
  memory: AddressSpace;
  table: number;
  places: number;
  /** Who it is; threads of one process may differ. Shared by value: a change is a new object. */
  identity: Identity;
  /** exec raises nothing any more (PR_SET_NO_NEW_PRIVS). */
  noNewPrivileges = false;
  seccomp: Seccomp | undefined;
  schedule = new Schedule();
  /** PR_SET_TIMERSLACK: ns, and what 0 puts it back to. */
  timerSlack = TIMER_SLACK;
  usualSlack = TIMER_SLACK;
  /** Its user had too many tasks when it became his: exec looks again. */
  tooMany = false;
  /** comm: at most 15 bytes. */
  name = '';
  readonly args = new Int32Array(6);
  readonly user: UserMemory;
  /** Number of the call being made. */
  call = 0;

  /** The kernel side; the scheduler resumes it with `wake`. */
  life: Kernel<void> | undefined;
  state: 'ready' | 'asleep' | 'over' = 'ready';
  wake: Wake = undefined;
  sleep: Sleep | undefined;
  readonly timer: Timer;
  /** Ends before its application runs again, without the rest of the process. */
  leaving = false;
  /** Has given back what it held. */
  ended = false;
  /** Stopped by a signal (asleep on `process.continued`). */
  stopped = false;
  /** The stop of its process that this thread has taken part in (`process.stops`). */
  stopSeen = 0;
  /** Who watches it. */
  hook: Hook | undefined;
  /** What scripts of this kernel want to see of it. */
  probes: Probes | undefined;

  /** Something is to be done before the application runs again: a signal, a stop, the end. */
  attention = false;
  readonly pending = new Pending();
  readonly mask = new SignalSet();
  /** The mask to return to after a signal that sigsuspend, pselect... let in; valid while `maskSaved`. */
  readonly savedMask = new SignalSet();
  maskSaved = false;
  readonly alternate: AlternateStack = { base: 0, size: 0, flags: 0 };
  rest: ((caller: Caller) => number | Kernel<number>) | undefined;
  /** Signals that sigtimedwait is waiting for: they wake although they are blocked. */
  awaited: SignalSet | undefined;
  /** Of the last exception, for signal frames. */
  trapNumber = 0;
  trapError = 0;
  trapAddress = 0;

  /** Cleared, and a futex waiter there woken, when the thread ends (set_tid_address(2)). */
  clearTid = 0;
  robustList = 0;
  /** The lock that it waits for (FUTEX_LOCK_PI). */
  blockedOn: PiState | undefined;
  /** A vfork parent waits here until this child has its own memory. */
  vforkDone: Queue | undefined;
  readonly usage = new Usage();
  /** What semaphores get back at its end (SEM_UNDO); shared with CLONE_SYSVSEM. */
  undo: UndoList | undefined;
  /** undefined = the default. */
  memoryPolicy: MemoryPolicy | undefined;

  constructor(process: Process, tid: number, context: Context, memory: AddressSpace, table: number, places: number) {
    this.system = process.system;
    this.process = process;
    this.tid = tid;
    this.context = context;
    this.memory = memory;
    this.table = table;
    this.places = places;
    this.identity = process.identity;
    this.user = new UserMemory(this.system.platform.memory, memory, context.regs);
    this.timer = new Timer(() => this.system.scheduler.rouse(this, 'timeout'));
  }

  get pid(): number {
    return this.process.pid;
  }

  get credentials(): Credentials {
    return this.identity;
  }

  get services(): Services {
    return this.system.services;
  }

  limit(resource: number): number {
    return this.process.limits.soft[resource];
  }

  /** Whether a signal waits that is not blocked, or the process is to end or stop. */
  signalled(): boolean {
    const { mask, pending, process } = this;
    const lo = (pending.set.lo | process.pending.set.lo) & ~mask.lo;
    const hi = (pending.set.hi | process.pending.set.hi) & ~mask.hi;
    return (lo | hi) !== 0 || this.leaving || process.ending || this.mustStop() || this.hook?.attention === true;
  }

  /** Whether the process has stopped and this thread has yet to; a tracer may let one run on in a stopped process. */
  mustStop(): boolean {
    const { process, hook } = this;
    return process.stopSignal !== 0 && (hook === undefined || this.stopSeen !== process.stops);
  }

  restart(rest: (caller: Caller) => number | Kernel<number>): number {
    this.rest = rest;
    return -ERESTART_RESTARTBLOCK;
  }

  useMask(lo: number, hi: number): void {
    this.savedMask.assign(this.mask.lo, this.mask.hi);
    this.block(lo, hi);
  }

  endMask(interrupted: boolean): void {
    if (interrupted) {
      this.maskSaved = true;
      this.attention = true;
    } else this.block(this.savedMask.lo, this.savedMask.hi);
  }

  woken(): void {
    this.system.scheduler.rouse(this, 'woken');
  }

  /** Changes the mask; SIGKILL and SIGSTOP cannot be blocked. */
  block(lo: number, hi: number): void {
    this.mask.assign(lo & ~UNBLOCKABLE, hi);
    this.attention ||= this.signalled();
  }

  /** The next signal to deliver: the task's own first. */
  takeSignal(blocked: SignalSet = this.mask): Info | undefined {
    return this.pending.take(blocked) ?? this.process.pending.take(blocked);
  }
}

/** Low word of {SIGKILL, SIGSTOP}. */
export const UNBLOCKABLE = (1 << 8) | (1 << 18);
