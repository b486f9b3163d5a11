import { CAP_IPC_LOCK } from '../../abi/capabilities.ts';
import { EINVAL, ENOMEM, ENOSPC, EPERM } from '../../abi/errno.ts';
import {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  MAP_FIXED,
  MAP_SHARED,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  RLIMIT_MEMLOCK,
} from '../../abi/flags.ts';
import * as I from '../../abi/ipc.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { Segment } from '../ipc/shared.ts';
import { PAGE } from '../memory/frames.ts';
import { mapPages } from '../memory/map.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { type Command, directCommand, fetch, seconds, store, toChange, toStat } from './ipc-arguments.ts';

/** shmmax as a 32-bit program sees it. */
const SHMMAX_SHOWN = 0x7fffffff;
/** Rights on a segment that an attach asks for. */
const TO_READ = 0o444;
const TO_WRITE = 0o222;
const TO_EXECUTE = 0o111;

/** shmget(2). */
export function shmget(task: Task, key: number, size: number, flags: number): number {
  const { segments } = task.system.ipc;
  const length = size >>> 0;
  return segments.get(key, flags, task.identity, {
    make: () => {
      if (length === 0) return -EINVAL;
      const pages = Math.ceil(length / PAGE);
      if (segments.full || segments.pages + pages > I.SHMALL) return -ENOSPC;
      if (flags & I.SHM_HUGETLB || pages > segments.pool.frames.total) return -ENOMEM;
      return new Segment(segments, key, task.identity, flags, length, task.pid);
    },
    fits: (segment) => (segment.length < length ? -EINVAL : 0),
  });
}

/** shmat(2): the address (unsigned) or -errno. */
export function shmat(task: Task, id: number, address: number, flags: number): number {
  const { segments } = task.system.ipc;
  if (id < 0) return -EINVAL;
  let at = address >>> 0;
  if (at % PAGE !== 0) {
    if (!(flags & I.SHM_RND)) return -EINVAL;
    at -= at % PAGE;
    if (at === 0 && flags & I.SHM_REMAP) return -EINVAL;
  } else if (at === 0 && flags & I.SHM_REMAP) return -EINVAL;
  const segment = segments.find(id);
  if (typeof segment === 'number') return segment;
  const writes = !(flags & I.SHM_RDONLY);
  const executes = (flags & I.SHM_EXEC) !== 0;
  const denied = segment.permits(task.identity, TO_READ | (writes ? TO_WRITE : 0) | (executes ? TO_EXECUTE : 0));
  if (denied < 0) return denied;
  const { memory } = task;
  const fixed = address !== 0;
  if (fixed && !(flags & I.SHM_REMAP)) {
    const end = at + segment.length;
    if (end >= 0x1_0000_0000 || !memory.areas.free(at / PAGE, Math.ceil(end / PAGE))) return -EINVAL;
  }
  segment.hold();
  const result = mapPages(memory, {
    address: at,
    length: segment.length,
    protection: PROT_READ | (writes ? PROT_WRITE : 0) | (executes ? PROT_EXEC : 0),
    flags: MAP_SHARED | (fixed ? MAP_FIXED : 0),
    backing: segment,
    offset: 0,
    mayWrite: writes,
  });
  if (result < 0) segment.drop();
  return result;
}

/** shmdt(2): every area of the segment that is attached at this address; -EINVAL where there is none. */
export function shmdt(task: Task, address: number): number {
  const { memory } = task;
  if (address & (PAGE - 1)) return -EINVAL;
  const base = address >>> 12;
  const first = memory.areas.list.find(
    ({ start, backing, offset }) => start >= base && backing instanceof Segment && start - base === offset,
  );
  if (!first) return -EINVAL;
  const segment = first.backing as Segment;
  const end = base + segment.pages;
  const parts = memory.areas.list.filter(
    (area) => area.backing === segment && area.start >= base && area.end <= end && area.start - base === area.offset,
  );
  for (const { start, end: stop } of parts) memory.unmap(start, stop);
  return 0;
}

