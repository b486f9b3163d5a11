import { CAP_MKNOD } from '../../abi/capabilities.ts';
import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, EPERM, EROFS, EXDEV } from '../../abi/errno.ts';
import {
  FS_APPEND_FL,
  FS_IMMUTABLE_FL,
  MS_RDONLY,
  R_OK,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFMT,
  S_ISGID,
  S_ISUID,
  S_IXGRP,
  W_OK,
  X_OK,
} from '../../abi/flags.ts';
import { IN_CREATE } from '../../abi/inotify.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import { mayRemove, owns, permit } from './access.ts';
import type { Dentry, Place } from './namespace.ts';
import { type Inode, type NewNode, ROOT } from './node.ts';
import { tellLinks, tellMoved, tellName, tellRemoved } from './tell.ts';
import { childOf, type Last, remember, type Viewpoint, walkToLast } from './walk.ts';

/** What chattr(1) sets that keeps names and attributes as they are. */
const FIXED = FS_IMMUTABLE_FL | FS_APPEND_FL;

/** Whether the last step of a path is a name that can be made or removed (not the root, '.' or '..'). */
export function isName(last: Last): boolean {
  return last.name !== '' && last.name !== '.' && last.name !== '..';
}

/** The name in last place, as it is there: links and mounts are not followed; -ENOENT and others. */
function lookUp(view: Viewpoint, last: Last): Kernel<Dentry | number> {
  return childOf(last.directory.dentry, last.name, view.who);
}

/** 0 when something new may be made in the directory, else -errno. */
function mayMake(view: Viewpoint, { mount, dentry }: Place): number {
  if (mount.flags & MS_RDONLY) return -EROFS;
  if (!dentry.linked) return -ENOENT;
  return permit(dentry.node, W_OK | X_OK, view.who);
}

/** The directory and free name for something new; -EEXIST when it is taken. `directory`: a trailing slash is allowed. */
function* newName(view: Viewpoint, path: string, directory: boolean): Kernel<Last | number> {
  const last = yield* walkToLast(view, path);
  if (typeof last === 'number') return last;
  if (!isName(last)) return -EEXIST;
  const found = yield* lookUp(view, last);
  if (typeof found !== 'number') return -EEXIST;
  if (found !== -ENOENT) return found;
  if (!last.directory.dentry.linked) return -ENOENT;
  return last.slash && !directory ? -ENOENT : last;
}

/** The owner and mode of something new in a directory: its set-group-ID bit is inherited (inode(7)). */
export function inherit(directory: Inode, what: NewNode): NewNode {
  if (!(directory.mode & S_ISGID)) return what;
  const mode = (what.mode & S_IFMT) === S_IFDIR ? what.mode | S_ISGID : what.mode;
  return { ...what, mode, owner: { uid: what.owner.uid, gid: directory.gid } };
}

function isDevice(mode: number): boolean {
  const kind = mode & S_IFMT;
  return kind === S_IFCHR || kind === S_IFBLK;
}

/** Makes a directory, link, device, FIFO or file at a path that must be free; 0 or -errno. */
export function* make(view: Viewpoint, path: string, what: NewNode): Kernel<number> {
  const last = yield* newName(view, path, (what.mode & S_IFMT) === S_IFDIR);
  if (typeof last === 'number') return last;
  const denied = mayMake(view, last.directory);
  if (denied < 0) return denied;
  if (isDevice(what.mode) && !capable(view.who, CAP_MKNOD)) return -EPERM;
  const { dentry } = last.directory;
  const node = yield* dentry.node.fs.create(dentry.node, last.name, inherit(dentry.node, what));
  if (typeof node === 'number') return node;
  remember(dentry, last.name, node);
  tellName(dentry.node, IN_CREATE, last.name, node);
  return 0;
}

/** Whether `who` may link to the node: his own, or a harmless file that he may read and write (fs.protected_hardlinks). */
function mayLink(node: Inode, who: Credentials): boolean {
  if (owns(node, who) === 0) return true;
  if (!node.isRegular || node.mode & S_ISUID) return false;
  if ((node.mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)) return false;
  return permit(node, R_OK | W_OK, who) === 0;
}

