import { EOVERFLOW } from '../../abi/errno.ts';
import {
  S_IFREG,
  STATX_ATTR_APPEND,
  STATX_ATTR_IMMUTABLE,
  STATX_ATTR_MOUNT_ROOT,
  STATX_ATTR_NODUMP,
  STATX_BASIC_STATS,
  STATX_BTIME,
  STATX_MNT_ID,
} from '../../abi/flags.ts';
import { type Layout, OLD_STAT, STAT, STAT64, STATX, STATX_TIMESTAMP } from '../../abi/structs.ts';
import { PAGE } from '../memory/frames.ts';
import type { Stamp } from './clock.ts';
import { majorOf, minorOf } from './devices.ts';
import type { Place } from './namespace.ts';
import type { Inode } from './node.ts';

/** Attributes of chattr(1) that statx(2) tells, with the same bits: immutable, append-only, not to be dumped. */
const FIXED = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_NODUMP;

/** A structure that is filled field by field. */
class Record<F extends string> {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #layout: Layout<F>;

  constructor(layout: Layout<F>) {
    this.bytes = new Uint8Array(layout.size);
    this.#view = new DataView(this.bytes.buffer);
    this.#layout = layout;
  }

  /** Stores a number in a field of 1, 2, 4 or 8 bytes; `within` moves into a nested structure. */
  set(field: F, value: number, within = 0, size = this.#layout.sizes[field]): this {
    const at = this.#layout.at[field] + within;
    if (size === 2) this.#view.setUint16(at, value, true);
    else this.#view.setUint32(at, value % 0x100000000, true);
    if (size === 8) this.#view.setInt32(at + 4, Math.floor(value / 0x100000000), true);
    return this;
  }
}

/** Blocks of 512 bytes that a node takes. */
export function blocksOf(node: Inode): number {
  if (node.content) return node.content.pagesUsed() * (PAGE / 512);
  return node.type === S_IFREG ? Math.ceil(node.size / 512) : node.isDirectory ? 8 : 0;
}

/** struct stat64 of a node. */
export function stat64(node: Inode): Uint8Array {
  return new Record(STAT64)
    .set('st_dev', node.fs.device)
    .set('__st_ino', node.number)
    .set('st_mode', node.mode)
    .set('st_nlink', node.nlink)
    .set('st_uid', node.uid)
    .set('st_gid', node.gid)
    .set('st_rdev', node.rdev)
    .set('st_size', node.size)
    .set('st_blksize', PAGE)
    .set('st_blocks', blocksOf(node))
    .set('st_atime', node.atime.seconds)
    .set('st_atime_nsec', node.atime.nanoseconds)
    .set('st_mtime', node.mtime.seconds)
    .set('st_mtime_nsec', node.mtime.nanoseconds)
    .set('st_ctime', node.ctime.seconds)
    .set('st_ctime_nsec', node.ctime.nanoseconds)
    .set('st_ino', node.number).bytes;
}

/** struct stat of a node; -EOVERFLOW when its size does not fit. */
export function stat(node: Inode): Uint8Array | number {
  if (node.size > 0x7fffffff) return -EOVERFLOW;
  return new Record(STAT)
    .set('st_dev', node.fs.device)
    .set('st_ino', node.number)
    .set('st_mode', node.mode)
    .set('st_nlink', node.nlink)
    .set('st_uid', shortId(node.uid))
    .set('st_gid', shortId(node.gid))
    .set('st_rdev', node.rdev)
    .set('st_size', node.size)
    .set('st_blksize', PAGE)
    .set('st_blocks', blocksOf(node))
    .set('st_atime', node.atime.seconds)
    .set('st_atime_nsec', node.atime.nanoseconds)
    .set('st_mtime', node.mtime.seconds)
    .set('st_mtime_nsec', node.mtime.nanoseconds)
    .set('st_ctime', node.ctime.seconds)
    .set('st_ctime_nsec', node.ctime.nanoseconds).bytes;
}

/** struct __old_kernel_stat of a node; -EOVERFLOW when its size, inode number or links do not fit. */
export function oldStat(node: Inode): Uint8Array | number {
  if (node.size > 0x7fffffff || node.number > 0xffff || node.nlink > 0xffff) return -EOVERFLOW;
  return new Record(OLD_STAT)
    .set('st_dev', node.fs.device)
    .set('st_ino', node.number)
    .set('st_mode', node.mode)
    .set('st_nlink', node.nlink)
    .set('st_uid', shortId(node.uid))
    .set('st_gid', shortId(node.gid))
    .set('st_rdev', node.rdev)
    .set('st_size', node.size)
    .set('st_atime', node.atime.seconds)
    .set('st_mtime', node.mtime.seconds)
    .set('st_ctime', node.ctime.seconds).bytes;
}

/** A user or group id as the 16-bit calls see it: 65534 stands for what does not fit. */
export function shortId(id: number): number {
  return id > 0xffff ? 65534 : id;
}

/** struct statx of a place; everything that is known is filled in, asked for or not. */
export function statx({ dentry, mount }: Place): Uint8Array {
  const { node } = dentry;
  const record = new Record(STATX)
    .set('stx_mask', STATX_BASIC_STATS | STATX_MNT_ID | (node.birth ? STATX_BTIME : 0))
    .set('stx_blksize', PAGE)
    .set('stx_attributes', (dentry === mount.root && mount.id !== 0 ? STATX_ATTR_MOUNT_ROOT : 0) | (node.fixed & FIXED))
    .set('stx_attributes_mask', STATX_ATTR_MOUNT_ROOT | (node.fs.type === 'ext4' ? FIXED : 0))
    .set('stx_nlink', node.nlink)
    .set('stx_uid', node.uid)
    .set('stx_gid', node.gid)
    .set('stx_mode', node.mode)
    .set('stx_ino', node.number)
    .set('stx_size', node.size)
    .set('stx_blocks', blocksOf(node))
    .set('stx_rdev_major', majorOf(node.rdev))
    .set('stx_rdev_minor', minorOf(node.rdev))
    .set('stx_dev_major', majorOf(node.fs.device))
    .set('stx_dev_minor', minorOf(node.fs.device))
    .set('stx_mnt_id', mount.id);
  const times: [field: 'stx_atime' | 'stx_mtime' | 'stx_ctime', stamp: Stamp][] = [
    ['stx_atime', node.atime],
    ['stx_mtime', node.mtime],
    ['stx_ctime', node.ctime],
  ];
  if (node.birth)
    record
      .set('stx_btime', node.birth.seconds, STATX_TIMESTAMP.at.tv_sec, 8)
      .set('stx_btime', node.birth.nanoseconds, STATX_TIMESTAMP.at.tv_nsec, 4);
  for (const [field, { seconds, nanoseconds }] of times)
    record.set(field, seconds, STATX_TIMESTAMP.at.tv_sec, 8).set(field, nanoseconds, STATX_TIMESTAMP.at.tv_nsec, 4);
  return record.bytes;
}
