import {
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RTPRIO,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from '../../abi/flags.ts';

/** Number of RLIMIT_* resources. */
export const RESOURCES = 16;

/** The resource limits of a process: soft and hard by RLIMIT_*, Infinity = none (getrlimit(2)). */
export class Limits {
  readonly soft: Float64Array;
  readonly hard: Float64Array;

  constructor(from?: Limits) {
    this.soft = from ? from.soft.slice() : new Float64Array(RESOURCES).fill(Number.POSITIVE_INFINITY);
    this.hard = from ? from.hard.slice() : this.soft.slice();
  }
}

/** The limits of the first program, those of a usual login. */
export function bootLimits(tasks: number): Limits {
  const limits = new Limits();
  const set = (resource: number, soft: number, hard = soft): void => {
    limits.soft[resource] = soft;
    limits.hard[resource] = hard;
  };
  set(RLIMIT_STACK, 8 << 20, Number.POSITIVE_INFINITY);
  set(RLIMIT_CORE, 0, Number.POSITIVE_INFINITY);
  set(RLIMIT_NPROC, tasks);
  set(RLIMIT_NOFILE, 1024, 1 << 20);
  set(RLIMIT_MEMLOCK, 8 << 20);
  set(RLIMIT_SIGPENDING, tasks);
  set(RLIMIT_MSGQUEUE, 819200);
  set(RLIMIT_NICE, 0);
  set(RLIMIT_RTPRIO, 0);
  set(RLIMIT_AS, Number.POSITIVE_INFINITY);
  return limits;
}
