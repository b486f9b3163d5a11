import { EBADF, EINVAL, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  FS_APPEND_FL,
  PROC_SUPER_MAGIC,
  UTIME_NOW,
  UTIME_OMIT,
} from '../../abi/flags.ts';
import { IN_MODIFY } from '../../abi/inotify.ts';
import type { Caller, Row } from '../call.ts';
import { changeMode, changeOwner, changeTimes, resizeFile, truncatePlace } from '../files/attributes.ts';
import type { Stamp } from '../files/clock.ts';
import type { Place } from '../files/namespace.ts';
import { tell } from '../files/tell.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, placeAt, tableOf, wide } from './file-arguments.ts';

type Time = Stamp | 'now' | undefined;
/** Access and modification time as a call gives them; -errno. */
type Times = readonly [Time, Time] | number;

function* chmodAt(caller: Caller, directory: number, path: number, mode: number, flags: number): Kernel<number> {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, !(flags & AT_SYMLINK_NOFOLLOW), flags);
  if (typeof place === 'number') return place;
  // A symbolic link has no permissions of its own.
  if (place.dentry.node.isLink) return -EOPNOTSUPP;
  return yield* changeMode(place, mode, caller.credentials);
}

function* fchmod(caller: Caller): Kernel<number> {
  const file = fileAt(caller, caller.args[0]);
  return file ? yield* changeMode(file.place, caller.args[1], caller.credentials) : -EBADF;
}

/** A 16-bit id of the old calls: 65535 means "keep". */
function shortId(id: number): number {
  return (id & 0xffff) === 0xffff ? -1 : id & 0xffff;
}

const longId = (id: number) => id;

function* chownAt(
  caller: Caller,
  directory: number,
  path: number,
  uid: number,
  gid: number,
  flags: number,
): Kernel<number> {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, !(flags & AT_SYMLINK_NOFOLLOW), flags);
  return typeof place === 'number' ? place : yield* changeOwner(place, uid, gid, caller.credentials);
}

function chown(flags: number, id: (id: number) => number) {
  return (c: Caller) => chownAt(c, AT_FDCWD, c.args[0], id(c.args[1]), id(c.args[2]), flags);
}

function fchown(id: (id: number) => number) {
  return function* run(caller: Caller): Kernel<number> {
    const file = fileAt(caller, caller.args[0]);
    if (!file) return -EBADF;
    return yield* changeOwner(file.place, id(caller.args[1]), id(caller.args[2]), caller.credentials);
  };
}

const NOW: readonly [Time, Time] = ['now', 'now'];

/** utime(2): two words of seconds. */
function readUtimbuf(caller: Caller, address: number): Times {
  if (address === 0) return NOW;
  const bad = caller.user.readable(address, 8);
  if (bad < 0) return bad;
  const stamp = (at: number) => ({ seconds: caller.user.load32(address + at), nanoseconds: 0 });
  return [stamp(0), stamp(4)];
}

/** utimes(2), futimesat(2): two timevals. */
function readTimevals(caller: Caller, address: number): Times {
  if (address === 0) return NOW;
  const bad = caller.user.readable(address, 16);
  if (bad < 0) return bad;
  const word = (at: number) => caller.user.load32(address + at);
  for (const at of [4, 12]) if (word(at) < 0 || word(at) >= 1e6) return -EINVAL;
  const stamp = (at: number) => ({ seconds: word(at), nanoseconds: word(at + 4) * 1000 });
  return [stamp(0), stamp(8)];
}

/** utimensat(2): two timespecs of 4- or 8-byte words. */
function readTimespecs(size: 4 | 8) {
  return (caller: Caller, address: number): Times => {
    if (address === 0) return NOW;
    const bad = caller.user.readable(address, size * 4);
    if (bad < 0) return bad;
    const word = (at: number) => caller.user.load32(address + at);
    const time = (at: number): Time | number => {
      const nanoseconds = word(at + size);
      if (nanoseconds === UTIME_NOW) return 'now';
      if (nanoseconds === UTIME_OMIT) return undefined;
      if (nanoseconds < 0 || nanoseconds >= 1e9) return -EINVAL;
      return { seconds: size === 4 ? word(at) : wide(word(at), word(at + 4)), nanoseconds };
    };
    const [atime, mtime] = [time(0), time(size * 2)];
    if (typeof atime === 'number') return atime;
    return typeof mtime === 'number' ? mtime : [atime, mtime];
  };
}

