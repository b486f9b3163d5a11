import { EACCES, EBADF, EINVAL, ENOENT, EROFS } from '../../abi/errno.ts';
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_STATX_DONT_SYNC,
  AT_STATX_FORCE_SYNC,
  AT_SYMLINK_NOFOLLOW,
  MS_NOEXEC,
  MS_RDONLY,
  W_OK,
  X_OK,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { CapabilitySet } from '../capabilities.ts';
import { permit } from '../files/access.ts';
import type { Place } from '../files/namespace.ts';
import type { Inode } from '../files/node.ts';
import { oldStat, stat, stat64, statx } from '../files/stat.ts';
import { walk } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import { placeAt, tableOf, viewAt } from './file-arguments.ts';

/** How one generation of stat presents a node. */
type Shape = (node: Inode) => Uint8Array | number;

function deliver(caller: Caller, address: number, shaped: Uint8Array | number): number {
  return typeof shaped === 'number' ? shaped : caller.user.write(address, shaped);
}

function ofPath(shape: Shape, follow: boolean) {
  return function* run(caller: Caller): Kernel<number> {
    const [path, address] = caller.args;
    const place = yield* placeAt(caller, AT_FDCWD, path, follow);
    return typeof place === 'number' ? place : deliver(caller, address, shape(place.dentry.node));
  };
}

function ofDescriptor(shape: Shape) {
  return (caller: Caller): number => {
    const [fd, address] = caller.args;
    const file = tableOf(caller).get(fd);
    return file ? deliver(caller, address, shape(file.node)) : -EBADF;
  };
}

/** Flags of fstatat and statx. */
const STATX_FLAGS = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;

function* fstatat64(caller: Caller): Kernel<number> {
  const [directory, path, address, flags] = caller.args;
  if (flags & ~STATX_FLAGS) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, !(flags & AT_SYMLINK_NOFOLLOW), flags);
  return typeof place === 'number' ? place : deliver(caller, address, stat64(place.dentry.node));
}

/** A bit of statx's mask that must not be set (STATX__RESERVED). */
const STATX_RESERVED = 0x80000000 | 0;

function* runStatx(caller: Caller): Kernel<number> {
  const [directory, path, flags, mask, address] = caller.args;
  if (mask & STATX_RESERVED) return -EINVAL;
  const both = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
  if (flags & ~STATX_FLAGS || (flags & both) === both) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, !(flags & AT_SYMLINK_NOFOLLOW), flags);
  return typeof place === 'number' ? place : deliver(caller, address, statx(place));
}

/** Who the caller is by his real ids; a user other than root has no capabilities in that role (access_override_creds). */
function realCredentials(of: Credentials): Credentials {
  const { realUid: uid, realGid: gid } = of;
  const held = of.effective && { effective: (uid === 0 && of.permitted) || CapabilitySet.none };
  return { ...of, uid, gid, ...held };
}

/** access(2): judged by the real ids unless AT_EACCESS is given. */
function* accessAt(caller: Caller, directory: number, path: number, mode: number, flags: number): Kernel<number> {
  if (mode & ~7) return -EINVAL;
  if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  const { credentials } = caller;
  const who = flags & AT_EACCESS ? credentials : realCredentials(credentials);
  const name = caller.user.string(path);
  if (typeof name === 'number') return name;
  if (name === '' && !(flags & AT_EMPTY_PATH)) return -ENOENT;
  const view = viewAt(caller, directory, name);
  if (typeof view === 'number') return view;
  const itself = name === '' && flags & AT_EMPTY_PATH;
  const place: Place | number = itself
    ? view.start
    : yield* walk({ ...view, who }, name, !(flags & AT_SYMLINK_NOFOLLOW));
  if (typeof place === 'number') return place;
  const { node } = place.dentry;
  if (mode & X_OK && node.isRegular && place.mount.flags & MS_NOEXEC) return -EACCES;
  const denied = permit(node, mode, who);
  if (denied < 0) return denied;
  const special = !node.isRegular && !node.isDirectory;
  return mode & W_OK && place.mount.flags & MS_RDONLY && !special ? -EROFS : 0;
}

function* readlinkAt(caller: Caller, directory: number, path: number, address: number, size: number): Kernel<number> {
  if (size <= 0) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, false, AT_EMPTY_PATH);
  if (typeof place === 'number') return place;
  const { node } = place.dentry;
  // An empty path without a link behind it is no link that is missing.
  if (!node.isLink) return caller.user.string(path) === '' ? -ENOENT : -EINVAL;
  const target = yield* node.fs.readlink(node, caller.pid);
  if (typeof target === 'number') return target;
  const length = Math.min(target.length, size);
  const bytes = Uint8Array.from({ length }, (_, i) => target.charCodeAt(i));
  const failed = caller.user.write(address, bytes);
  return failed < 0 ? failed : length;
}

/** What files are: stat in all its generations, access, readlink. */
export const fileStatCalls: readonly Row[] = [
  { number: 18, name: 'oldstat', run: ofPath(oldStat, true) },
  { number: 28, name: 'oldfstat', run: ofDescriptor(oldStat) },
  { number: 33, name: 'access', run: (c) => accessAt(c, AT_FDCWD, c.args[0], c.args[1], 0) },
  { number: 84, name: 'oldlstat', run: ofPath(oldStat, false) },
  { number: 85, name: 'readlink', run: (c) => readlinkAt(c, AT_FDCWD, c.args[0], c.args[1], c.args[2]) },
  { number: 106, name: 'stat', run: ofPath(stat, true) },
  { number: 107, name: 'lstat', run: ofPath(stat, false) },
  { number: 108, name: 'fstat', run: ofDescriptor(stat) },
  { number: 195, name: 'stat64', run: ofPath(stat64, true) },
  { number: 196, name: 'lstat64', run: ofPath(stat64, false) },
  { number: 197, name: 'fstat64', run: ofDescriptor(stat64) },
  { number: 300, name: 'fstatat64', run: fstatat64 },
  { number: 305, name: 'readlinkat', run: (c) => readlinkAt(c, c.args[0], c.args[1], c.args[2], c.args[3]) },
  { number: 307, name: 'faccessat', run: (c) => accessAt(c, c.args[0], c.args[1], c.args[2], 0) },
  {
    number: 383,
    name: 'statx',
    run: runStatx,
    note: 'a creation time only for what this run made; attributes: mount root and those of chattr(1)',
  },
  { number: 439, name: 'faccessat2', run: (c) => accessAt(c, c.args[0], c.args[1], c.args[2], c.args[3]) },
];
