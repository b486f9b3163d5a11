import { E2BIG, EAGAIN, EINVAL, ENOENT, EXDEV } from '../../abi/errno.ts';
import {
  AT_FDCWD,
  CLOSE_RANGE_CLOEXEC,
  CLOSE_RANGE_UNSHARE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_LARGEFILE,
  O_NOFOLLOW,
  O_PATH,
  O_TRUNC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_CACHED,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  RLIMIT_NOFILE,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { openPath } from '../files/open.ts';
import type { Table } from '../files/table.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { tableOf, viewAt } from './file-arguments.ts';

/** Opens a path beside a directory descriptor; the new descriptor or -errno. */
function* openAt(
  caller: Caller,
  directory: number,
  address: number,
  flags: number,
  mode: number,
  resolve = 0,
): Kernel<number> {
  const path = caller.user.string(address);
  if (typeof path === 'number') return path;
  if (path === '') return -ENOENT;
  const table = tableOf(caller);
  const limit = caller.limit(RLIMIT_NOFILE);
  const full = table.free(limit);
  if (full < 0) return full;
  // Inside of its directory even an absolute path begins there.
  const from = viewAt(caller, directory, resolve & SCOPED ? '.' : path);
  if (typeof from === 'number') return from;
  if (resolve & RESOLVE_BENEATH && path.startsWith('/')) return -EXDEV;
  const view = resolve & SCOPED ? { ...from, root: from.start, resolve } : { ...from, resolve };
  const { core } = caller.services.files;
  const file = yield* openPath(core, view, { path, flags, mode, pid: caller.pid });
  return typeof file === 'number' ? file : tableOf(caller).add(file, (flags & O_CLOEXEC) !== 0, limit);
}

function open(caller: Caller): Kernel<number> {
  const [path, flags, mode] = caller.args;
  return openAt(caller, AT_FDCWD, path, flags, mode);
}

function openat(caller: Caller): Kernel<number> {
  const [directory, path, flags, mode] = caller.args;
  return openAt(caller, directory, path, flags, mode);
}

function creat(caller: Caller): Kernel<number> {
  return openAt(caller, AT_FDCWD, caller.args[0], O_CREAT | O_WRONLY | O_TRUNC | O_LARGEFILE, caller.args[1]);
}

/** Bytes of a struct open_how, and the most that a newer one may have. */
const HOW = 24;
const HOW_MAX = 4096;
/** Every O_* flag that there is (VALID_OPEN_FLAGS). */
const OPEN_FLAGS = 0o37777703;
/** O_TMPFILE without the O_DIRECTORY that is part of its value. */
const TMPFILE_BIT = 0o20000000;
const SCOPED = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
const RESOLVE = SCOPED | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_CACHED;

/** struct open_how: flags, mode and resolve; -EINVAL, -E2BIG, -EFAULT (build_open_flags in Linux's fs/open.c). */
function readHow(caller: Caller, address: number, size: number): readonly [number, number, number] | number {
  if (size >>> 0 < HOW) return -EINVAL;
  if (size >>> 0 > HOW_MAX) return -E2BIG;
  const bytes = caller.user.bytes(address, size);
  if (typeof bytes === 'number') return bytes;
  if (bytes.subarray(HOW).some((byte) => byte !== 0)) return -E2BIG;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [flags, mode, resolve] = [0, 8, 16].map((at) => view.getUint32(at, true));
  if ([4, 12, 20].some((at) => view.getUint32(at, true) !== 0)) return -EINVAL;
  if (flags & ~OPEN_FLAGS || resolve & ~RESOLVE || (resolve & SCOPED) === SCOPED) return -EINVAL;
  if (flags & (O_CREAT | TMPFILE_BIT) ? mode & ~0o7777 : mode !== 0) return -EINVAL;
  if (flags & O_PATH && flags & ~(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)) return -EINVAL;
  if (resolve & RESOLVE_CACHED && flags & (O_TRUNC | O_CREAT | TMPFILE_BIT)) return -EAGAIN;
  return [flags, mode, resolve];
}

/** openat2(2). */
function* openat2(caller: Caller): Kernel<number> {
  const [directory, path, address, size] = caller.args;
  const how = readHow(caller, address, size);
  if (typeof how === 'number') return how;
  return yield* openAt(caller, directory, path, ...how);
}

/** close_range(2): all descriptors from `first` to `last`, in a table of the caller's own where it asks for that. */
function closeRange(task: Task): number | Kernel<number> {
  const first = task.args[0] >>> 0;
  const last = task.args[1] >>> 0;
  const flags = task.args[2];
  if (flags & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE) || first > last) return -EINVAL;
  if (flags & CLOSE_RANGE_UNSHARE && tableOf(task).users > 1) return unshareAndClose(task, first, last, flags);
  closeAll(tableOf(task), first, last, flags);
  return 0;
}

function* unshareAndClose(task: Task, first: number, last: number, flags: number): Kernel<number> {
  const { files } = task.system;
  const shared = task.table;
  task.table = files.fork(shared);
  yield* files.release(shared);
  closeAll(tableOf(task), first, last, flags);
  return 0;
}

function closeAll(table: Table, first: number, last: number, flags: number): void {
  for (const [fd] of [...table.descriptors()]) {
    if (fd < first || fd > last) continue;
    if (flags & CLOSE_RANGE_CLOEXEC) table.setCloseOnExec(fd, true);
    else table.close(fd);
  }
}

/** Opening and closing. */
export const fileOpenCalls: readonly Row[] = [
  { number: 5, name: 'open', run: open, note: 'O_ASYNC and O_SYNC change nothing' },
  { number: 6, name: 'close', run: (caller) => tableOf(caller).close(caller.args[0]) },
  { number: 8, name: 'creat', run: creat },
  { number: 295, name: 'openat', run: openat, note: 'O_ASYNC and O_SYNC change nothing' },
  row(436, 'close_range', closeRange),
  { number: 437, name: 'openat2', run: openat2, note: 'RESOLVE_CACHED finds everything at once' },
];
