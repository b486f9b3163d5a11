import { CAP_IPC_LOCK, CAP_SYS_RAWIO } from '../../abi/capabilities.ts';
import { EACCES, EAGAIN, EBUSY, EFAULT, EINVAL, ENOMEM, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  MCL_ONFAULT,
  MS_ASYNC,
  MS_INVALIDATE,
  MS_SYNC,
  O_ACCMODE,
  O_RDWR,
  O_WRONLY,
  PROT_EXEC,
  PROT_WRITE,
  RLIMIT_MEMLOCK,
} from '../../abi/flags.ts';
import { MMAP_ARGS } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { sameBacking } from '../memory/area.ts';
import { FileBacking } from '../memory/backing.ts';
import { ready } from '../memory/blocks.ts';
import { PAGE } from '../memory/frames.ts';
import { LOWEST, mapPages, protectPages, setBreak, unmapPages } from '../memory/map.ts';
import { remapPages } from '../memory/remap.ts';
import { OK } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { isWriteSealed } from './memfd.ts';

/** Flags that MAP_SHARED_VALIDATE knows (LEGACY_MAP_MASK). */
const KNOWN_FLAGS = 0x7c07f9f3 | 0;

/** mmap2's arguments with the offset in pages. */
function map(task: Task, address: number, length: number, protection: number, flags: number, fd: number, page: number) {
  const type = flags & MAP_TYPE;
  const anonymous = (flags & MAP_ANONYMOUS) !== 0;
  const { files } = task.system;
  let file = 0;
  if (!anonymous) {
    file = files.fileOf(task.table, fd);
    if (file < 0) return file;
  }
  const result = mapChecked(task, address, length, protection, flags, type, file, page);
  if (file !== 0) task.system.pool.dropped.push(file);
  if (result < 0 || !(flags & (MAP_POPULATE | MAP_LOCKED) || isLockedFully(task))) return result;
  return populate(
    task,
    result,
    result,
    result + (length >>> 0),
    (protection & PROT_WRITE) !== 0 && type === MAP_PRIVATE,
  );
}

function mapChecked(
  task: Task,
  address: number,
  length: number,
  protection: number,
  flags: number,
  type: number,
  file: number,
  page: number,
): number {
  const { system } = task;
  const { files, pool } = system;
  if (length === 0) return -EINVAL;
  if (type !== MAP_PRIVATE && type !== MAP_SHARED && type !== MAP_SHARED_VALIDATE) return -EINVAL;
  if (type === MAP_SHARED_VALIDATE && flags & ~KNOWN_FLAGS) return -EOPNOTSUPP;
  if (flags & MAP_HUGETLB) return file ? -EINVAL : -ENOMEM;
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && address >>> 12 < LOWEST && !capable(task.identity, CAP_SYS_RAWIO)) {
    return -EPERM;
  }
  const locked = (flags & MAP_LOCKED) !== 0 || task.memory.locksFuture !== 0;
  const refused = locked ? mayMapLocked(task, length, (flags & MAP_LOCKED) !== 0) : 0;
  if (refused < 0) return refused;
  let backing: FileBacking | null = null;
  let mayWrite = true;
  if (file !== 0) {
    const mode = files.accessMode(file) & O_ACCMODE;
    if (protection & PROT_EXEC && files.isNoExec(file)) return -EPERM;
    mayWrite = mode === O_RDWR;
    if (mode === O_WRONLY) return -EACCES;
    if (type !== MAP_PRIVATE && protection & PROT_WRITE && mode !== O_RDWR) return -EACCES;
    if (type !== MAP_PRIVATE && isWriteSealed(task, file)) {
      if (protection & PROT_WRITE) return -EPERM;
      mayWrite = false;
    }
    if (flags & MAP_GROWSDOWN) return -EINVAL;
    const kind = files.mappable(file);
    if (kind < 0) return kind;
    if (kind === 0) {
      files.hold(file);
      backing = new FileBacking(pool, file);
    }
  } else if (type === MAP_SHARED_VALIDATE || (type === MAP_SHARED && flags & MAP_GROWSDOWN)) return -EINVAL;
  const result = mapPages(task.memory, {
    address,
    length,
    protection,
    flags,
    backing,
    offset: backing ? page : 0,
    mayWrite: mayWrite || type === MAP_PRIVATE,
    locked,
  });
  if (result < 0) backing?.drop();
  return result;
}

/** Whether a mapping may be locked: -EPERM where nothing may, -EAGAIN beyond the limit. */
function mayMapLocked(task: Task, length: number, asked: boolean): number {
  const privileged = capable(task.identity, CAP_IPC_LOCK);
  if (asked && !privileged && task.limit(RLIMIT_MEMLOCK) === 0) return -EPERM;
  return task.memory.mayLock(Math.ceil((length >>> 0) / PAGE), privileged) ? 0 : -EAGAIN;
}

/** Whether what is mapped now is locked and brought in at once (MCL_FUTURE without MCL_ONFAULT). */
function isLockedFully({ memory: { locksFuture } }: Task): boolean {
  return locksFuture !== 0 && !(locksFuture & MCL_ONFAULT);
}

/** MAP_POPULATE: brings pages in, as far as they can be had, and returns `result`. Addresses in bytes. */
function* populate(task: Task, result: number, from: number, to: number, write: boolean): Kernel<number> {
  const { memory } = task;
  const end = Math.ceil(to / PAGE);
  for (let page = ready(memory, from >>> 12, end, write); page < end; page = ready(memory, page + 1, end, write))
    if ((yield* memory.bring(page, write)) !== OK) break;
  return result;
}

