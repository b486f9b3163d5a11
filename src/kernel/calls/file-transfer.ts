import {
  EAGAIN,
  EBADF,
  EFAULT,
  EFBIG,
  EINVAL,
  EISDIR,
  ENOMEM,
  ENXIO,
  EOPNOTSUPP,
  EOVERFLOW,
  ESPIPE,
  EXDEV,
} from '../../abi/errno.ts';
import {
  O_APPEND,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  RWF_APPEND,
  RWF_DSYNC,
  RWF_HIPRI,
  RWF_NOWAIT,
  RWF_SYNC,
  SEEK_CUR,
  SEEK_DATA,
  SEEK_END,
  SEEK_HOLE,
  SEEK_SET,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import type { OpenFile } from '../files/open-file.ts';
import { FILE_MAX } from '../files/regular.ts';
import { type Segments, transfer } from '../files/transfer.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, wide } from './file-arguments.ts';

/** Most segments of a readv or writev (UIO_MAXIOV). */
const SEGMENTS_MAX = 1024;

/** Moves bytes between a descriptor and the caller's segments, at a position or at the file's own. */
function move(caller: Caller, fd: number, writing: boolean, segments: () => Segments | number, position?: number) {
  if (position !== undefined && position < 0) return -EINVAL;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (position !== undefined && !file.ops.seekable) return -ESPIPE;
  if (!(writing ? file.writable : file.readable)) return -EBADF;
  const parts = segments();
  if (typeof parts === 'number') return parts;
  const result = transfer(caller.services.files.core, caller, file, parts, writing, position);
  if (file.async && writing) file.async.refused = result === -EAGAIN;
  return result;
}

function buffer(caller: Caller): () => Segments {
  return () => [caller.args[1], caller.args[2] >>> 0];
}

/** The segments of an iovec array: -EINVAL when there are too many or one is longer than a signed word, -EFAULT. */
function vector(caller: Caller): () => Segments | number {
  const { user, args } = caller;
  return () => {
    const count = args[2] >>> 0;
    if (count > SEGMENTS_MAX) return -EINVAL;
    const bad = user.readable(args[1], count * 8);
    if (bad < 0) return bad;
    const segments: number[] = [];
    for (let i = 0; i < count; i++) {
      const length = user.load32(args[1] + i * 8 + 4);
      if (length < 0) return -EINVAL;
      segments.push(user.load32(args[1] + i * 8), length);
    }
    return segments;
  };
}

function positionIn(caller: Caller): number {
  return wide(caller.args[3], caller.args[4]);
}

/** preadv2 and pwritev2: offset -1 is the file's own position; the flags are RWF_*. */
function moveWith(caller: Caller, writing: boolean): number | Kernel<number> {
  const [fd, , , low, high, flags] = caller.args;
  const position = low === -1 && high === -1 ? undefined : positionIn(caller);
  const file = fileAt(caller, fd);
  const allowed = file && (writing ? file.writable : file.readable) && (position === undefined || position >= 0);
  if (allowed && flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)) return -EOPNOTSUPP;
  if (allowed && flags & RWF_NOWAIT && !file.node.isRegular) {
    const { core } = caller.services.files;
    if (!(file.ops.poll(core, file) & (writing ? POLLOUT | POLLERR : POLLIN | POLLHUP))) return -EAGAIN;
  }
  if (!allowed || !writing || !(flags & RWF_APPEND) || !file.node.isRegular)
    return move(caller, fd, writing, vector(caller), position);
  return append(caller, file, position === undefined);
}

/** A write at the end of a file that was not opened for that; `moves`: the file's own position follows. */
function* append(caller: Caller, file: OpenFile, moves: boolean): Kernel<number> {
  const { size } = file.node;
  const writing = move(caller, caller.args[0], true, vector(caller), size);
  const count = typeof writing === 'number' ? writing : yield* writing;
  if (count > 0 && moves) file.position = size + count;
  return count;
}

/** lseek(2): a position that does not fit is cut off, as a 64-bit kernel does for 32-bit programs. */
function lseek(caller: Caller): number {
  const [fd, offset, whence] = caller.args;
  const file = fileAt(caller, fd);
  return file ? seek(file, offset, whence) | 0 : -EBADF;
}

