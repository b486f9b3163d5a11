import { CAP_SETFCAP, CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { E2BIG, EEXIST, EINVAL, ENODATA, ENOSPC, EOPNOTSUPP, EPERM, EROFS } from '../../abi/errno.ts';
import { FS_APPEND_FL, FS_IMMUTABLE_FL, MS_RDONLY, R_OK, S_ISVTX, W_OK } from '../../abi/flags.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import { owns, permit } from './access.ts';
import type { FilesCore } from './core.ts';
import type { Place } from './namespace.ts';
import type { Inode } from './node.ts';

/** Flags of setxattr(2). */
const XATTR_CREATE = 1;
const XATTR_REPLACE = 2;
/** Bytes of names and values that one node holds, as a block of ext4 does. */
const ROOM = 4096;
/** Longest value (limits.h). */
const XATTR_SIZE_MAX = 65536;

/** The name spaces that file systems keep (xattr(7)); access control lists (system.) are not among them. */
const KEPT = ['user.', 'trusted.', 'security.'];

/** 0 when `who` may read or write this attribute (xattr_permission in Linux's fs/xattr.c). */
function allowed(node: Inode, name: string, write: boolean, who: Credentials): number {
  if (write && node.fixed & (FS_IMMUTABLE_FL | FS_APPEND_FL)) return -EPERM;
  if (name.startsWith('security.') || name.startsWith('system.')) return 0;
  if (name.startsWith('trusted.')) return capable(who, CAP_SYS_ADMIN) ? 0 : write ? -EPERM : -ENODATA;
  if (name.startsWith('user.')) {
    if (!node.isRegular && !node.isDirectory) return write ? -EPERM : -ENODATA;
    if (write && node.isDirectory && node.mode & S_ISVTX && owns(node, who) < 0) return -EPERM;
  }
  return permit(node, write ? W_OK : R_OK, who);
}

/** 0 when the node's file system keeps attributes of this name space. */
function kept(node: Inode, name: string): number {
  const space = node.fs.keepsAttributes && KEPT.find((prefix) => name.startsWith(prefix));
  if (!space) return -EOPNOTSUPP;
  return name.length === space.length ? -EINVAL : 0;
}

/** getxattr(2): the value, or -errno. */
export function getAttribute(node: Inode, name: string, who: Credentials): Uint8Array | number {
  const denied = allowed(node, name, false, who) || kept(node, name);
  return denied < 0 ? denied : (node.attributes?.get(name) ?? -ENODATA);
}

/** listxattr(2): the names, each with its zero; those of trusted. are root's to see. */
export function listAttributes(node: Inode, who: Credentials): string {
  const names = [...(node.attributes?.keys() ?? [])];
  return names
    .filter((name) => capable(who, CAP_SYS_ADMIN) || !name.startsWith('trusted.'))
    .map((name) => `${name}\0`)
    .join('');
}

/** 0 when an attribute of the place may be changed. */
function changeable({ mount, dentry }: Place, name: string, who: Credentials): number {
  if (mount.flags & MS_RDONLY) return -EROFS;
  const denied = allowed(dentry.node, name, true, who) || kept(dentry.node, name);
  if (denied < 0) return denied;
  if (name === 'security.capability') return capable(who, CAP_SETFCAP) ? 0 : -EPERM;
  return name.startsWith('security.') && !capable(who, CAP_SYS_ADMIN) ? -EPERM : 0;
}

/** setxattr(2) with `flags` XATTR_*. */
export function* setAttribute(
  core: FilesCore,
  place: Place,
  name: string,
  value: Uint8Array,
  flags: number,
  who: Credentials,
): Kernel<number> {
  const denied = changeable(place, name, who);
  if (denied < 0) return denied;
  const { node } = place.dentry;
  const known = node.attributes?.get(name);
  if (known && flags & XATTR_CREATE) return -EEXIST;
  if (!known && flags & XATTR_REPLACE) return -ENODATA;
  const attributes = node.attributes ?? new Map<string, Uint8Array>();
  let used = name.length + value.length;
  for (const [other, bytes] of attributes) if (other !== name) used += other.length + bytes.length;
  if (used > ROOM) return -ENOSPC;
  node.attributes = attributes.set(name, value);
  node.ctime = core.clock.stamp();
  return 0;
}

/** removexattr(2). */
export function* removeAttribute(core: FilesCore, place: Place, name: string, who: Credentials): Kernel<number> {
  const denied = changeable(place, name, who);
  if (denied < 0) return denied;
  const { node } = place.dentry;
  if (!node.attributes?.delete(name)) return -ENODATA;
  node.ctime = core.clock.stamp();
  return 0;
}

/** What setxattr(2) says of a value's size and the flags before it looks at anything else; 0 when they are good. */
export function badAttribute(size: number, flags: number): number {
  if (flags & ~(XATTR_CREATE | XATTR_REPLACE)) return -EINVAL;
  return size >>> 0 > XATTR_SIZE_MAX ? -E2BIG : 0;
}