function mmap2(task: Task): number | Kernel<number> {
  const [address, length, protection, flags, fd, page] = task.args;
  return map(task, address, length, protection, flags, fd, page >>> 0);
}

function mmap(task: Task): number | Kernel<number> {
  const { user } = task;
  const base = task.args[0];
  const { at } = MMAP_ARGS;
  if (user.readable(base, MMAP_ARGS.size) < 0) return -EFAULT;
  const word = (offset: number): number => user.load32(base + offset);
  const offset = word(at.offset);
  if (offset & (PAGE - 1)) return -EINVAL;
  return map(task, word(at.addr), word(at.len), word(at.prot), word(at.flags), word(at.fd), offset >>> 12);
}

/** brk(2); what MCL_FUTURE locks is brought in at once. */
function brk(task: Task): number | Kernel<number> {
  const { memory } = task;
  const before = memory.heapEnd;
  const end = setBreak(memory, task.args[0], capable(task.identity, CAP_IPC_LOCK));
  if (end <= before || memory.locksFuture === 0 || memory.locksFuture & MCL_ONFAULT) return end;
  return populate(task, end, Math.ceil(before / PAGE) * PAGE, end, true);
}

/** remap_file_pages(2), as Linux does it today: a new mapping of other pages of the same file. */
function remapFilePages(task: Task): number | Kernel<number> {
  const [address, size, protection, page, flags] = task.args;
  if (protection !== 0) return -EINVAL;
  const { memory } = task;
  const start = address >>> 12;
  const end = start + (size >>> 12);
  if (end <= start || end > 0x100000 || (page >>> 0) + (size >>> 12) > 0xffffffff) return -EINVAL;
  const area = memory.areas.find(start);
  const { backing } = area ?? {};
  if (!area?.shared || !backing) return -EINVAL;
  // The range may lie in several areas, as long as they are the same file's.
  for (let at = start; at < end; ) {
    const next = memory.areas.find(at);
    if (!next || !sameBacking(next.backing, backing) || next.rights !== area.rights) return -EINVAL;
    at = next.end;
  }
  const { rights, mayWrite, locked } = area;
  backing.hold();
  const result = mapPages(memory, {
    address: start * PAGE,
    length: size & ~(PAGE - 1),
    protection: rights,
    flags: MAP_SHARED | MAP_FIXED | (flags & MAP_NONBLOCK),
    backing,
    offset: page >>> 0,
    mayWrite,
    locked,
  });
  if (result < 0) {
    backing.drop();
    return result;
  }
  return flags & MAP_NONBLOCK ? 0 : populate(task, 0, result, result + (size >>> 0), false);
}

function mremap(task: Task): number {
  const [address, oldLength, newLength, flags, newAddress] = task.args;
  return remapPages(
    task.memory,
    address >>> 0,
    oldLength >>> 0,
    newLength >>> 0,
    flags,
    newAddress >>> 0,
    capable(task.identity, CAP_IPC_LOCK),
  );
}

/** First and last-plus-one page of a range; undefined when it starts within a page or wraps. */
export function pageRange(address: number, length: number): [start: number, end: number] | undefined {
  const end = Math.ceil(((address >>> 0) + (length >>> 0)) / PAGE);
  if (address & (PAGE - 1) || end > 0x100000) return undefined;
  return [address >>> 12, end];
}

function msync(task: Task): number {
  const [address, length, flags] = task.args;
  if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) return -EINVAL;
  if (flags & MS_ASYNC && flags & MS_SYNC) return -EINVAL;
  if (address & (PAGE - 1)) return -EINVAL;
  const range = pageRange(address, length);
  if (!range) return -ENOMEM;
  const { areas } = task.memory;
  if (flags & MS_INVALIDATE && areas.locked(...range) > 0) return -EBUSY;
  return areas.covered(...range) ? 0 : -ENOMEM;
}

function mincore(task: Task): number {
  const [address, length, vector] = task.args;
  if (address & (PAGE - 1)) return -EINVAL;
  const range = pageRange(address, length);
  if (!range || range[1] > task.system.pool.topPage) return -ENOMEM;
  const [start, end] = range;
  if (task.user.writable(vector, end - start) < 0) return -EFAULT;
  if (!task.memory.areas.covered(start, end)) return -ENOMEM;
  for (let page = start; page < end; page++) {
    task.user.store8(vector + page - start, isInCore(task, page) ? 1 : 0);
  }
  return 0;
}

/** Whether a page is mapped, or its file's page is in the page cache. */
function isInCore({ memory, system }: Task, page: number): boolean {
  if (memory.pages.get(page) !== 0) return true;
  const area = memory.areas.find(page);
  if (!area?.backing?.file) return false;
  const frame = area.backing.pageNow(area.offset + page - area.start);
  if (frame > 0) system.pool.frames.release(frame);
  return frame > 0;
}

/** Calls about the address space. */
export const memoryCalls: readonly Row[] = [
  row(45, 'brk', brk),
  row(90, 'mmap', mmap),
  row(91, 'munmap', (task) => unmapPages(task.memory, task.args[0], task.args[1])),
  row(125, 'mprotect', (task) => protectPages(task.memory, task.args[0], task.args[1], task.args[2])),
  row(144, 'msync', msync, 'shared pages are the page cache: nothing to do'),
  row(163, 'mremap', mremap),
  row(192, 'mmap2', mmap2, 'no huge pages'),
  row(218, 'mincore', mincore),
  row(257, 'remap_file_pages', remapFilePages),
];