/** shmctl(2). */
export function shmctl(task: Task, id: number, command: Command, address: number): number {
  const { segments } = task.system.ipc;
  if (id < 0 || command.number < 0) return -EINVAL;
  switch (command.number) {
    case I.IPC_INFO:
      return limits(task, command.old, address);
    case I.SHM_INFO:
      return used(task, address);
    case IPC_STAT:
    case I.SHM_STAT:
    case I.SHM_STAT_ANY:
      return status(task, id, command, address);
    case IPC_SET: {
      const wanted = fetch(task, address, command.old ? I.OLD_SHMID : I.SHMID);
      if (typeof wanted === 'number') return wanted;
      const segment = toChange(task, segments, id);
      if (typeof segment === 'number') return segment;
      segment.assign(wanted.uid, wanted.gid, wanted.mode, segments.now());
      return 0;
    }
    case IPC_RMID: {
      const segment = toChange(task, segments, id);
      if (typeof segment === 'number') return segment;
      segments.condemn(segment);
      return 0;
    }
    case I.SHM_LOCK:
    case I.SHM_UNLOCK:
      return lock(task, id, command.number === I.SHM_LOCK);
    default:
      return -EINVAL;
  }
}

/** Nothing is ever paged out: only the mark is set. */
function lock(task: Task, id: number, locks: boolean): number {
  const segment = task.system.ipc.segments.find(id);
  if (typeof segment === 'number') return segment;
  if (!capable(task.identity, CAP_IPC_LOCK)) {
    const denied = segment.controls(task.identity);
    if (denied < 0) return denied;
    if (locks && task.limit(RLIMIT_MEMLOCK) === 0) return -EPERM;
  }
  segment.mode = locks ? segment.mode | I.SHM_LOCKED : segment.mode & ~I.SHM_LOCKED;
  return 0;
}

function limits(task: Task, old: boolean, address: number): number {
  const values = { shmmax: SHMMAX_SHOWN, shmmin: 1, shmmni: I.SHMMNI, shmseg: I.SHMMNI, shmall: I.SHMALL };
  const written = store(task, address, old ? I.OLD_SHMINFO : I.SHMINFO, values);
  return written < 0 ? written : task.system.ipc.segments.highest;
}

function used(task: Task, address: number): number {
  const { segments } = task.system.ipc;
  const values = { used_ids: segments.size, shm_tot: segments.pages, shm_rss: segments.resident };
  const written = store(task, address, I.SHM_USED, values);
  return written < 0 ? written : segments.highest;
}

function status(task: Task, id: number, { number, old }: Command, address: number): number {
  const segment = toStat(task, task.system.ipc.segments, id, number !== IPC_STAT, number === I.SHM_STAT_ANY);
  if (typeof segment === 'number') return segment;
  const written = store(task, address, old ? I.OLD_SHMID : I.SHMID, {
    ...segment.permission(old),
    segsz: segment.length,
    ...seconds('atime', segment.attachTime),
    ...seconds('dtime', segment.detachTime),
    ...seconds('ctime', segment.changed),
    cpid: segment.creator,
    lpid: segment.lastPid,
    nattch: segment.attached,
  });
  if (written < 0) return written;
  return number === IPC_STAT ? 0 : segment.id;
}

/** Shared memory by its own calls. */
export const ipcSharedCalls: readonly Row[] = [
  row(395, 'shmget', (task) => shmget(task, task.args[0], task.args[1], task.args[2]), 'SHM_HUGETLB: ENOMEM'),
  row(396, 'shmctl', (task) => shmctl(task, task.args[0], directCommand(task.args[1]), task.args[2])),
  row(397, 'shmat', (task) => shmat(task, task.args[0], task.args[1], task.args[2])),
  row(398, 'shmdt', (task) => shmdt(task, task.args[0])),
];