/** Gives what is at `place` another name; 0 or -errno (link(2)). */
export function* link(view: Viewpoint, place: Place, path: string): Kernel<number> {
  const last = yield* newName(view, path, false);
  if (typeof last === 'number') return last;
  const { node } = place.dentry;
  if (place.mount !== last.directory.mount) return -EXDEV;
  if (!mayLink(node, view.who)) return -EPERM;
  const denied = mayMake(view, last.directory);
  if (denied < 0) return denied;
  if (node.isDirectory) return -EPERM;
  if (node.fixed & FIXED) return -EPERM;
  if (node.nlink === 0 && !node.linkable) return -ENOENT;
  const { dentry } = last.directory;
  const failed = yield* dentry.node.fs.link(dentry.node, last.name, node);
  if (failed < 0) return failed;
  remember(dentry, last.name, node);
  tellLinks(node);
  tellName(dentry.node, IN_CREATE, last.name, node);
  return 0;
}

/** Takes a name out of what its directory remembers. */
function forget(dentry: Dentry): void {
  dentry.parent.children?.delete(dentry.name);
  dentry.linked = false;
}

/** 0 when `victim` may lose its name; `directory` says which kind it has to be (may_delete). */
function mayDelete(view: Viewpoint, { mount, dentry }: Place, victim: Dentry, directory: boolean): number {
  if (mount.flags & MS_RDONLY) return -EROFS;
  const denied = mayRemove(dentry.node, victim.node, view.who);
  if (denied < 0) return denied;
  if (directory && !victim.node.isDirectory) return -ENOTDIR;
  if (!directory && victim.node.isDirectory) return -EISDIR;
  return 0;
}

function* isEmpty(node: Inode): Kernel<number> {
  const entries = yield* node.fs.list(node);
  if (typeof entries === 'number') return entries;
  return entries.length === 0 ? 0 : -ENOTEMPTY;
}

/** Removes a name of a file; 0 or -errno (unlink(2)). */
export function* unlink(view: Viewpoint, path: string): Kernel<number> {
  const last = yield* walkToLast(view, path);
  if (typeof last === 'number') return last;
  if (!isName(last)) return -EISDIR;
  const victim = yield* lookUp(view, last);
  if (typeof victim === 'number') return victim;
  if (last.slash) return victim.node.isDirectory ? -EISDIR : -ENOTDIR;
  const denied = mayDelete(view, last.directory, victim, false);
  if (denied < 0) return denied;
  return victim.mounts > 0 ? -EBUSY : yield* remove(last.directory.dentry, victim);
}

/** Removes an empty directory; 0 or -errno (rmdir(2)). */
export function* removeDirectory(view: Viewpoint, path: string): Kernel<number> {
  const last = yield* walkToLast(view, path);
  if (typeof last === 'number') return last;
  if (last.name === '..') return -ENOTEMPTY;
  if (last.name === '.') return -EINVAL;
  if (last.name === '') return -EBUSY;
  const victim = yield* lookUp(view, last);
  if (typeof victim === 'number') return victim;
  const denied = mayDelete(view, last.directory, victim, true);
  if (denied < 0) return denied;
  if (victim.mounts > 0) return -EBUSY;
  const full = yield* isEmpty(victim.node);
  return full < 0 ? full : yield* remove(last.directory.dentry, victim);
}

function* remove(directory: Dentry, victim: Dentry): Kernel<number> {
  const failed = yield* directory.node.fs.remove(directory.node, victim.name, victim.node);
  if (failed < 0) return failed;
  forget(victim);
  tellRemoved(directory.node, victim.name, victim.node);
  return 0;
}

/** Whether `dentry` is `above` or lies below it. */
function isBelow(dentry: Dentry, above: Dentry): boolean {
  for (let at = dentry; ; at = at.parent) {
    if (at === above) return true;
    if (at.isRoot) return false;
  }
}

/** -EINVAL for flags of renameat2 that do not go together, or are not known. */
export function checkRename(flags: number): number {
  if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) return -EINVAL;
  return flags & RENAME_EXCHANGE && flags & (RENAME_NOREPLACE | RENAME_WHITEOUT) ? -EINVAL : 0;
}

