import type { Books } from '../audit/books.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { Info } from '../signals/info.ts';
import type { Task } from './task.ts';

/**
 * What scripts in this kernel see of one task, and may change (ktrace). A task without any pays one comparison. All calls
 * are plain: a script never waits. Where a method says true the registers are as the script wants them, and the event
 * is over.
 */
export interface Probes {
  /** The last event ended with the application sent elsewhere. */
  readonly redirected: boolean;
  /** A system call was trapped; its number is in EAX. True: it is not made. */
  enter(task: Task): boolean;
  /** A call has this result: returns what EAX is to be. */
  leave(task: Task, result: number): number;
  /** An exception that would become a signal. `address`: of a page fault, or of the instruction. */
  fault(task: Task, vector: number, error: number, address: number): boolean;
  /** A page fault has been served. */
  served(task: Task, error: number, address: number): void;
  /** A signal other than SIGKILL is about to act. True: it does not. */
  signal(task: Task, info: Info): boolean;
  /** The timer interrupted the application. */
  tick(task: Task): boolean;
  /** The task runs after another (its tid; 0 = none). */
  switched(task: Task, previous: number): void;
  /** `child` was made by this task and has not run. `flags` are clone(2)'s. */
  born(task: Task, child: Task, flags: number): void;
  /** execve succeeded. `secure`: with rights that the caller had not. */
  executed(task: Task, secure: boolean): void;
  ended(task: Task): void;
}

/** What a process has registered and does not outlive. */
export interface Owned {
  /** The process has ended, or executes another program. */
  ownerGone(): void;
  /** For audits: what it holds. */
  audit(books: Books, name: string): void;
}

/** Several page tables of one process. */
export interface PageTables {
  /** Makes a table the one that the thread runs in. False: there is none of that number. */
  select(task: Task, table: number): boolean;
  spaces(): Iterable<AddressSpace>;
  /** The process has ended, or executes another program. */
  drop(): void;
  /** For audits: what it holds. */
  audit(books: Books, name: string): void;
}
