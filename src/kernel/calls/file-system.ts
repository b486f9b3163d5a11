import { EBADF, EINVAL, ESPIPE } from '../../abi/errno.ts';
import { AT_FDCWD, POSIX_FADV_NOREUSE } from '../../abi/flags.ts';
import { STATFS, STATFS64 } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import type { Place } from '../files/namespace.ts';
import { NAME_MAX } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, placeAt, tableOf, wide } from './file-arguments.ts';

/** ST_VALID and ST_RELATIME of f_flags. */
const FLAGS = 0x20 | 0x1000;

/** SYNC_FILE_RANGE_WAIT_BEFORE, WRITE and WAIT_AFTER. */
const SYNC_FILE_RANGE = 7;

/** struct statfs or statfs64 of the file system at a place. */
function shaped(layout: typeof STATFS | typeof STATFS64, { mount }: Place): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  const room = mount.fs.room();
  const fields = {
    f_type: mount.fs.magic,
    f_bsize: 4096,
    f_blocks: room.pages,
    f_bfree: room.freePages,
    f_bavail: room.freePages,
    f_files: room.nodes,
    f_ffree: room.freeNodes,
    f_fsid: mount.fs.device,
    f_namelen: NAME_MAX,
    f_frsize: 4096,
    f_flags: FLAGS | mount.flags,
  };
  for (const [field, value] of Object.entries(fields))
    view.setUint32(layout.at[field as keyof typeof fields], value, true);
  return bytes;
}

const statfs = (place: Place) => shaped(STATFS, place);
const statfs64 = (place: Place) => shaped(STATFS64, place);

function ofPath(shape: (place: Place) => Uint8Array, resultAt: 1 | 2) {
  return function* run(caller: Caller): Kernel<number> {
    if (resultAt === 2 && caller.args[1] !== STATFS64.size) return -EINVAL;
    const place = yield* placeAt(caller, AT_FDCWD, caller.args[0], true);
    return typeof place === 'number' ? place : caller.user.write(caller.args[resultAt], shape(place));
  };
}

function ofDescriptor(shape: (place: Place) => Uint8Array, resultAt: 1 | 2) {
  return (caller: Caller): number => {
    if (resultAt === 2 && caller.args[1] !== STATFS64.size) return -EINVAL;
    const file = tableOf(caller).get(caller.args[0]);
    return file ? caller.user.write(caller.args[resultAt], shape(file.place)) : -EBADF;
  };
}

/** fsync(2): only what was changed through a mapping can be behind. */
function fsync(caller: Caller): number | Kernel<number> {
  const file = fileAt(caller, caller.args[0]);
  if (!file) return -EBADF;
  const { content, size } = file.node;
  if (content?.unwritten) return content.flush(size);
  return content || file.node.isDirectory ? 0 : -EINVAL;
}

/** sync_file_range(2). */
function syncRange(caller: Caller): number | Kernel<number> {
  const [fd, lowStart, highStart, lowLength, highLength, flags] = caller.args;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (flags & ~SYNC_FILE_RANGE || highStart < 0 || highLength < 0) return -EINVAL;
  if (wide(lowStart, highStart) + wide(lowLength, highLength) >= 2 ** 63) return -EINVAL;
  if (!file.node.isRegular && !file.node.isDirectory) return -ESPIPE;
  return file.node.content?.unwritten ? fsync(caller) : 0;
}

function fadvise(caller: Caller, advice: number, length = 0): number {
  const file = fileAt(caller, caller.args[0]);
  if (!file) return -EBADF;
  if (file.node.pipe) return -ESPIPE;
  return length < 0 || advice < 0 || advice > POSIX_FADV_NOREUSE ? -EINVAL : 0;
}

function readahead(caller: Caller): number {
  const file = fileAt(caller, caller.args[0]);
  if (!file?.readable) return -EBADF;
  return file.node.isRegular ? 0 : -EINVAL;
}

/** File systems as a whole, and what makes data safe or ready. */
export const fileSystemCalls: readonly Row[] = [
  { number: 36, name: 'sync', run: () => 0 },
  { number: 99, name: 'statfs', run: ofPath(statfs, 1) },
  { number: 100, name: 'fstatfs', run: ofDescriptor(statfs, 1) },
  { number: 118, name: 'fsync', run: fsync },
  { number: 148, name: 'fdatasync', run: fsync },
  { number: 225, name: 'readahead', run: readahead },
  { number: 250, name: 'fadvise64', run: (c) => fadvise(c, c.args[4]) },
  { number: 268, name: 'statfs64', run: ofPath(statfs64, 2) },
  { number: 269, name: 'fstatfs64', run: ofDescriptor(statfs64, 2) },
  { number: 272, name: 'fadvise64_64', run: (c) => fadvise(c, c.args[5], c.args[4]) },
  {
    number: 314,
    name: 'sync_file_range',
    run: syncRange,
    note: 'nothing to do: what is written is in its file at once',
  },
  { number: 344, name: 'syncfs', run: (c) => (fileAt(c, c.args[0]) ? 0 : -EBADF) },
];
