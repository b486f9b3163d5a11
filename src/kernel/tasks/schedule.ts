import { SCHED_FIFO, SCHED_OTHER, SCHED_RR } from '../../abi/flags.ts';

/** How a task wants to be scheduled (sched(7)): kept and inherited, but the schedule itself is round robin for all. */
export class Schedule {
  nice = 0;
  policy = SCHED_OTHER;
  /** 1 to 99 with a real-time policy, else 0. */
  priority = 0;
  /** Children start with SCHED_OTHER and no negative nice value. */
  resetOnFork = false;
  /** ioprio_set(2): class and data. */
  ioPriority = 0;

  get isRealtime(): boolean {
    return isRealtime(this.policy);
  }

  /** What a child starts with. */
  child(): Schedule {
    const own = Object.assign(new Schedule(), this);
    if (!this.resetOnFork) return own;
    if (this.isRealtime) {
      own.policy = SCHED_OTHER;
      own.nice = 0;
    } else if (own.nice < 0) own.nice = 0;
    own.priority = 0;
    own.resetOnFork = false;
    return own;
  }
}

/** Whether a policy has priorities. */
export function isRealtime(policy: number): boolean {
  return policy === SCHED_FIFO || policy === SCHED_RR;
}
