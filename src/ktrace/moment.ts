/** The event that a script looks at. */
import type { Task } from '../kernel/tasks/task.ts';

/** What happened; `switch` and `crossing` can only be observed. */
export type Kind = 'entry' | 'return' | 'fault' | 'demand' | 'signal' | 'switch' | 'tick' | 'crossing';

/** One event; the same object for all events of a kernel. */
export class Moment {
  task!: Task;
  /** Number of the call, vector, signal; index of a crossing's cause. */
  number = 0;
  /** KTRACE_WHY_*. */
  why = 0;
  /** Of a fault: the processor's error code; si_code of a signal. */
  error = 0;
  address = 0;
  /** Result of a call. */
  result = 0;
  /** Thread that ran before a switch. */
  previous = 0;
  /** Mode of the thread; verbs change it. */
  mode = 0;
  /** ns between entry and return of a call. */
  elapsed = 0;
}
