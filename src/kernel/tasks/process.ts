import { SIGCHLD } from '../../abi/signals.ts';
import { Limits } from '../memory/limits.ts';
import { Queue } from '../queue.ts';
import { Actions } from '../signals/actions.ts';
import { Pending } from '../signals/pending.ts';
import type { System } from '../system.ts';
import type { IntervalTimer } from '../time/interval.ts';
import type { PosixTimer } from '../time/posix.ts';
import type { ProcessorTimer } from '../time/processor.ts';
import { ProcessorTimers } from '../time/processor.ts';
import type { Tracee } from './hook.ts';
import { Identity } from './identity.ts';
import type { Owned, PageTables } from './probes.ts';
import type { Task } from './task.ts';
import { Usage } from './usage.ts';

/** A process: what its threads share (Linux: a thread group with its signal_struct). */
export class Process {
  readonly system: System;
  readonly pid: number;
  parent: Process | undefined;
  readonly children = new Set<Process>();
  /** Tasks that it traces. */
  readonly tracees = new Set<Tracee>();
  /** Scripts that it has registered; they do not outlive it. */
  scripts: Owned | undefined;
  /** Its page tables, where it has more than one. */
  tables: PageTables | undefined;
  /** The process whose wait has to see this one's events before its parent's does. */
  hiddenBy: Process | undefined;
  /** Living threads. */
  readonly threads: Task[] = [];
  group: number;
  session: number;
  /** Of the last thread that has ended, for a zombie. */
  lastIdentity: Identity;
  limits: Limits;
  actions: Actions;
  readonly pending = new Pending();
  /** Wakes those of its threads that wait for children. */
  readonly childChanged = new Queue();
  /** A thread of it has ended. */
  readonly threadEnded = new Queue();
  /** A signal for it or one of its threads was queued (signalfd). */
  readonly signalArrived = new Queue();
  /** It has become a zombie (pidfds). */
  readonly ended = new Queue();
  /** Wakes its stopped threads. */
  readonly continued = new Queue();

  /** Base name of the program (comm of new processes), its path as given, for /proc. */
  executable = '';
  /** The open file behind it: as long as the program has it mapped. */
  executableFile = 0;
  /** comm of the last thread that ended, for a zombie. */
  lastName = '';
  /** Has called exec since it was forked: its parent may no longer move it to another group. */
  executed = false;
  /** Sent to the parent when it ends; 0 = none. */
  exitSignal = SIGCHLD;
  /** The parent gets __WCLONE children only when it asks for them. */
  parentDeathSignal = 0;
  dumpable = 1;
  subreaper = false;
  /** PR_SET_THP_DISABLE: kept for who asks; there are no huge pages. */
  noHugePages = false;
  personality = 0;

  /** Set when the whole process is to end with this wait status. */
  ending = false;
  status = 0;
  /** All threads have ended; waits for its parent. */
  zombie = false;
  /** The signal that stopped it, 0 = runs. */
  stopSignal = 0;
  /** How often it has been stopped. */
  stops = 0;
  /** Threads that have seen the stop. */
  stoppedThreads = 0;
  /** Changes that wait4(2) has not reported yet. */
  unreportedStop = false;
  unreportedContinue = false;

  readonly usage = new Usage();
  readonly childUsage = new Usage();
  readonly startTime: number;
  readonly posixTimers = new Map<number, PosixTimer>();
  readonly processorTimers = new ProcessorTimers();
  /** By ITIMER_*; made when the first is asked for. */
  intervalTimers: readonly IntervalTimer[] | undefined;
  /** Watches RLIMIT_CPU. */
  processorLimit: ProcessorTimer | undefined;

  /** A child of `parent`, in its group and session, with copies of its identity and limits. */
  constructor(system: System, pid: number, parent: Process | undefined, shareActions = false) {
    this.system = system;
    this.pid = pid;
    this.parent = parent;
    this.startTime = system.platform.now();
    this.group = parent ? parent.group : pid;
    this.session = parent ? parent.session : pid;
    this.lastIdentity = parent?.identity ?? new Identity();
    this.limits = new Limits(parent?.limits);
    if (parent && shareActions) {
      this.actions = parent.actions;
      this.actions.users++;
    } else this.actions = new Actions(parent?.actions);
    if (!parent) return;
    this.executable = parent.executable;
    this.executableFile = parent.executableFile;
    this.personality = parent.personality;
    this.dumpable = parent.dumpable;
    this.noHugePages = parent.noHugePages;
    parent.children.add(this);
  }

  /** Who its first thread is: what others judge it by. */
  get identity(): Identity {
    return this.leader?.identity ?? this.lastIdentity;
  }

  /** The thread whose tid is the pid, or any other once that has ended. */
  get leader(): Task | undefined {
    return this.threads[0];
  }
}
