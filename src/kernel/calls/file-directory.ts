import { CAP_SYS_CHROOT } from '../../abi/capabilities.ts';
import { EBADF, EINVAL, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, ERANGE } from '../../abi/errno.ts';
import { X_OK } from '../../abi/flags.ts';
import { IN_ACCESS } from '../../abi/inotify.ts';
import { DIRENT, DIRENT64, OLD_DIRENT } from '../../abi/structs.ts';
import { type Caller, PATH_MAX, type Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { permit } from '../files/access.ts';
import { type Listing, namesOf } from '../files/directory.ts';
import { type Place, pathFrom } from '../files/namespace.ts';
import type { Entry } from '../files/node.ts';
import type { OpenFile } from '../files/open-file.ts';
import { tell } from '../files/tell.ts';
import { walk } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, placesOf, tableOf, viewOf } from './file-arguments.ts';

/** A record of a listing: its bytes for one name; `next` is the position behind it. */
type Shape = (entry: Entry, next: number) => Uint8Array;

function putName(bytes: Uint8Array, at: number, name: string): void {
  for (let i = 0; i < name.length; i++) bytes[at + i] = name.charCodeAt(i);
}

const shape64: Shape = (entry, next) => {
  const bytes = new Uint8Array((DIRENT64.size + entry.name.length + 1 + 7) & ~7);
  const view = new DataView(bytes.buffer);
  view.setUint32(DIRENT64.at.d_ino, entry.number, true);
  view.setUint32(DIRENT64.at.d_off, next, true);
  view.setUint16(DIRENT64.at.d_reclen, bytes.length, true);
  bytes[DIRENT64.at.d_type] = entry.type;
  putName(bytes, DIRENT64.size, entry.name);
  return bytes;
};

const shape32: Shape = (entry, next) => {
  const bytes = new Uint8Array((DIRENT.size + entry.name.length + 2 + 3) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint32(DIRENT.at.d_ino, entry.number, true);
  view.setUint32(DIRENT.at.d_off, next, true);
  view.setUint16(DIRENT.at.d_reclen, bytes.length, true);
  putName(bytes, DIRENT.size, entry.name);
  bytes[bytes.length - 1] = entry.type;
  return bytes;
};

function getdents(shape: Shape) {
  return function* run(caller: Caller): Kernel<number> {
    const [fd, address] = caller.args;
    const size = caller.args[2] >>> 0;
    const file = fileAt(caller, fd);
    if (!file) return -EBADF;
    if (!file.node.isDirectory) return -ENOTDIR;
    const names = yield* namesOf(caller.services.files.core, file as OpenFile<Listing>);
    if (typeof names === 'number') return names;
    tell(file.place.dentry, IN_ACCESS);
    let used = 0;
    for (let position = file.position; position < names.length; position++) {
      const record = shape(names[position], position + 1);
      if (used + record.length > size) {
        if (used === 0) return -EINVAL;
        break;
      }
      const bad = caller.user.write((address + used) | 0, record);
      if (bad < 0) return used > 0 ? used : bad;
      used += record.length;
      file.position = position + 1;
    }
    return used;
  };
}

/** readdir(2), the old call: one name at a time. */
function* readdir(caller: Caller): Kernel<number> {
  const [fd, address] = caller.args;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (!file.node.isDirectory) return -ENOTDIR;
  const names = yield* namesOf(caller.services.files.core, file as OpenFile<Listing>);
  if (typeof names === 'number') return names;
  const entry = names[file.position];
  if (!entry) return 0;
  const bytes = new Uint8Array(OLD_DIRENT.size + entry.name.length + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(OLD_DIRENT.at.d_ino, entry.number, true);
  view.setUint32(OLD_DIRENT.at.d_offset, file.position, true);
  view.setUint16(OLD_DIRENT.at.d_namlen, entry.name.length, true);
  putName(bytes, OLD_DIRENT.size, entry.name);
  const bad = caller.user.write(address, bytes);
  if (bad < 0) return bad;
  file.position++;
  return 1;
}

/** 0 when a place may become a task's working directory or root. */
function mayEnter(caller: Caller, place: Place): number {
  const { node } = place.dentry;
  return node.isDirectory ? permit(node, X_OK, caller.credentials) : -ENOTDIR;
}

function* directoryAt(caller: Caller): Kernel<Place | number> {
  const path = caller.user.string(caller.args[0]);
  if (typeof path === 'number') return path;
  const place = yield* walk(viewOf(caller), path, true);
  if (typeof place === 'number') return place;
  const denied = mayEnter(caller, place);
  return denied < 0 ? denied : place;
}

function* chdir(caller: Caller): Kernel<number> {
  const place = yield* directoryAt(caller);
  if (typeof place === 'number') return place;
  placesOf(caller).cwd = place;
  return 0;
}

function fchdir(caller: Caller): number {
  const file = tableOf(caller).get(caller.args[0]);
  if (!file) return -EBADF;
  const denied = mayEnter(caller, file.place);
  if (denied < 0) return denied;
  placesOf(caller).cwd = file.place;
  return 0;
}

function* chroot(caller: Caller): Kernel<number> {
  const place = yield* directoryAt(caller);
  if (typeof place === 'number') return place;
  if (!capable(caller.credentials, CAP_SYS_CHROOT)) return -EPERM;
  placesOf(caller).root = place;
  return 0;
}

function getcwd(caller: Caller): number {
  const [address] = caller.args;
  const size = caller.args[1] >>> 0;
  const { root, cwd } = placesOf(caller);
  if (!cwd.dentry.linked) return -ENOENT;
  const path = pathFrom(root, cwd) ?? `(unreachable)/${cwd.dentry.name}`;
  const length = path.length + 1;
  if (length > PATH_MAX) return -ENAMETOOLONG;
  if (length > size) return -ERANGE;
  const bytes = new Uint8Array(length);
  putName(bytes, 0, path);
  const bad = caller.user.write(address, bytes);
  return bad < 0 ? bad : length;
}

/** Directories: listing them, and being in them. */
export const fileDirectoryCalls: readonly Row[] = [
  { number: 12, name: 'chdir', run: chdir },
  { number: 61, name: 'chroot', run: chroot },
  { number: 89, name: 'readdir', run: readdir },
  { number: 133, name: 'fchdir', run: fchdir },
  { number: 141, name: 'getdents', run: getdents(shape32) },
  { number: 183, name: 'getcwd', run: getcwd },
  { number: 220, name: 'getdents64', run: getdents(shape64) },
];
