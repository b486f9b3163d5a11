import { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID } from '../../abi/capabilities.ts';
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
import { capable } from '../capabilities.ts';
import type { Credentials } from '../services.ts';
import type { Inode } from './node.ts';

/** Whether the group is one of the caller's. */
export function inGroup(who: Credentials, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/**
 * 0 when `who` may do `wanted` (R_OK, W_OK, X_OK together) with the node, else -EACCES (path_resolution(7)).
 * CAP_DAC_OVERRIDE allows everything, except to execute a file that nobody may execute.
 */
export function permit(node: Inode, wanted: number, who: Credentials): number {
  if (wanted & W_OK && node.fixed & FS_IMMUTABLE_FL) return -EPERM;
  const mode = node.mode;
  const shift = who.uid === node.uid ? 6 : inGroup(who, node.gid) ? 3 : 0;
  if ((wanted & ~(mode >>> shift) & (R_OK | W_OK | X_OK)) === 0) return 0;
  // Reading, and searching directories, has a capability of its own (generic_permission).
  const reads = node.isDirectory ? !(wanted & W_OK) : !(wanted & (W_OK | X_OK));
  if (reads && capable(who, CAP_DAC_READ_SEARCH)) return 0;
  if (!capable(who, CAP_DAC_OVERRIDE)) return -EACCES;
  return !(wanted & X_OK) || node.isDirectory || mode & 0o111 ? 0 : -EACCES;
}

/** 0 when `who` owns the node or may act as if (CAP_FOWNER), else -EPERM. */
export function owns(node: Inode, who: Credentials): number {
  return who.uid === node.uid || capable(who, CAP_FOWNER) ? 0 : -EPERM;
}

/** 0 when a name of `node` may be removed from `directory`: write and search right, and the sticky rule (unlink(2)). */
export function mayRemove(directory: Inode, node: Inode, who: Credentials): number {
  const denied = permit(directory, W_OK | X_OK, who);
  if (denied < 0) return denied;
  if (directory.fixed & FS_APPEND_FL || node.fixed & (FS_APPEND_FL | FS_IMMUTABLE_FL)) return -EPERM;
  if (!(directory.mode & S_ISVTX) || who.uid === node.uid || who.uid === directory.uid) return 0;
  return capable(who, CAP_FOWNER) ? 0 : -EPERM;
}

/**
 * The mode that a file keeps when somebody changes its bytes or its owner: set-user-ID ends, and set-group-ID where it
 * means anything or the group is foreign (inode(7), setattr_should_drop_suidgid).
 */
export function withoutPrivilege(node: Inode, who: Credentials): number {
  const { mode } = node;
  const dropGroup = mode & S_IXGRP || (!capable(who, CAP_FSETID) && !inGroup(who, node.gid));
  return mode & ~S_ISUID & ~(dropGroup ? S_ISGID : 0);
}

/** Takes the privilege bits from a regular file that somebody without privilege changes. */
export function dropPrivilege(node: Inode, who: Credentials): void {
  if (node.mode & (S_ISUID | S_ISGID) && node.isRegular && !capable(who, CAP_FSETID))
    node.mode = withoutPrivilege(node, who);
}
