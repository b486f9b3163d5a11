import type { Kernel } from '../platform.ts';
import type { Info } from '../signals/info.ts';
import type { Task } from './task.ts';
import type { Event } from './wait.ts';

/** How a task came to be: PTRACE_EVENT_* tells them apart. */
export type Birth = 'fork' | 'vfork' | 'clone';

/**
 * What watches and steers one task from outside (ptrace). A task without one pays nothing. Each method is called at one
 * place of the kernel; the generators may stop the task for as long as they like.
 */
export interface Hook {
  /** Whether `enter` and `leave` want to see system calls now. */
  readonly calls: boolean;
  /** Something is to be done before the application runs again: `attend`. */
  readonly attention: boolean;
  /** Pid of the tracer, for /proc/PID/status. */
  readonly tracerPid: number;
  attend(): Kernel<void>;
  /** A call was entered: ORIG_EAX is its number and may be changed, EAX is -ENOSYS. False: the call is left out. */
  enter(): boolean | Kernel<boolean>;
  /** A call is over, EAX is its result; also after one that was left out. */
  leave(): Kernel<unknown> | undefined;
  /** A signal other than SIGKILL is about to act: what acts in its place, undefined for nothing. */
  signal(info: Info): Kernel<Info | undefined>;
  /** The process has stopped (SIGSTOP...); this thread is to wait here. */
  groupStop(): Kernel<void>;
  /** A handler's frame has been built and its first instruction is next. */
  handlerEntered(): void;
  /** Before the child of a fork, vfork or clone runs. `flags` are clone(2)'s. */
  born(child: Task, flags: number, birth: Birth): void;
  /** The call that made `child` is about to return (`over`: the vfork parent goes on). */
  parted(child: number, birth: Birth, over: boolean): Kernel<void>;
  /** execve succeeded; `formerTid` differs from the task's tid where another thread than the leader called it. */
  executed(formerTid: number): Kernel<void>;
  /** The task is about to end; it still has its memory. */
  ending(): Kernel<void>;
  /** The task has ended. `last`: with it the process, whose wait status is `status`. */
  ended(last: boolean, status: number): void;
}

/** What a process may wait for besides its children: a task that it traces. */
export interface Tracee {
  readonly tid: number;
  /** Process group. */
  readonly group: number;
  /** The event that a wait with these options reports now; it is taken unless WNOWAIT is among them. */
  event(options: number): Event | undefined;
  /** A thread of the tracing process has ended. */
  tracerEnded(tracer: Task): void;
}
