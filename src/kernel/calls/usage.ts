import { EFAULT, EINVAL } from '../../abi/errno.ts';
import { RUSAGE_CHILDREN, RUSAGE_SELF, RUSAGE_THREAD } from '../../abi/flags.ts';
import { RUSAGE, TMS } from '../../abi/structs.ts';
import type { Row, User } from '../call.ts';
import { noteUsage } from '../tasks/exit.ts';
import type { Task } from '../tasks/task.ts';
import { Usage } from '../tasks/usage.ts';
import { row } from './caller.ts';

const SECOND = 1e9;
/** ns in a clock tick. */
const TICK = 10_000_000;
const KIB_PER_PAGE = 4;

/** Writes a struct rusage; the place is known to be writable. */
export function storeUsage(user: User, address: number, usage: Usage): void {
  const at = RUSAGE.at as Readonly<Record<string, number>>;
  for (let offset = 0; offset < RUSAGE.size; offset += 4) user.store32(address + offset, 0);
  storeTime(user, address, usage.userTime);
  storeTime(user, address + 8, usage.systemTime);
  user.store32(address + at.ru_maxrss, usage.peakPages * KIB_PER_PAGE);
  user.store32(address + at.ru_minflt, usage.minorFaults);
  user.store32(address + at.ru_nvcsw, usage.voluntarySwitches);
  user.store32(address + at.ru_nivcsw, usage.involuntarySwitches);
}

function storeTime(user: User, address: number, time: number): void {
  user.store32(address, Math.floor(time / SECOND));
  user.store32(address + 4, Math.floor((time % SECOND) / 1000));
}

function getrusage(task: Task): number {
  const [who, address] = task.args;
  if (who !== RUSAGE_SELF && who !== RUSAGE_CHILDREN && who !== RUSAGE_THREAD) return -EINVAL;
  if (task.user.writable(address, RUSAGE.size) < 0) return -EFAULT;
  storeUsage(task.user, address, usageOf(task, who));
  return 0;
}

/** What has been used so far, the current turn included. */
function usageOf(task: Task, who: number): Usage {
  const { process } = task;
  const usage = new Usage();
  if (who === RUSAGE_CHILDREN) {
    usage.add(process.childUsage);
    return usage;
  }
  const { scheduler } = task.system;
  if (who === RUSAGE_THREAD) usage.add(task.usage);
  else {
    noteUsage(task);
    usage.add(process.usage);
    for (const thread of process.threads) {
      usage.voluntarySwitches += thread.usage.voluntarySwitches;
      usage.involuntarySwitches += thread.usage.involuntarySwitches;
    }
  }
  usage.userTime += scheduler.turnTime() - scheduler.turnWork();
  usage.systemTime += scheduler.turnWork();
  return usage;
}

function times(task: Task): number {
  const address = task.args[0];
  const { process, system } = task;
  if (address) {
    if (task.user.writable(address, TMS.size) < 0) return -EFAULT;
    const { childUsage } = process;
    const self = usageOf(task, RUSAGE_SELF);
    const all = [self.userTime, self.systemTime, childUsage.userTime, childUsage.systemTime];
    for (const [n, time] of all.entries()) task.user.store32(address + n * 4, Math.floor(time / TICK));
  }
  // Linux counts from five minutes before the first wrap of jiffies; from boot is as good.
  return Math.floor(system.platform.now() / TICK) & 0x7fffffff;
}

/** Calls that tell what a process has used. */
export const usageCalls: readonly Row[] = [
  row(43, 'times', times, 'system time is what the kernel charges for its work, in round figures'),
  row(
    77,
    'getrusage',
    getrusage,
    'system time is what the kernel charges for its work, in round figures; no block or message counts',
  ),
];