/** Renames with flags that `checkRename` let pass; a `to` that is an errno counts only after the old path was walked. 0 or -errno in Linux's order of checks (renameat2(2), do_renameat2). */
export function* rename(
  from: Viewpoint,
  path: string,
  to: Viewpoint | number,
  newPath: string,
  flags: number,
): Kernel<number> {
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  const old = yield* walkToLast(from, path);
  if (typeof old === 'number') return old;
  if (typeof to === 'number') return to;
  const last = yield* walkToLast(to, newPath);
  if (typeof last === 'number') return last;
  if (old.directory.mount !== last.directory.mount) return -EXDEV;
  if (!isName(old)) return -EBUSY;
  if (!isName(last)) return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
  const source = yield* lookUp(from, old);
  if (typeof source === 'number') return source;
  const found = yield* lookUp(to, last);
  const target = typeof found === 'number' ? undefined : found;
  if (typeof found === 'number' && found !== -ENOENT) return found;
  if (!last.directory.dentry.linked) return -ENOENT;
  if (target && flags & RENAME_NOREPLACE) return -EEXIST;
  if (!target && exchange) return -ENOENT;
  if (exchange && last.slash && !target?.node.isDirectory) return -ENOTDIR;
  if (!source.node.isDirectory && (old.slash || (!exchange && last.slash))) return -ENOTDIR;
  if (isBelow(last.directory.dentry, source)) return -EINVAL;
  if (target && isBelow(old.directory.dentry, target)) return exchange ? -EINVAL : -ENOTEMPTY;
  if (target && source.node === target.node) return 0;
  const denied = mayRename(from, old.directory, source, last.directory, target, exchange);
  if (denied < 0) return denied;
  if (source.mounts > 0 || (target && target.mounts > 0)) return -EBUSY;
  if (target?.node.isDirectory && !exchange) {
    const full = yield* isEmpty(target.node);
    if (full < 0) return full;
  }
  if (flags & RENAME_WHITEOUT && !source.node.fs.whiteouts) return -EINVAL;
  const directory = source.parent;
  const moved = yield* move(source, last.directory.dentry, last.name, target, exchange);
  return moved === 0 && flags & RENAME_WHITEOUT ? yield* leaveWhiteout(directory, old.name) : moved;
}

/** A whiteout where a name was (overlay file systems). */
function* leaveWhiteout(directory: Dentry, name: string): Kernel<number> {
  const what = { mode: S_IFCHR, owner: ROOT, rdev: 0, target: '' };
  const node = yield* directory.node.fs.create(directory.node, name, what);
  if (typeof node === 'number') return node;
  remember(directory, name, node);
  return 0;
}

function mayRename(
  view: Viewpoint,
  from: Place,
  source: Dentry,
  to: Place,
  target: Dentry | undefined,
  exchange: boolean,
): number {
  const isDirectory = source.node.isDirectory;
  const denied = mayDelete(view, from, source, isDirectory);
  if (denied < 0) return denied;
  const refused = target
    ? mayDelete(view, to, target, exchange ? target.node.isDirectory : isDirectory)
    : mayMake(view, to);
  if (refused < 0) return refused;
  if (from.dentry === to.dentry) return 0;
  // A directory that gets another parent is changed itself: its '..' is.
  if (isDirectory) {
    const kept = permit(source.node, W_OK, view.who);
    if (kept < 0) return kept;
  }
  return exchange && target?.node.isDirectory ? permit(target.node, W_OK, view.who) : 0;
}

function* move(
  source: Dentry,
  to: Dentry,
  newName: string,
  target: Dentry | undefined,
  exchange: boolean,
): Kernel<number> {
  const from = source.parent;
  const { name, node } = source;
  const replaced = target?.node;
  const failed = yield* node.fs.rename({ from: from.node, name, to: to.node, newName, node, replaced, exchange });
  if (failed < 0) return failed;
  from.children?.delete(name);
  if (target && !exchange) forget(target);
  place(source, to, newName);
  if (target && exchange) place(target, from, name);
  tellMoved(from.node, name, to.node, newName, node, exchange ? undefined : replaced);
  if (replaced && exchange) tellMoved(to.node, newName, from.node, name, replaced);
  return 0;
}

function place(dentry: Dentry, directory: Dentry, name: string): void {
  dentry.parent = directory;
  dentry.name = name;
  directory.children ??= new Map();
  directory.children.set(name, dentry);
}
