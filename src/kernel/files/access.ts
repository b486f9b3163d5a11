import { EACCES, EPERM } from '../../abi/errno.ts';
import {
  FS_APPEND_FL,
  FS_IMMUTABLE_FL,
  R_OK,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  S_IXGRP,
  W_OK,
  X_OK,
} from '../../abi/flags.ts';
import type { Credentials } from '../services.ts';
import type { Inode } from './node.ts';

/** Whether the group is one of the caller's. */
export function inGroup(who: Credentials, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/**
 * 0 when `who` may do `wanted` (R_OK, W_OK, X_OK together) with the node, else -EACCES (path_resolution(7)).
 * Root may do everything, except execute a file that nobody may execute.
 */
export function permit(node: Inode, wanted: number, who: Credentials): number {
  if (wanted & W_OK && node.fixed & FS_IMMUTABLE_FL) return -EPERM;
  const mode = node.mode;
  if (who.uid === 0) {
    if (!(wanted & X_OK) || node.isDirectory || mode & 0o111) return 0;
    return -EACCES;
  }
  const shift = who.uid === node.uid ? 6 : inGroup(who, node.gid) ? 3 : 0;
  return (wanted & ~(mode >>> shift) & (R_OK | W_OK | X_OK)) === 0 ? 0 : -EACCES;
}

/** 0 when `who` owns the node or is root, else -EPERM. */
export function owns(node: Inode, who: Credentials): number {
  return who.uid === 0 || who.uid === node.uid ? 0 : -EPERM;
}

/** 0 when a name of `node` may be removed from `directory`: write and search right, and the sticky rule (unlink(2)). */
export function mayRemove(directory: Inode, node: Inode, who: Credentials): number {
  const denied = permit(directory, W_OK | X_OK, who);
  if (denied < 0) return denied;
  if (directory.fixed & FS_APPEND_FL || node.fixed & (FS_APPEND_FL | FS_IMMUTABLE_FL)) return -EPERM;
  if (!(directory.mode & S_ISVTX) || who.uid === 0 || who.uid === node.uid || who.uid === directory.uid) return 0;
  return -EPERM;
}

/**
 * The mode that a file keeps when somebody changes its bytes or its owner: set-user-ID ends, and set-group-ID where it
 * means anything or the group is foreign (inode(7), setattr_should_drop_suidgid).
 */
export function withoutPrivilege(node: Inode, who: Credentials): number {
  const { mode } = node;
  const dropGroup = mode & S_IXGRP || (who.uid !== 0 && !inGroup(who, node.gid));
  return mode & ~S_ISUID & ~(dropGroup ? S_ISGID : 0);
}

/** Takes the privilege bits from a regular file that somebody without privilege changes. */
export function dropPrivilege(node: Inode, who: Credentials): void {
  if (node.mode & (S_ISUID | S_ISGID) && node.isRegular && who.uid !== 0) node.mode = withoutPrivilege(node, who);
}