function* setTimes(caller: Caller, place: Place | number, times: Times): Kernel<number> {
  if (typeof times === 'number') return times;
  if (typeof place === 'number') return place;
  return yield* changeTimes(caller.services.files.core, place, times[0], times[1], caller.credentials);
}

function timesOfPath(read: (caller: Caller, address: number) => Times) {
  return function* run(caller: Caller): Kernel<number> {
    const times = read(caller, caller.args[1]);
    if (typeof times === 'number') return times;
    return yield* setTimes(caller, yield* placeAt(caller, AT_FDCWD, caller.args[0], true), times);
  };
}

/** utimensat and futimesat: without a path the descriptor itself is meant. */
function timesAt(read: (caller: Caller, address: number) => Times, hasFlags: boolean) {
  return function* run(caller: Caller): Kernel<number> {
    const [directory, path, address] = caller.args;
    const flags = hasFlags ? caller.args[3] : 0;
    const times = read(caller, address);
    if (typeof times === 'number') return times;
    if (times[0] === undefined && times[1] === undefined) return 0;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -EINVAL;
    if (path === 0 && directory !== AT_FDCWD) {
      if (flags) return -EINVAL;
      return yield* setTimes(caller, fileAt(caller, directory)?.place ?? -EBADF, times);
    }
    return yield* setTimes(
      caller,
      yield* placeAt(caller, directory, path, !(flags & AT_SYMLINK_NOFOLLOW), flags),
      times,
    );
  };
}

function* truncate(caller: Caller, size: number): Kernel<number> {
  if (size < 0) return -EINVAL;
  const place = yield* placeAt(caller, AT_FDCWD, caller.args[0], true);
  if (typeof place === 'number') return place;
  return yield* truncatePlace(caller.services.files.core, place, size, caller.credentials, caller.pid);
}

function* ftruncate(caller: Caller, size: number): Kernel<number> {
  if (size < 0) return -EINVAL;
  const file = tableOf(caller).get(caller.args[0]);
  if (!file || file.isPath) return -EBADF;
  if (!file.writable) return -EINVAL;
  if (!file.node.content) return file.node.isRegular && file.node.fs.magic === PROC_SUPER_MAGIC ? 0 : -EINVAL;
  if (file.node.fixed & FS_APPEND_FL) return -EPERM;
  const failed = yield* resizeFile(caller.services.files.core, file.node, size, caller.pid);
  if (failed === 0) tell(file.place.dentry, IN_MODIFY);
  return failed;
}

/** Permissions, owners, times, sizes. */
export const fileAttributeCalls: readonly Row[] = [
  { number: 15, name: 'chmod', run: (c) => chmodAt(c, AT_FDCWD, c.args[0], c.args[1], 0) },
  { number: 16, name: 'lchown', run: chown(AT_SYMLINK_NOFOLLOW, shortId) },
  { number: 30, name: 'utime', run: timesOfPath(readUtimbuf) },
  { number: 92, name: 'truncate', run: (c) => truncate(c, c.args[1]) },
  { number: 93, name: 'ftruncate', run: (c) => ftruncate(c, c.args[1]) },
  { number: 94, name: 'fchmod', run: fchmod },
  { number: 95, name: 'fchown', run: fchown(shortId) },
  { number: 182, name: 'chown', run: chown(0, shortId) },
  { number: 193, name: 'truncate64', run: (c) => truncate(c, wide(c.args[1], c.args[2])) },
  { number: 194, name: 'ftruncate64', run: (c) => ftruncate(c, wide(c.args[1], c.args[2])) },
  { number: 198, name: 'lchown32', run: chown(AT_SYMLINK_NOFOLLOW, longId) },
  { number: 207, name: 'fchown32', run: fchown(longId) },
  { number: 212, name: 'chown32', run: chown(0, longId) },
  { number: 271, name: 'utimes', run: timesOfPath(readTimevals) },
  { number: 298, name: 'fchownat', run: (c) => chownAt(c, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4]) },
  { number: 299, name: 'futimesat', run: timesAt(readTimevals, false) },
  { number: 306, name: 'fchmodat', run: (c) => chmodAt(c, c.args[0], c.args[1], c.args[2], 0) },
  { number: 320, name: 'utimensat', run: timesAt(readTimespecs(4), true) },
  { number: 412, name: 'utimensat_time64', run: timesAt(readTimespecs(8), true) },
  { number: 452, name: 'fchmodat2', run: (c) => chmodAt(c, c.args[0], c.args[1], c.args[2], c.args[3]) },
];
