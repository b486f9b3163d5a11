import { CAP_CHOWN, CAP_FSETID } from '../../abi/capabilities.ts';
import { EFBIG, EINVAL, EISDIR, EPERM, EROFS, ETXTBSY } from '../../abi/errno.ts';
import {
  FS_APPEND_FL,
  FS_IMMUTABLE_FL,
  MS_RDONLY,
  O_WRONLY,
  RLIMIT_FSIZE,
  S_IFREG,
  S_ISGID,
  W_OK,
} from '../../abi/flags.ts';
import { IN_ACCESS, IN_ATTRIB, IN_MODIFY } from '../../abi/inotify.ts';
import { SIGXFSZ } from '../../abi/signals.ts';
import { capable } from '../capabilities.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import { dropPrivilege, inGroup, owns, permit, withoutPrivilege } from './access.ts';
import type { Stamp } from './clock.ts';
import type { FilesCore } from './core.ts';
import { breakLeases } from './lease.ts';
import type { Dentry, Place } from './namespace.ts';
import type { Change, Inode } from './node.ts';
import { FILE_MAX } from './regular.ts';
import { F_SEAL_EXEC, mayResize } from './seals.ts';
import { tell } from './tell.ts';

/** Tells of a change that worked; its result. */
function told(dentry: Dentry, result: number, mask = IN_ATTRIB): number {
  if (result === 0) tell(dentry, mask);
  return result;
}

/** What chattr(1) sets that forbids to change attributes. */
const FIXED = FS_IMMUTABLE_FL | FS_APPEND_FL;

/** -EPERM for a node whose attributes are fixed, else `otherwise`. */
function fixedOr(node: Inode, otherwise: number): number {
  return node.fixed & FIXED ? -EPERM : otherwise;
}

/** chmod(2): the owner's and root's; a set-group-ID bit of a foreign group is dropped. */
export function* changeMode({ mount, dentry }: Place, mode: number, who: Credentials): Kernel<number> {
  if (mount.flags & MS_RDONLY) return -EROFS;
  const { node } = dentry;
  const denied = fixedOr(node, owns(node, who));
  if (denied < 0) return denied;
  if (node.seals && node.seals & F_SEAL_EXEC && (node.mode ^ mode) & 0o111) return -EPERM;
  const foreign = !capable(who, CAP_FSETID) && !inGroup(who, node.gid);
  return told(dentry, yield* node.fs.change(node, { mode: foreign ? mode & 0o7777 & ~S_ISGID : mode & 0o7777 }));
}

/** chown(2): -1 keeps an id. Root's; an owner may give his file to one of his groups. */
export function* changeOwner({ mount, dentry }: Place, uid: number, gid: number, who: Credentials): Kernel<number> {
  if (mount.flags & MS_RDONLY) return -EROFS;
  const { node } = dentry;
  if (node.fixed & FIXED) return -EPERM;
  const change: Change = {};
  if (uid !== -1) change.uid = uid >>> 0;
  if (gid !== -1) change.gid = gid >>> 0;
  if (!capable(who, CAP_CHOWN)) {
    if (change.uid !== undefined && (who.uid !== node.uid || change.uid !== node.uid)) return -EPERM;
    if (change.gid !== undefined && (who.uid !== node.uid || !inGroup(who, change.gid))) return -EPERM;
  }
  if (!node.isDirectory && node.mode & 0o6000) change.mode = withoutPrivilege(node, who) & 0o7777;
  return told(dentry, yield* node.fs.change(node, change));
}

/** New times; undefined keeps one, 'now' is the current time (utimensat(2)). */
export function* changeTimes(
  core: FilesCore,
  { mount, dentry }: Place,
  atime: Stamp | 'now' | undefined,
  mtime: Stamp | 'now' | undefined,
  who: Credentials,
): Kernel<number> {
  if (mount.flags & MS_RDONLY) return -EROFS;
  const { node } = dentry;
  if (atime === undefined && mtime === undefined) return 0;
  if (atime === 'now' && mtime === 'now') {
    // Whoever may write may also say that he did so now.
    if (node.fixed & FS_IMMUTABLE_FL) return -EPERM;
    const denied = owns(node, who) === 0 ? 0 : permit(node, W_OK, who);
    if (denied < 0) return denied;
  } else {
    const denied = fixedOr(node, owns(node, who));
    if (denied < 0) return denied;
  }
  const stamp = (time: Stamp | 'now' | undefined) => (time === 'now' ? core.clock.stamp() : time);
  const mask = atime === undefined ? IN_MODIFY : mtime === undefined ? IN_ACCESS : IN_ATTRIB;
  return told(dentry, yield* node.fs.change(node, { atime: stamp(atime), mtime: stamp(mtime) }), mask);
}

/** Cuts or extends a regular file to `size` bytes; the right to write has been checked. */
export function* resizeFile(core: FilesCore, node: Inode, size: number, pid: number): Kernel<number> {
  if (size < 0) return -EINVAL;
  const sealed = mayResize(node, size);
  if (sealed < 0) return sealed;
  if (size > node.size && size > core.tasks.limit(pid, RLIMIT_FSIZE)) {
    core.tasks.signal(pid, SIGXFSZ);
    return -EFBIG;
  }
  if (size > FILE_MAX) return -EFBIG;
  dropPrivilege(node, core.tasks.credentials(pid));
  return yield* setSize(core, node, size);
}

/** Cuts or extends a file; those who have mapped what goes are told. */
export function* setSize(core: FilesCore, node: Inode, size: number): Kernel<number> {
  const before = node.size;
  const failed = yield* node.fs.truncate(node, size);
  if (failed === 0 && size < before) core.truncated(node.fs.device, node.number, Math.ceil(size / PAGE));
  return failed;
}

/** truncate(2) at a place. */
export function* truncatePlace(
  core: FilesCore,
  place: Place,
  size: number,
  who: Credentials,
  pid: number,
): Kernel<number> {
  const { node } = place.dentry;
  if (node.isDirectory) return -EISDIR;
  if (node.type !== S_IFREG) return -EINVAL;
  if (place.mount.flags & MS_RDONLY) return -EROFS;
  const denied = permit(node, W_OK, who);
  if (denied < 0) return denied;
  if (node.fixed & FS_APPEND_FL) return -EPERM;
  if (node.writers < 0) return -ETXTBSY;
  const refused = node.leases ? yield* breakLeases(core, node, O_WRONLY) : 0;
  if (refused < 0) return refused;
  return told(place.dentry, yield* resizeFile(core, node, size, pid), IN_MODIFY);
}
