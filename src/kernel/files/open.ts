import {
  EACCES,
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EOPNOTSUPP,
  EOVERFLOW,
  EPERM,
  EROFS,
  ETXTBSY,
} from '../../abi/errno.ts';
import {
  FS_APPEND_FL,
  MS_NODEV,
  MS_NOEXEC,
  MS_RDONLY,
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TRUNC,
  R_OK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_ISVTX,
  W_OK,
  X_OK,
} from '../../abi/flags.ts';
import { IN_CREATE } from '../../abi/inotify.ts';
import type { Kernel } from '../platform.ts';
import { dropPrivilege, owns, permit } from './access.ts';
import { setSize } from './attributes.ts';
import type { FilesCore } from './core.ts';
import { directoryOps, newListing } from './directory.ts';
import { openFifo } from './fifo.ts';
import { breakLeases } from './lease.ts';
import { inherit, isName } from './names.ts';
import { Dentry, type Place } from './namespace.ts';
import type { Inode } from './node.ts';
import { type FileOps, makeFile, type OpenFile } from './open-file.ts';
import { regular, SMALL_FILE_MAX } from './regular.ts';
import { tellName } from './tell.ts';
import { checkPath, type Last, remember, type Viewpoint, Walk, walk } from './walk.ts';

/** O_TMPFILE without the O_DIRECTORY that is part of its value. */
const TMPFILE_BIT = 0o20000000;
/** Flags that matter only while opening: not kept in the open file. */
const OPENING = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;
/** A file opened with O_PATH does nothing but stand for a name. */
const pathOps: FileOps = { name: 'path', seekable: false, read: () => -EINVAL, write: () => -EINVAL, poll: () => 0 };

/** An open(2): flags as the caller gave them, permissions for a new file. */
export interface OpenRequest {
  readonly path: string;
  readonly flags: number;
  readonly mode: number;
  readonly pid: number;
}

/** Opens or creates what a path leads to; an open file with one reference, or -errno in Linux's order of checks. */
export function* openPath(core: FilesCore, view: Viewpoint, request: OpenRequest): Kernel<OpenFile | number> {
  const flags = request.flags & O_PATH ? request.flags & (O_DIRECTORY | O_NOFOLLOW | O_PATH) : request.flags;
  if ((flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY)) return -EINVAL;
  if (flags & TMPFILE_BIT) return yield* openTemporary(core, view, request);
  const bad = checkPath(request.path);
  if (bad < 0) return bad;
  const way = new Walk(view, request.path);
  const follow = !(flags & O_NOFOLLOW) && !(flags & O_CREAT && flags & O_EXCL);
  for (;;) {
    const last = yield* way.toLast();
    if (typeof last === 'number') return last;
    if (flags & O_CREAT && last.slash && isName(last)) return -EISDIR;
    const place = yield* way.step(last.name);
    if (place === -ENOENT && flags & O_CREAT) return yield* create(core, view, last, request);
    if (typeof place === 'number') return place;
    if (place.dentry.node.isLink && last.name !== '' && (follow || last.slash)) {
      const failed = yield* way.follow(place);
      if (failed < 0) return failed;
      continue;
    }
    if (flags & O_CREAT && flags & O_EXCL) return -EEXIST;
    if (flags & O_CREAT && place.dentry.node.isDirectory) return -EISDIR;
    if (flags & O_CREAT && isForeign(last.directory.dentry.node, place.dentry.node, view.who.uid)) return -EACCES;
    if ((flags & O_DIRECTORY || last.slash) && !place.dentry.node.isDirectory) return -ENOTDIR;
    return yield* openPlace(core, view, place, flags, request.pid, true);
  }
}

/** O_TMPFILE: a regular file without a name, in the file system of a directory. */
function* openTemporary(core: FilesCore, view: Viewpoint, request: OpenRequest): Kernel<OpenFile | number> {
  const { flags } = request;
  if (!(flags & O_DIRECTORY) || (flags & O_ACCMODE) === O_RDONLY) return -EINVAL;
  const place = yield* walk(view, request.path, !(flags & O_NOFOLLOW));
  if (typeof place === 'number') return place;
  const { mount, dentry } = place;
  if (!dentry.node.isDirectory) return -ENOTDIR;
  if (mount.flags & MS_RDONLY) return -EROFS;
  const denied = permit(dentry.node, W_OK | X_OK, view.who);
  if (denied < 0) return denied;
  const { fs } = dentry.node;
  if (!fs.temporary) return -EOPNOTSUPP;
  const mode = S_IFREG | (request.mode & 0o7777 & ~view.umask);
  const node = fs.temporary(inherit(dentry.node, { mode, owner: view.who, rdev: 0, target: '' }));
  node.linkable = !(flags & O_EXCL);
  const nameless = new Dentry(dentry, `#${node.number}`, node);
  nameless.linked = false;
  return yield* openPlace(core, view, { mount, dentry: nameless }, flags & ~O_TRUNC, request.pid, false);
}