function llseek(caller: Caller): number {
  const [fd, high, low, result, whence] = caller.args;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (whence >>> 0 > SEEK_HOLE) return -EINVAL;
  const bad = caller.user.writable(result, 8);
  if (bad < 0) return bad;
  const position = seek(file, wide(low, high), whence);
  if (position < 0) return position;
  caller.user.store32(result, position | 0);
  caller.user.store32(result + 4, Math.floor(position / 0x100000000));
  return 0;
}

/** Kinds of files that let any lseek pass without effect (null_lseek, noop_llseek). */
const NO_POSITION: ReadonlySet<string> = new Set('null zero full eventfd timerfd signalfd epoll inotify'.split(' '));

/** Moves a file's position; the new one or -errno (lseek(2)). */
function seek(file: OpenFile, offset: number, whence: number): number {
  if (whence >>> 0 > SEEK_HOLE) return -EINVAL;
  if (!file.ops.seekable && !NO_POSITION.has(file.ops.name)) return -ESPIPE;
  const { size, isDirectory } = file.node;
  if (file.ops.fixed) return 0;
  let position: number;
  switch (whence) {
    case SEEK_SET:
      position = offset;
      break;
    case SEEK_CUR:
      position = file.position + offset;
      break;
    case SEEK_END:
      if (file.ops.name === 'mem') return -EINVAL;
      position = (isDirectory ? 0 : size) + offset;
      break;
    case SEEK_DATA:
    case SEEK_HOLE:
      if (offset < 0 || offset >= size) return -ENXIO;
      position = whence === SEEK_DATA ? offset : size;
      if (file.node.content) position = file.node.content.next(offset, size, whence === SEEK_DATA);
      if (whence === SEEK_DATA && position >= size) return -ENXIO;
      break;
    default:
      return -EINVAL;
  }
  if (position < 0 || position > FILE_MAX) return -EINVAL;
  return (file.position = position);
}

/** Bytes that sendfile and copy_file_range move at a time. */
const PIECE = 4096;

/** Copies between two files through a frame; positions undefined = the files' own. */
function* copy(
  caller: Caller,
  from: OpenFile,
  to: OpenFile,
  count: number,
  start: number | undefined,
  target: number | undefined,
): Kernel<number> {
  const { core } = caller.services.files;
  const frame = core.frames.allocate();
  if (frame < 0) return -ENOMEM;
  // A mover whose buffer is the frame: its addresses are physical.
  const through = { pid: caller.pid, user: { ranges: (address: number, length: number) => [address, length] } };
  let done = 0;
  let result = 0;
  while (done < count) {
    const want = Math.min(PIECE, count - done);
    const at = frame * PIECE;
    const moved = (p: number | undefined) => (p === undefined ? undefined : p + done);
    const reading = transfer(core, through, from, [at, want], false, moved(start));
    const got = typeof reading === 'number' ? reading : yield* reading;
    if (got <= 0) {
      result = got;
      break;
    }
    let sent = 0;
    while (sent < got) {
      const offset = target === undefined ? undefined : target + done + sent;
      const writing = transfer(core, through, to, [at + sent, got - sent], true, offset);
      result = typeof writing === 'number' ? writing : yield* writing;
      if (result <= 0) break;
      sent += result;
    }
    // What was read but could not be written is read again by the next call.
    if (sent < got && start === undefined && from.ops.seekable) from.position -= got - sent;
    done += sent;
    if (sent < got) break;
  }
  core.frames.release(frame);
  return done > 0 ? done : result;
}

/** sendfile(2) with an offset of `size` bytes behind the third argument. */
function sendfile(size: 4 | 8) {
  return function* run(caller: Caller): Kernel<number> {
    const [outFd, inFd, address] = caller.args;
    const count = Math.min(caller.args[3] >>> 0, 0x7ffff000);
    const bad = address === 0 ? 0 : caller.user.writable(address, size);
    if (bad < 0) return bad;
    const start = address === 0 ? undefined : load(caller, address, size);
    const from = fileAt(caller, inFd);
    if (!from?.readable) return -EBADF;
    if (start !== undefined && !from.ops.seekable) return -ESPIPE;
    if (start !== undefined && start < 0) return -EINVAL;
    const to = fileAt(caller, outFd);
    if (!to?.writable) return -EBADF;
    if (from.node.isDirectory || !from.ops.seekable || from.ops.name === 'null') return -EINVAL;
    if (to.flags & O_APPEND) return -EINVAL;
    const result = yield* copy(caller, from, to, count, start, undefined);
    if (result > 0 && start !== undefined && caller.user.writable(address, size) === 0)
      store(caller, address, size, start + result);
    return result;
  };
}

