import { CAP_SYS_NICE } from '../../abi/capabilities.ts';
import { EACCES, EAGAIN, EBADF, EFAULT, EINVAL, ENOMEM, EPERM, ESRCH } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Area } from '../memory/area.ts';
import { ready } from '../memory/blocks.ts';
import { PAGE } from '../memory/frames.ts';
import type { AddressSpace } from '../memory/space.ts';
import { NOFRAME, OK } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import { processOf } from '../tasks/pidfd.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const MADV_REMOVE = 9;
const MADV_COLLAPSE = 25;
/** Most ranges of one process_madvise (UIO_MAXIOV). */
const RANGES_MOST = 1024;

/** What an advice does with the part [start, end) of an area: 0 or -errno. */
type Effect = (space: AddressSpace, area: Area, start: number, end: number) => number;

const nothing: Effect = () => 0;

/** Pages go away; zeros, or the file's bytes, come back at the next touch. */
const drop: Effect = (space, area, start, end) => {
  if (area.locked) return -EINVAL;
  space.dropPages(start, end);
  return 0;
};

const dropLocked: Effect = (space, _area, start, end) => {
  space.dropPages(start, end);
  return 0;
};

/** Marks an area for forks; its bounds become those of the range. */
function forks(how: Area['fork'], anonymousOnly = false): Effect {
  return (space, area, start, end) => {
    if (anonymousOnly && (area.backing || area.shared)) return -EINVAL;
    if (area.fork === how) return 0;
    for (const part of space.areas.carve(start, end)) part.fork = how;
    return 0;
  };
}

const unlocked: Effect = (_space, { locked }) => (locked ? -EINVAL : 0);
const anonymous: Effect = (_space, { backing, shared }) => (backing || shared ? -EINVAL : 0);

/** Advice by number: 'read' and 'write' bring pages in, `remove` is not there. */
const ADVICE: ReadonlyMap<number, Effect | 'read' | 'write'> = new Map<number, Effect | 'read' | 'write'>([
  [F.MADV_NORMAL, nothing],
  [F.MADV_RANDOM, nothing],
  [F.MADV_SEQUENTIAL, nothing],
  [F.MADV_WILLNEED, nothing],
  [F.MADV_DONTNEED, drop],
  [F.MADV_DONTNEED_LOCKED, dropLocked],
  [F.MADV_FREE, anonymous],
  [F.MADV_DONTFORK, forks('omit')],
  [F.MADV_DOFORK, forks('copy')],
  [F.MADV_WIPEONFORK, forks('wipe', true)],
  [F.MADV_KEEPONFORK, forks('copy')],
  [F.MADV_MERGEABLE, nothing],
  [F.MADV_UNMERGEABLE, nothing],
  [F.MADV_HUGEPAGE, nothing],
  [F.MADV_NOHUGEPAGE, nothing],
  [F.MADV_DONTDUMP, nothing],
  [F.MADV_DODUMP, nothing],
  [F.MADV_COLD, unlocked],
  [F.MADV_PAGEOUT, unlocked],
  [F.MADV_POPULATE_READ, 'read'],
  [F.MADV_POPULATE_WRITE, 'write'],
]);

/** madvise(2) on any address space: areas in turn, over holes; these are told at the end (-ENOMEM). */
function advise(space: AddressSpace, address: number, length: number, advice: number): number | Kernel<number> {
  const effect = ADVICE.get(advice);
  if (effect === undefined || address & (PAGE - 1)) return -EINVAL;
  const count = Math.ceil((length >>> 0) / PAGE);
  const start = address >>> 12;
  const end = start + count;
  if (end > 0x100000) return -EINVAL;
  if (count === 0) return 0;
  if (effect === 'read' || effect === 'write') return populate(space, start, end, effect === 'write');
  const covered = space.areas.covered(start, end);
  for (const area of space.areas.within(start, end)) {
    const failed = effect(space, area, Math.max(start, area.start), Math.min(end, area.end));
    if (failed < 0) return failed;
  }
  space.areas.tidy(start, end);
  return covered ? 0 : -ENOMEM;
}

function* populate(space: AddressSpace, start: number, end: number, write: boolean): Kernel<number> {
  for (let page = ready(space, start, end, write); page < end; page = ready(space, page + 1, end, write)) {
    const area = space.areas.find(page);
    if (!area) return -ENOMEM;
    if (!(area.rights & (write ? F.PROT_WRITE : F.PROT_READ))) return -EINVAL;
    const outcome = yield* space.bring(page, write);
    if (outcome === NOFRAME) return -EAGAIN;
    if (outcome !== OK) return -EFAULT;
  }
  return 0;
}

/** process_madvise(2): advice for ranges of a process that a pidfd names; bytes that were advised. */
function* processAdvise(task: Task): Kernel<number> {
  const [fd, vector, count, advice, flags] = task.args;
  if (flags !== 0) return -EINVAL;
  if (count >>> 0 > RANGES_MOST) return -EINVAL;
  const bytes = task.user.bytes(vector, count * 8);
  if (typeof bytes === 'number') return -EFAULT;
  const target = processOf(task, fd);
  if (typeof target === 'number') return -EBADF;
  const leader = target.process.leader;
  if (!leader) return -ESRCH;
  const remote = leader.memory !== task.memory;
  const mayRemote: readonly number[] = [F.MADV_COLD, F.MADV_PAGEOUT, F.MADV_WILLNEED, MADV_COLLAPSE];
  if (remote && !mayRemote.includes(advice)) return -EINVAL;
  // Others' memory is a matter of ptrace rights first, then of CAP_SYS_NICE.
  if (remote && !capable(task.identity, CAP_SYS_NICE))
    return task.identity.realUid === leader.identity.realUid ? -EPERM : -EACCES;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let done = 0;
  for (let n = 0; n < count; n++) {
    const length = view.getUint32(n * 8 + 4, true);
    const step = advise(leader.memory, view.getInt32(n * 8, true), length, advice);
    const result = typeof step === 'number' ? step : yield* step;
    if (result < 0) return done > 0 ? done : result;
    done += length;
  }
  return done;
}

/** Advice about memory. */
export const memoryAdviseCalls: readonly Row[] = [
  row(
    219,
    'madvise',
    (task) => advise(task.memory, task.args[0], task.args[1], task.args[2]),
    `hints change nothing; MADV_FREE keeps the pages; MADV_REMOVE (${MADV_REMOVE}), MADV_COLLAPSE and guard pages are refused`,
  ),
  row(440, 'process_madvise', processAdvise, 'of the hints only what madvise takes, with its restrictions'),
];
