import { EPERM } from '../../abi/errno.ts';
import { TMPFS_MAGIC } from '../../abi/flags.ts';
import type { Inode } from './node.ts';

// What may no longer happen to a file (memfd_create(2), F_ADD_SEALS of fcntl(2))
export const F_SEAL_SEAL = 1;
export const F_SEAL_SHRINK = 2;
export const F_SEAL_GROW = 4;
export const F_SEAL_WRITE = 8;
export const F_SEAL_FUTURE_WRITE = 16;
export const F_SEAL_EXEC = 32;
export const ALL_SEALS = 63;
const WRITES = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

/** The seals of a node, -1 for one that cannot have any; files of a tmpfs that did not ask for sealing are sealed against it. */
export function sealsOf(node: Inode): number {
  if (node.seals !== undefined) return node.seals;
  return node.isRegular && node.fs.magic === TMPFS_MAGIC ? F_SEAL_SEAL : -1;
}

/** Whether bytes of the node may be changed: 0 or -EPERM. */
export function mayWrite({ seals = 0 }: Inode): number {
  return seals & WRITES ? -EPERM : 0;
}

/** Whether the node may get another size: 0 or -EPERM. */
export function mayResize({ seals = 0, size }: Inode, wanted: number): number {
  return (wanted < size && seals & F_SEAL_SHRINK) || (wanted > size && seals & F_SEAL_GROW) ? -EPERM : 0;
}

/** Bytes that a write of `length` at `position` may write; -EPERM when it is none. Whole pages are refused, as shmem does it. */
export function writable(node: Inode, position: number, length: number): number {
  const { seals = 0, size } = node;
  if (seals & WRITES) return -EPERM;
  if (!(seals & F_SEAL_GROW) || position + length <= size) return length;
  const pages = Math.floor(size / 4096) * 4096;
  return pages > position ? pages - position : -EPERM;
}
