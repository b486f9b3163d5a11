import { EBADF, EFBIG, EINVAL, ENODEV, EOPNOTSUPP, EPERM, ESPIPE } from '../../abi/errno.ts';
import {
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_INSERT_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  FS_APPEND_FL,
  FS_IMMUTABLE_FL,
} from '../../abi/flags.ts';
import { IN_MODIFY } from '../../abi/inotify.ts';
import type { Caller, Row } from '../call.ts';
import { dropPrivilege } from '../files/access.ts';
import { resizeFile } from '../files/attributes.ts';
import type { Content } from '../files/content.ts';
import type { FilesCore } from '../files/core.ts';
import type { Inode } from '../files/node.ts';
import type { OpenFile } from '../files/open-file.ts';
import { FILE_MAX } from '../files/regular.ts';
import { mayResize, mayWrite } from '../files/seals.ts';
import { tell } from '../files/tell.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, wide } from './file-arguments.ts';

const KEEP = FALLOC_FL_KEEP_SIZE;
/** What fallocate(2) may be asked for together (vfs_fallocate). */
const MODES: ReadonlySet<number> = new Set([
  0,
  KEEP,
  KEEP | FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  KEEP | FALLOC_FL_ZERO_RANGE,
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_INSERT_RANGE,
]);

function fallocate(caller: Caller): number | Kernel<number> {
  const [fd, mode] = caller.args;
  const start = wide(caller.args[2], caller.args[3]);
  const length = wide(caller.args[4], caller.args[5]);
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (start < 0 || length <= 0) return -EINVAL;
  if (!MODES.has(mode)) return -EOPNOTSUPP;
  if (!file.writable) return -EBADF;
  const { node } = file;
  if (node.fixed & FS_IMMUTABLE_FL || (mode & ~KEEP && node.fixed & FS_APPEND_FL)) return -EPERM;
  if (!node.content) return node.pipe ? -ESPIPE : -ENODEV;
  if (start + length > FILE_MAX) return -EFBIG;
  const sealed = mode & FALLOC_FL_PUNCH_HOLE ? mayWrite(node) : mayResize(node, Math.max(node.size, start + length));
  if (sealed < 0) return sealed;
  return allocate(caller, file, mode, start, start + length);
}

function* allocate(caller: Caller, file: OpenFile, mode: number, start: number, end: number): Kernel<number> {
  const { node } = file;
  const { core } = caller.services.files;
  dropPrivilege(node, caller.credentials);
  const result = yield* mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)
    ? shift(core, node, mode, start, end)
    : fill(caller, core, node, mode, start, end);
  if (result === 0 && mode & ~KEEP) node.mtime = node.ctime = core.clock.stamp();
  if (result === 0) tell(file.place.dentry, IN_MODIFY);
  return result;
}

/** Pages from `first` on are mapped nowhere any more: what they hold is about to change place. */
function unmap(core: FilesCore, node: Inode, first: number): void {
  if (node.content?.isMapped(first)) core.truncated(node.fs.device, node.number, first);
}

/** Makes room, or zeros, or both. */
function* fill(caller: Caller, core: FilesCore, node: Inode, mode: number, start: number, end: number): Kernel<number> {
  const content = node.content as Content;
  if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
    unmap(core, node, Math.floor(start / PAGE));
    // The page in which the file ends goes as a whole.
    const stop = Math.ceil(Math.max(node.size, start) / PAGE) * PAGE;
    const failed = yield* content.punch(start, Math.min(end, stop));
    if (failed < 0) return failed;
  }
  if (mode & FALLOC_FL_PUNCH_HOLE) return 0;
  const full = content.reserve(start, end);
  if (full < 0) return full;
  if (mode & KEEP || end <= node.size) return 0;
  return yield* resizeFile(core, node, end, caller.pid);
}

/** Takes a range out of a file, or puts a hole into it: whole pages within the file. */
function* shift(core: FilesCore, node: Inode, mode: number, start: number, end: number): Kernel<number> {
  const content = node.content as Content;
  if (content.source?.write) return -EOPNOTSUPP;
  if (start % PAGE !== 0 || end % PAGE !== 0) return -EINVAL;
  const collapses = (mode & FALLOC_FL_COLLAPSE_RANGE) !== 0;
  if (start >= node.size || (collapses && end >= node.size)) return -EINVAL;
  const length = end - start;
  if (!collapses && node.size + length > FILE_MAX) return -EFBIG;
  unmap(core, node, start / PAGE);
  const punched = collapses ? yield* content.punch(start, end) : 0;
  if (punched < 0) return punched;
  const moved = yield* content.shift((collapses ? end : start) / PAGE, (collapses ? -length : length) / PAGE);
  if (moved < 0) return moved;
  node.size += collapses ? -length : length;
  return 0;
}

/** Room and holes in files. */
export const fileAllocateCalls: readonly Row[] = [
  {
    number: 324,
    name: 'fallocate',
    run: fallocate,
    note: 'with --rw no room is kept, holes are written as zeros, ranges are not collapsed or inserted',
  },
];
