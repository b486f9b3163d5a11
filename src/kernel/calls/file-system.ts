import { EBADF, EFBIG, EINVAL, ENODEV, EOPNOTSUPP, EPERM, ESPIPE } from '../../abi/errno.ts';
import {
  AT_FDCWD,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  POSIX_FADV_NOREUSE,
} from '../../abi/flags.ts';
import { STATFS, STATFS64 } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import { dropPrivilege } from '../files/access.ts';
import { resizeFile } from '../files/attributes.ts';
import type { Place } from '../files/namespace.ts';
import type { OpenFile } from '../files/open-file.ts';
import { FILE_MAX } from '../files/regular.ts';
import { NAME_MAX } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, placeAt, tableOf, wide } from './file-arguments.ts';

/** ST_VALID and ST_RELATIME of f_flags. */
const FLAGS = 0x20 | 0x1000;

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
  return file.node.isRegular || file.node.isDirectory ? 0 : -EINVAL;
}

function* fallocate(caller: Caller): Kernel<number> {
  const [fd, mode] = caller.args;
  const start = wide(caller.args[2], caller.args[3]);
  const length = wide(caller.args[4], caller.args[5]);
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (start < 0 || length <= 0) return -EINVAL;
  if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) return -EOPNOTSUPP;
  if (mode & FALLOC_FL_PUNCH_HOLE && mode !== (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) return -EOPNOTSUPP;
  if (!file.writable) return -EBADF;
  if (!file.node.content) return file.node.pipe ? -ESPIPE : -ENODEV;
  if (start + length > FILE_MAX) return -EFBIG;
  return yield* allocate(caller, file, mode, start, start + length);
}

function* allocate(caller: Caller, file: OpenFile, mode: number, start: number, end: number): Kernel<number> {
  const { node } = file;
  const { core } = caller.services.files;
  dropPrivilege(node, caller.credentials);
  if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
    const failed = yield* node.content!.zero(start, Math.min(end, node.size));
    if (failed < 0) return failed;
    node.mtime = node.ctime = core.clock.stamp();
  }
  if (mode & FALLOC_FL_KEEP_SIZE || end <= node.size) return 0;
  return yield* resizeFile(core, node, end, caller.pid);
}

function fadvise(caller: Caller, advice: number): number {
  const file = fileAt(caller, caller.args[0]);
  if (!file) return -EBADF;
  if (file.node.pipe) return -ESPIPE;
  return advice < 0 || advice > POSIX_FADV_NOREUSE ? -EINVAL : 0;
}

function readahead(caller: Caller): number {
  const file = fileAt(caller, caller.args[0]);
  if (!file?.readable) return -EBADF;
  return file.node.isRegular ? 0 : -EINVAL;
}

const refused = () => -EPERM;

/** File systems as a whole, and what makes data safe or ready. */
export const fileSystemCalls: readonly Row[] = [
  { number: 36, name: 'sync', run: () => 0 },
  { number: 99, name: 'statfs', run: ofPath(statfs, 1) },
  { number: 100, name: 'fstatfs', run: ofDescriptor(statfs, 1) },
  { number: 118, name: 'fsync', run: fsync },
  { number: 148, name: 'fdatasync', run: fsync },
  { number: 217, name: 'pivot_root', run: refused, note: 'always EPERM' },
  { number: 225, name: 'readahead', run: readahead },
  { number: 250, name: 'fadvise64', run: (c) => fadvise(c, c.args[4]) },
  { number: 268, name: 'statfs64', run: ofPath(statfs64, 2) },
  { number: 269, name: 'fstatfs64', run: ofDescriptor(statfs64, 2) },
  { number: 272, name: 'fadvise64_64', run: (c) => fadvise(c, c.args[5]) },
  { number: 314, name: 'sync_file_range', run: fsync },
  {
    number: 324,
    name: 'fallocate',
    run: fallocate,
    note: 'room is not reserved; ranges are not collapsed or inserted',
  },
  { number: 344, name: 'syncfs', run: (c) => (fileAt(c, c.args[0]) ? 0 : -EBADF) },
];
