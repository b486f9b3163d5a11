import { EACCES, EAGAIN, EFAULT, EINVAL, ENOMEM, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import {
  MADV_COLD,
  MADV_DODUMP,
  MADV_DOFORK,
  MADV_DONTDUMP,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_FREE,
  MADV_HUGEPAGE,
  MADV_KEEPONFORK,
  MADV_MERGEABLE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_PAGEOUT,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_RANDOM,
  MADV_SEQUENTIAL,
  MADV_UNMERGEABLE,
  MADV_WILLNEED,
  MADV_WIPEONFORK,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  MLOCK_ONFAULT,
  MS_ASYNC,
  MS_INVALIDATE,
  MS_SYNC,
  O_ACCMODE,
  O_RDWR,
  O_WRONLY,
  PROT_WRITE,
} from '../../abi/flags.ts';
import { MMAP_ARGS } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { FileBacking } from '../memory/backing.ts';
import { PAGE } from '../memory/frames.ts';
import { LOWEST, mapPages, protectPages, setBreak, unmapPages } from '../memory/map.ts';
import { remapPages } from '../memory/remap.ts';
import { NOFRAME, OK } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { isWriteSealed } from './memfd.ts';

/** Flags that MAP_SHARED_VALIDATE knows (LEGACY_MAP_MASK). */
const KNOWN_FLAGS = 0x001fffff;

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
  if (result < 0 || !(flags & (MAP_POPULATE | MAP_LOCKED))) return result;
  return populate(task, result, length, (protection & PROT_WRITE) !== 0 && type === MAP_PRIVATE);
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
  if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && address >>> 12 < LOWEST && !task.identity.privileged) {
    return -EPERM;
  }
  let backing: FileBacking | null = null;
  let mayWrite = true;
  if (file !== 0) {
    const mode = files.accessMode(file) & O_ACCMODE;
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
  });
  if (result < 0) backing?.drop();
  return result;
}

/** MAP_POPULATE: brings the pages in; what cannot be had is left to its fault. */
function* populate(task: Task, address: number, length: number, write: boolean): Kernel<number> {
  const end = Math.ceil((address + (length >>> 0)) / PAGE);
  for (let page = address / PAGE; page < end; page++) {
    if ((yield* task.memory.bring(page, write)) !== OK) break;
  }
  return address;
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

function mremap(task: Task): number {
  const [address, oldLength, newLength, flags, newAddress] = task.args;
  return remapPages(task.memory, address >>> 0, oldLength >>> 0, newLength >>> 0, flags, newAddress >>> 0);
}

/** First and last-plus-one page of a range; undefined when it starts within a page or wraps. */
function pageRange(address: number, length: number): [start: number, end: number] | undefined {
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
  return task.memory.areas.covered(...range) ? 0 : -ENOMEM;
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
    task.user.store8(vector + page - start, task.memory.pages.get(page) !== 0 ? 1 : 0);
  }
  return 0;
}

/** madvise's advice: what it does to the pages; 'nothing' is a hint that we need not take. */
const ADVICE: Readonly<Record<number, 'nothing' | 'drop' | 'omit' | 'copy' | 'wipe' | 'read' | 'write'>> = {
  [MADV_NORMAL]: 'nothing',
  [MADV_RANDOM]: 'nothing',
  [MADV_SEQUENTIAL]: 'nothing',
  [MADV_WILLNEED]: 'nothing',
  [MADV_DONTNEED]: 'drop',
  [MADV_DONTNEED_LOCKED]: 'drop',
  [MADV_FREE]: 'nothing',
  [MADV_DONTFORK]: 'omit',
  [MADV_DOFORK]: 'copy',
  [MADV_WIPEONFORK]: 'wipe',
  [MADV_KEEPONFORK]: 'copy',
  [MADV_MERGEABLE]: 'nothing',
  [MADV_UNMERGEABLE]: 'nothing',
  [MADV_HUGEPAGE]: 'nothing',
  [MADV_NOHUGEPAGE]: 'nothing',
  [MADV_DONTDUMP]: 'nothing',
  [MADV_DODUMP]: 'nothing',
  [MADV_COLD]: 'nothing',
  [MADV_PAGEOUT]: 'nothing',
  [MADV_POPULATE_READ]: 'read',
  [MADV_POPULATE_WRITE]: 'write',
};

function madvise(task: Task): number | Kernel<number> {
  const [address, length, advice] = task.args;
  const what = ADVICE[advice];
  if (what === undefined || address & (PAGE - 1)) return -EINVAL;
  const range = pageRange(address, length);
  if (!range) return -EINVAL;
  const [start, end] = range;
  const { memory } = task;
  if (start === end) return 0;
  if (what === 'read' || what === 'write') return populateStrictly(task, start, end, what === 'write');
  if (what === 'nothing') return memory.areas.covered(start, end) ? 0 : -ENOMEM;
  if (what === 'drop') {
    for (const area of memory.areas.within(start, end))
      memory.dropPages(Math.max(start, area.start), Math.min(end, area.end));
    return memory.areas.covered(start, end) ? 0 : -ENOMEM;
  }
  for (const area of memory.areas.carve(start, end)) {
    if (what === 'wipe' && (area.backing || area.shared)) return -EINVAL;
    else area.fork = what;
  }
  const covered = memory.areas.covered(start, end);
  memory.areas.tidy(start, end);
  return covered ? 0 : -ENOMEM;
}

function* populateStrictly(task: Task, start: number, end: number, write: boolean): Kernel<number> {
  for (let page = start; page < end; page++) {
    const outcome = yield* task.memory.bring(page, write);
    if (outcome === NOFRAME) return -EAGAIN;
    if (outcome !== OK) return task.memory.areas.find(page) ? -EFAULT : -ENOMEM;
  }
  return 0;
}

/** Nothing is ever paged out, so locking only checks its arguments. */
function mlock(task: Task): number {
  const [address, length] = task.args;
  const range = pageRange(address & ~(PAGE - 1), (length >>> 0) + (address & (PAGE - 1)));
  if (!range) return -EINVAL;
  return task.memory.areas.covered(...range) ? 0 : -ENOMEM;
}

function mlock2(task: Task): number {
  return task.args[2] & ~MLOCK_ONFAULT ? -EINVAL : mlock(task);
}

function mlockall(task: Task): number {
  const flags = task.args[0];
  if (flags === 0 || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags === MCL_ONFAULT) return -EINVAL;
  return 0;
}

/** Calls about the address space. */
export const memoryCalls: readonly Row[] = [
  row(45, 'brk', (task) => setBreak(task.memory, task.args[0])),
  row(90, 'mmap', mmap),
  row(91, 'munmap', (task) => unmapPages(task.memory, task.args[0], task.args[1])),
  row(125, 'mprotect', (task) => protectPages(task.memory, task.args[0], task.args[1], task.args[2])),
  row(144, 'msync', msync, 'shared pages are the page cache: nothing to do'),
  row(150, 'mlock', mlock, 'nothing is ever paged out'),
  row(151, 'munlock', mlock, 'nothing is ever paged out'),
  row(152, 'mlockall', mlockall, 'nothing is ever paged out'),
  row(153, 'munlockall', () => 0, 'nothing is ever paged out'),
  row(163, 'mremap', mremap),
  row(192, 'mmap2', mmap2, 'no huge pages'),
  row(218, 'mincore', mincore),
  row(219, 'madvise', madvise, 'MADV_FREE keeps the pages'),
  row(376, 'mlock2', mlock2, 'nothing is ever paged out'),
];
