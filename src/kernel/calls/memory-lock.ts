import { CAP_IPC_LOCK } from '../../abi/capabilities.ts';
import { EAGAIN, EINVAL, ENOMEM, EPERM } from '../../abi/errno.ts';
import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT, MLOCK_ONFAULT, PROT_WRITE, RLIMIT_MEMLOCK } from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { ready } from '../memory/blocks.ts';
import { PAGE } from '../memory/frames.ts';
import type { AddressSpace } from '../memory/space.ts';
import { NOFRAME, OK } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

/** Whether the caller may lock anything at all. */
function mayLockAny(task: Task): boolean {
  return capable(task.identity, CAP_IPC_LOCK) || task.limit(RLIMIT_MEMLOCK) !== 0;
}

/** The pages of mlock's arguments, which need not be aligned; -EINVAL where they wrap. */
function pagesOf(address: number, length: number): { readonly start: number; readonly end: number } | number {
  const start = address >>> 12;
  const end = start + Math.ceil(((length >>> 0) + (address & (PAGE - 1))) / PAGE);
  return end > 0x100000 ? -EINVAL : { start, end };
}

/** Marks [start, end), up to the first hole, where it fails. */
function mark(space: AddressSpace, start: number, end: number, locked: boolean): number {
  let page = start;
  while (page < end) {
    const area = space.areas.find(page);
    if (!area) return -ENOMEM;
    const stop = Math.min(end, area.end);
    if (area.locked !== locked) for (const part of space.areas.carve(page, stop)) part.locked = locked;
    page = stop;
  }
  space.areas.tidy(start, end);
  return 0;
}

function lock(task: Task, address: number, length: number, onFault: boolean): number | Kernel<number> {
  if (!mayLockAny(task)) return -EPERM;
  const { memory } = task;
  const range = pagesOf(address, length);
  if (typeof range === 'number') return range;
  const { start, end } = range;
  const fresh = end - start - memory.areas.locked(start, end);
  if (!memory.mayLock(fresh, capable(task.identity, CAP_IPC_LOCK))) return -ENOMEM;
  const failed = mark(memory, start, end, true);
  return failed < 0 || onFault ? failed : bringAll(memory, start, end, true);
}

/** Brings pages in, private writable ones as copies of their own. `strictly`: errors count. */
function* bringAll(space: AddressSpace, start: number, end: number, strictly: boolean): Kernel<number> {
  for (let page = start; page < end; page++) {
    const area = space.areas.find(page);
    if (!area) {
      page = (space.areas.above(page)?.start ?? end) - 1;
      continue;
    }
    const write = !area.shared && (area.rights & PROT_WRITE) !== 0;
    const stop = Math.min(end, area.end);
    page = ready(space, page, stop, write);
    const outcome = page === stop ? OK : yield* space.bring(page, write);
    if (page === stop) page--;
    if (outcome === OK) continue;
    if (strictly) return outcome === NOFRAME ? -EAGAIN : -ENOMEM;
    page = area.end - 1;
  }
  return 0;
}

function unlock(task: Task): number {
  const range = pagesOf(task.args[0], task.args[1]);
  return typeof range === 'number' ? range : mark(task.memory, range.start, range.end, false);
}

function lockAll(task: Task): number | Kernel<number> {
  const [flags] = task.args;
  if (flags === 0 || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags === MCL_ONFAULT) return -EINVAL;
  if (!mayLockAny(task)) return -EPERM;
  const { memory } = task;
  const everything = memory.areas.pages - memory.areas.locked(0, memory.pool.topPage);
  if (flags & MCL_CURRENT && !memory.mayLock(everything, capable(task.identity, CAP_IPC_LOCK))) return -ENOMEM;
  memory.locksFuture = flags & MCL_FUTURE ? flags & (MCL_FUTURE | MCL_ONFAULT) : 0;
  if (!(flags & MCL_CURRENT)) return 0;
  markAll(memory, true);
  return flags & MCL_ONFAULT ? 0 : bringAll(memory, 0, memory.pool.topPage, false);
}

function markAll(space: AddressSpace, locked: boolean): void {
  for (const area of space.areas.list) area.locked = locked;
  space.areas.tidy(0, space.pool.topPage);
}

function unlockAll(task: Task): number {
  task.memory.locksFuture = 0;
  markAll(task.memory, false);
  return 0;
}

const note = 'nothing is ever paged out: pages are brought in and counted against RLIMIT_MEMLOCK';

/** Locking memory. */
export const memoryLockCalls: readonly Row[] = [
  row(150, 'mlock', (task) => lock(task, task.args[0], task.args[1], false), note),
  row(151, 'munlock', unlock, note),
  row(152, 'mlockall', lockAll, note),
  row(153, 'munlockall', unlockAll, note),
  row(
    376,
    'mlock2',
    (task) => {
      const [address, length, flags] = task.args;
      return flags & ~MLOCK_ONFAULT ? -EINVAL : lock(task, address, length, flags !== 0);
    },
    note,
  ),
];
