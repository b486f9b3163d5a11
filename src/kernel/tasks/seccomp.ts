/** What seccomp(2) lets a task call. */
import { ENOSYS } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { SIGKILL, SIGSYS, SYS_SECCOMP } from '../../abi/signals.ts';
import { EIP } from '../platform.ts';
import { makeInfo } from '../signals/info.ts';
import { dumpStatus, endProcess, forceSignal } from '../signals/send.ts';
import type { BpfProgram } from './bpf.ts';
import { DATA_SIZE } from './bpf.ts';
import type { Task } from './task.ts';
import { leave } from './threads.ts';

/** A filter and those that were loaded before it. */
export interface Filter {
  readonly program: BpfProgram;
  readonly before: Filter | undefined;
}

/** The state of a task: the mode, and in filter mode the newest filter. */
export interface Seccomp {
  readonly mode: typeof F.SECCOMP_MODE_STRICT | typeof F.SECCOMP_MODE_FILTER;
  readonly filter: Filter | undefined;
}

/** What strict mode leaves: read, write, exit, sigreturn. */
const STRICT: ReadonlySet<number> = new Set([3, 4, 1, 119]);
const ERRNO_MAX = 4095;

/** Longest sum of filters, each with what it costs beside its length (MAX_INSNS_PER_PATH). */
export const PATH_MAX_INSNS = 32768;
const FILTER_COST = 4;

/** What the filters of a task count together. */
export function pathLength(filter: Filter | undefined): number {
  let sum = 0;
  for (let one = filter; one; one = one.before) sum += one.program.converted + FILTER_COST;
  return sum;
}

/** How many filters a task has. */
export function filterCount(filter: Filter | undefined): number {
  let count = 0;
  for (let one = filter; one; one = one.before) count++;
  return count;
}

/** Whether `older` is `filter` or was loaded before it. */
export function includes(filter: Filter | undefined, older: Filter | undefined): boolean {
  if (older === undefined) return true;
  for (let one = filter; one; one = one.before) if (one === older) return true;
  return false;
}

/** Judges a call that is about to be made: undefined lets it through, a number is its result instead. */
export function judge(task: Task, { mode, filter }: Seccomp, number: number): number | undefined {
  if (mode === F.SECCOMP_MODE_STRICT) {
    if (STRICT.has(number)) return undefined;
    leave(task, SIGKILL);
    return number;
  }
  const answer = strictest(filter, dataOf(task, number));
  const detail = answer & F.SECCOMP_RET_DATA;
  switch ((answer & F.SECCOMP_RET_ACTION_FULL) >>> 0) {
    case F.SECCOMP_RET_ALLOW:
    case F.SECCOMP_RET_LOG:
      return undefined;
    case F.SECCOMP_RET_ERRNO:
      return -Math.min(detail, ERRNO_MAX);
    case F.SECCOMP_RET_TRACE:
      return -ENOSYS;
    case F.SECCOMP_RET_TRAP: {
      const info = makeInfo(SIGSYS, SYS_SECCOMP, task.context.regs[EIP], number, F.AUDIT_ARCH_I386);
      info[1] = detail;
      forceSignal(task, info);
      return number;
    }
    case F.SECCOMP_RET_KILL_THREAD:
      if (task.process.threads.length === 1) endProcess(task.process, dumpStatus(task.process, SIGSYS));
      else leave(task, SIGSYS);
      return number;
    default:
      endProcess(task.process, dumpStatus(task.process, SIGSYS));
      return number;
  }
}

/** The answer with the lowest action, as signed words; of equal ones that of the newest filter. */
function strictest(filter: Filter | undefined, data: Int32Array): number {
  let best = F.SECCOMP_RET_ALLOW;
  for (let one = filter; one; one = one.before) {
    const answer = one.program.run(data);
    if ((answer & F.SECCOMP_RET_ACTION_FULL) < (best & F.SECCOMP_RET_ACTION_FULL)) best = answer;
  }
  return best;
}

/** struct seccomp_data as words: number, architecture, instruction pointer and arguments (64 bits each). */
function dataOf(task: Task, number: number): Int32Array {
  const data = new Int32Array(DATA_SIZE / 4);
  data[0] = number;
  data[1] = F.AUDIT_ARCH_I386;
  data[2] = task.context.regs[EIP];
  for (let n = 0; n < 6; n++) data[4 + n * 2] = task.args[n];
  return data;
}
