import { EFBIG, EIO } from '../../abi/errno.ts';
import {
  O_APPEND,
  O_LARGEFILE,
  O_NOATIME,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  RLIMIT_FSIZE,
} from '../../abi/flags.ts';
import { SIGXFSZ } from '../../abi/signals.ts';
import type { Kernel } from '../platform.ts';
import type { Ranges } from '../services.ts';
import { dropPrivilege } from './access.ts';
import type { Stamp } from './clock.ts';
import type { Content } from './content.ts';
import type { FilesCore } from './core.ts';
import type { Inode } from './node.ts';
import type { FileOps, OpenFile, Transfer } from './open-file.ts';
import { writable } from './seals.ts';

/** Largest file: what ext4 with 4 KiB blocks allows. */
export const FILE_MAX = 0xffffffff000;
/** Largest file of a program that did not ask for large ones (O_LARGEFILE). */
export const SMALL_FILE_MAX = 0x7fffffff;

/** Regular files: bytes in the page cache. */
export const regular: FileOps = {
  name: 'file',
  seekable: true,
  read: readRegular,
  write: writeRegular,
  poll: () => POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM,
};

function readRegular(core: FilesCore, file: OpenFile, transfer: Transfer): number | Kernel<number> {
  const { node } = file;
  const content = node.content as Content;
  if (!(file.flags & O_NOATIME)) accessed(core, node);
  const count = content.readNow(transfer.position, node.size, transfer.ranges);
  return count >= 0 ? count : content.readAt(transfer.position, node.size, transfer.ranges);
}

/** Notes a read as `relatime` does: only when the last one is older than the last change. */
export function accessed(core: FilesCore, node: Inode): void {
  if (!later(node.atime, node.mtime) || !later(node.atime, node.ctime)) node.atime = core.clock.stamp();
}

function later(a: Stamp, b: Stamp): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanoseconds > b.nanoseconds);
}

function* writeRegular(core: FilesCore, file: OpenFile, transfer: Transfer): Kernel<number> {
  const { node } = file;
  const position = file.flags & O_APPEND ? node.size : transfer.position;
  if (transfer.wanted === 0) return 0;
  const room = mayGrow(core, file, position, transfer.pid);
  if (room < 0) return room;
  const sealed = node.seals ? writable(node, position, Math.min(transfer.length, room)) : room;
  if (sealed < 0) return sealed;
  const most = Math.min(room, sealed);
  const ranges = transfer.length > most ? shortened(transfer.ranges, most) : transfer.ranges;
  const count = yield* writeNode(core, node, position, ranges);
  if (count > 0 && node.mode & 0o6000) dropPrivilege(node, core.tasks.credentials(transfer.pid));
  return count;
}

/** Writes bytes of a node at a position and lets it grow; the count or -errno. */
export function* writeNode(core: FilesCore, node: Inode, position: number, ranges: Ranges): Kernel<number> {
  if (!node.content) return -EIO;
  if (position > node.size) node.content.clearTail(node.size);
  const count = yield* node.content.writeAt(position, ranges);
  if (count > 0) {
    if (position + count > node.size) node.size = position + count;
    node.mtime = node.ctime = core.clock.stamp();
  }
  return count;
}

/** How many bytes may be written at `position`; -EFBIG (with SIGXFSZ at the resource limit). */
function mayGrow(core: FilesCore, file: OpenFile, position: number, pid: number): number {
  const limit = core.tasks.limit(pid, RLIMIT_FSIZE);
  if (position >= limit) {
    core.tasks.signal(pid, SIGXFSZ);
    return -EFBIG;
  }
  const most = file.flags & O_LARGEFILE ? FILE_MAX : SMALL_FILE_MAX;
  return position >= most ? -EFBIG : Math.min(limit, most) - position;
}

/** The first `length` bytes of ranges. */
export function shortened(ranges: Ranges, length: number): Ranges {
  const short: number[] = [];
  let left = length;
  for (let i = 0; i < ranges.length && left > 0; i += 2) {
    const piece = Math.min(left, ranges[i + 1]);
    short.push(ranges[i], piece);
    left -= piece;
  }
  return short;
}
