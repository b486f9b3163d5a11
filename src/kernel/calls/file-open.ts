import { EINVAL, ENOENT } from '../../abi/errno.ts';
import {
  AT_FDCWD,
  CLOSE_RANGE_CLOEXEC,
  CLOSE_RANGE_UNSHARE,
  O_CLOEXEC,
  O_CREAT,
  O_LARGEFILE,
  O_PATH,
  O_TRUNC,
  O_WRONLY,
  RLIMIT_NOFILE,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { openPath } from '../files/open.ts';
import type { Kernel } from '../platform.ts';
import { tableOf, viewAt } from './file-arguments.ts';

/** Opens a path beside a directory descriptor; the new descriptor or -errno. */
function* openAt(caller: Caller, directory: number, address: number, flags: number, mode: number): Kernel<number> {
  const path = caller.user.string(address);
  if (typeof path === 'number') return path;
  if (path === '') return -ENOENT;
  const table = tableOf(caller);
  const limit = caller.limit(RLIMIT_NOFILE);
  const full = table.free(limit);
  if (full < 0) return full;
  const view = viewAt(caller, directory, path);
  if (typeof view === 'number') return view;
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

/** openat2(2): as openat, but unknown flags are refused; RESOLVE_* is not supported. */
function* openat2(caller: Caller): Kernel<number> {
  const [directory, path, how, size] = caller.args;
  if (size < 24) return -EINVAL;
  const bad = caller.user.readable(how, 24);
  if (bad < 0) return bad;
  const word = (i: number) => caller.user.load32(how + i * 4);
  const [flags, mode, resolve] = [word(0), word(2), word(4)];
  if (word(1) !== 0 || word(3) !== 0 || word(5) !== 0 || resolve !== 0) return -EINVAL;
  if (mode !== 0 && !(flags & O_CREAT)) return -EINVAL;
  if (flags & O_PATH && flags & (O_CREAT | O_TRUNC | 3)) return -EINVAL;
  return yield* openAt(caller, directory, path, flags, mode);
}

/** close_range(2): all descriptors from `first` to `last`. */
function closeRange(caller: Caller): number {
  const first = caller.args[0] >>> 0;
  const last = caller.args[1] >>> 0;
  const flags = caller.args[2];
  if (flags & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE) || first > last) return -EINVAL;
  const table = tableOf(caller);
  for (const [fd] of [...table.descriptors()]) {
    if (fd < first || fd > last) continue;
    if (flags & CLOSE_RANGE_CLOEXEC) table.setCloseOnExec(fd, true);
    else table.close(fd);
  }
  return 0;
}

/** Opening and closing. */
export const fileOpenCalls: readonly Row[] = [
  { number: 5, name: 'open', run: open, note: 'O_TMPFILE is refused; O_ASYNC and O_SYNC change nothing' },
  { number: 6, name: 'close', run: (caller) => tableOf(caller).close(caller.args[0]) },
  { number: 8, name: 'creat', run: creat },
  { number: 295, name: 'openat', run: openat, note: 'O_TMPFILE is refused; O_ASYNC and O_SYNC change nothing' },
  { number: 436, name: 'close_range', run: closeRange, note: 'CLOSE_RANGE_UNSHARE does not unshare' },
  { number: 437, name: 'openat2', run: openat2, note: 'RESOLVE_* is refused' },
];