/** Whether O_CREAT meets another user's device, socket or link in a sticky directory that everybody may write to (may_create_in_sticky). */
function isForeign(directory: Inode, node: Inode, uid: number): boolean {
  if ((directory.mode & (S_ISVTX | W_OK)) !== (S_ISVTX | W_OK) || node.isRegular || node.type === S_IFIFO) return false;
  return node.uid !== directory.uid && node.uid !== uid;
}

function* create(core: FilesCore, view: Viewpoint, last: Last, request: OpenRequest): Kernel<OpenFile | number> {
  const { mount, dentry } = last.directory;
  if (!dentry.linked) return -ENOENT;
  if (mount.flags & MS_RDONLY) return -EROFS;
  const denied = permit(dentry.node, W_OK | X_OK, view.who);
  if (denied < 0) return denied;
  const mode = S_IFREG | (request.mode & 0o7777 & ~view.umask);
  const what = inherit(dentry.node, { mode, owner: view.who, rdev: 0, target: '' });
  const node = yield* dentry.node.fs.create(dentry.node, last.name, what);
  if (typeof node === 'number') return node;
  const place = { mount, dentry: remember(dentry, last.name, node) };
  tellName(dentry.node, IN_CREATE, last.name, node);
  return yield* openPlace(core, view, place, request.flags & ~O_TRUNC, request.pid, false);
}

/** The rights that opening with these flags takes; the access mode 3 asks for both (for ioctl alone). */
function wantedBy(flags: number): number {
  const access = flags & O_ACCMODE;
  const write = access !== O_RDONLY || flags & O_TRUNC ? W_OK : 0;
  return (access === 1 ? 0 : R_OK) | write;
}

/** Opens the node at a place; `check`: the caller's rights to it count (not for a file just made). */
export function* openPlace(
  core: FilesCore,
  view: Viewpoint,
  place: Place,
  flags: number,
  pid: number,
  check: boolean,
): Kernel<OpenFile | number> {
  const { node } = place.dentry;
  if (flags & O_PATH) return makeFile(core, pathOps, place, undefined, flags);
  if (node.isLink) return -ELOOP;
  const wanted = wantedBy(flags);
  if (node.isDirectory && wanted & W_OK) return -EISDIR;
  if (check) {
    if (wanted & W_OK && place.mount.flags & MS_RDONLY && (node.isRegular || node.isDirectory)) return -EROFS;
    const denied = permit(node, wanted, view.who);
    if (denied < 0) return denied;
    if (node.fixed & FS_APPEND_FL && wanted & W_OK && (flags & O_TRUNC || !(flags & O_APPEND))) return -EPERM;
    if (flags & O_NOATIME && owns(node, view.who) < 0) return -EPERM;
  }
  const kept = flags & ~OPENING;
  const special = node.fs.open?.(node);
  if (special) return makeFile(core, special.ops, place, special.state, kept);
  switch (node.type) {
    case S_IFDIR:
      return makeFile(core, directoryOps, place, newListing(), kept) as OpenFile;
    case S_IFREG:
      return yield* openRegular(core, view, place, flags, kept);
    case S_IFIFO:
      return yield* openFifo(core, place, kept);
    case S_IFCHR: {
      if (place.mount.flags & MS_NODEV) return -EACCES;
      const opened = core.devices.open(core, node.rdev, pid, flags);
      if (typeof opened === 'number') return opened;
      return makeFile(core, opened.ops, place, opened.state, kept);
    }
    case S_IFLNK:
      return -ELOOP;
    default:
      return -ENXIO;
  }
}

function* openRegular(
  core: FilesCore,
  view: Viewpoint,
  place: Place,
  flags: number,
  kept: number,
): Kernel<OpenFile | number> {
  const { node } = place.dentry;
  if (!(flags & O_LARGEFILE) && node.size > SMALL_FILE_MAX) return -EOVERFLOW;
  const writes = (flags & O_ACCMODE) !== O_RDONLY;
  if (writes && node.writers < 0) return -ETXTBSY;
  if (node.leases) {
    const refused = yield* breakLeases(core, node, flags);
    if (refused < 0) return refused;
  }
  if (flags & O_TRUNC && node.content) {
    if (node.writers < 0) return -ETXTBSY;
    dropPrivilege(node, view.who);
    const failed = yield* setSize(core, node, 0);
    if (failed < 0) return failed;
  }
  return makeFile(core, regular, place, undefined, kept);
}

/** The regular file at a place, for execution: no one may write to it meanwhile. */
export function openForExecution(core: FilesCore, place: Place, view: Viewpoint): OpenFile | number {
  const { node } = place.dentry;
  if (!node.isRegular || !node.content || place.mount.flags & MS_NOEXEC) return -EACCES;
  const denied = permit(node, X_OK, view.who);
  if (denied < 0) return denied;
  if (node.writers > 0) return -ETXTBSY;
  node.writers--;
  return makeFile(core, executing, place, undefined, O_RDONLY);
}

/** A file that is being executed. */
const executing: FileOps = { ...regular, name: 'executable', close: (_core, file) => void file.node.writers++ };