function load(caller: Caller, address: number, size: 4 | 8): number {
  const low = caller.user.load32(address);
  return size === 4 ? low : wide(low, caller.user.load32(address + 4));
}

function store(caller: Caller, address: number, size: 4 | 8, value: number): void {
  caller.user.store32(address, value | 0);
  if (size === 8) caller.user.store32(address + 4, Math.floor(value / 0x100000000));
}

function* copyFileRange(caller: Caller): Kernel<number> {
  const [inFd, inAddress, outFd, outAddress, length, flags] = caller.args;
  const from = fileAt(caller, inFd);
  const to = fileAt(caller, outFd);
  if (!from || !to) return -EBADF;
  for (const address of [inAddress, outAddress]) {
    if (address !== 0 && caller.user.writable(address, 8) < 0) return -EFAULT;
  }
  if (flags !== 0) return -EINVAL;
  if (from.node.isDirectory || to.node.isDirectory) return -EISDIR;
  if (!from.node.isRegular || !to.node.isRegular) return -EINVAL;
  if (!from.readable || !to.writable || to.flags & O_APPEND) return -EBADF;
  if (!from.node.content || !to.node.content) return -EXDEV;
  const start = inAddress === 0 ? from.position : load(caller, inAddress, 8);
  const target = outAddress === 0 ? to.position : load(caller, outAddress, 8);
  for (const at of [start, target]) if (at < 0) return at + (length >>> 0) >= 0 ? -EOVERFLOW : -EINVAL;
  const count = Math.max(0, Math.min(length >>> 0, 0x7ffff000, from.node.size - start));
  if (target + count > FILE_MAX) return -EFBIG;
  if (from.node === to.node && start < target + count && target < start + count) return -EINVAL;
  const result = yield* copy(caller, from, to, count, start, target);
  if (result <= 0) return result;
  if (inAddress === 0) from.position += result;
  else if (caller.user.writable(inAddress, 8) === 0) store(caller, inAddress, 8, start + result);
  if (outAddress === 0) to.position += result;
  else if (caller.user.writable(outAddress, 8) === 0) store(caller, outAddress, 8, target + result);
  return result;
}

/** Reading, writing and moving about in files. */
export const fileTransferCalls: readonly Row[] = [
  { number: 3, name: 'read', run: (c) => move(c, c.args[0], false, buffer(c)) },
  { number: 4, name: 'write', run: (c) => move(c, c.args[0], true, buffer(c)) },
  { number: 19, name: 'lseek', run: lseek },
  { number: 140, name: '_llseek', run: llseek },
  { number: 145, name: 'readv', run: (c) => move(c, c.args[0], false, vector(c)) },
  { number: 146, name: 'writev', run: (c) => move(c, c.args[0], true, vector(c)) },
  { number: 180, name: 'pread64', run: (c) => move(c, c.args[0], false, buffer(c), positionIn(c)) },
  { number: 181, name: 'pwrite64', run: (c) => move(c, c.args[0], true, buffer(c), positionIn(c)) },
  { number: 187, name: 'sendfile', run: sendfile(4) },
  { number: 239, name: 'sendfile64', run: sendfile(8) },
  { number: 333, name: 'preadv', run: (c) => move(c, c.args[0], false, vector(c), positionIn(c)) },
  { number: 334, name: 'pwritev', run: (c) => move(c, c.args[0], true, vector(c), positionIn(c)) },
  { number: 377, name: 'copy_file_range', run: copyFileRange },
  {
    number: 378,
    name: 'preadv2',
    run: (c) => moveWith(c, false),
    note: 'RWF_HIPRI, DSYNC and SYNC change nothing',
  },
  {
    number: 379,
    name: 'pwritev2',
    run: (c) => moveWith(c, true),
    note: 'RWF_HIPRI, DSYNC and SYNC change nothing; with RWF_NOWAIT a long write to a pipe may wait',
  },
];
