import { CAP_DAC_READ_SEARCH } from '../../abi/capabilities.ts';
import { EINVAL, ENOENT, EPERM } from '../../abi/errno.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
} from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import * as names from '../files/names.ts';
import type { Viewpoint } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { placeAt, placesOf, viewAt } from './file-arguments.ts';

/** A path argument beside a directory descriptor, ready to be walked. */
interface Way {
  readonly view: Viewpoint;
  readonly path: string;
}

function wayAt(caller: Caller, directory: number, address: number): Way | number {
  const path = caller.user.string(address);
  if (typeof path === 'number') return path;
  if (path === '') return -ENOENT;
  const view = viewAt(caller, directory, path);
  return typeof view === 'number' ? view : { view, path };
}

function* makeAt(
  caller: Caller,
  directory: number,
  address: number,
  mode: number,
  rdev = 0,
  target = '',
): Kernel<number> {
  const way = wayAt(caller, directory, address);
  if (typeof way === 'number') return way;
  return yield* names.make(way.view, way.path, { mode, owner: caller.credentials, rdev, target });
}

function mkdirAt(caller: Caller, directory: number, path: number, mode: number): Kernel<number> {
  return makeAt(caller, directory, path, S_IFDIR | (mode & 0o1777 & ~placesOf(caller).umask));
}

/** mknod(2): root makes devices, everybody FIFOs, sockets and files. */
function mknodAt(caller: Caller, directory: number, path: number, mode: number, rdev: number): number | Kernel<number> {
  const type = mode & S_IFMT || S_IFREG;
  const rights = mode & 0o7777 & ~placesOf(caller).umask;
  if (type === S_IFDIR) return -EPERM;
  if (![S_IFREG, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK].includes(type)) return -EINVAL;
  const device = type === S_IFCHR || type === S_IFBLK;
  return makeAt(caller, directory, path, type | rights, device ? rdev : 0);
}

function* symlinkAt(caller: Caller, target: number, directory: number, path: number): Kernel<number> {
  const text = caller.user.string(target);
  if (typeof text === 'number') return text;
  if (text === '') return -ENOENT;
  return yield* makeAt(caller, directory, path, S_IFLNK | 0o777, 0, text);
}

function* unlinkAt(caller: Caller, directory: number, path: number, flags: number): Kernel<number> {
  if (flags & ~AT_REMOVEDIR) return -EINVAL;
  const way = wayAt(caller, directory, path);
  if (typeof way === 'number') return way;
  return yield* flags ? names.removeDirectory(way.view, way.path) : names.unlink(way.view, way.path);
}

function* renameAt(
  caller: Caller,
  from: number,
  path: number,
  to: number,
  newPath: number,
  flags: number,
): Kernel<number> {
  const bad = names.checkRename(flags);
  if (bad < 0) return bad;
  const old = wayAt(caller, from, path);
  if (typeof old === 'number') return old;
  const way = wayAt(caller, to, newPath);
  const [view, name] = typeof way === 'number' ? [way, ''] : [way.view, way.path];
  return yield* names.rename(old.view, old.path, view, name, flags);
}

function* linkAt(
  caller: Caller,
  from: number,
  path: number,
  to: number,
  newPath: number,
  flags: number,
): Kernel<number> {
  if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  if (flags & AT_EMPTY_PATH && !capable(caller.credentials, CAP_DAC_READ_SEARCH)) return -ENOENT;
  const place = yield* placeAt(caller, from, path, (flags & AT_SYMLINK_FOLLOW) !== 0, flags);
  if (typeof place === 'number') return place;
  const way = wayAt(caller, to, newPath);
  if (typeof way === 'number') return way;
  return yield* names.link(way.view, place, way.path);
}

/** Names: making, linking, renaming, removing. */
export const fileNameCalls: readonly Row[] = [
  { number: 9, name: 'link', run: (c) => linkAt(c, AT_FDCWD, c.args[0], AT_FDCWD, c.args[1], 0) },
  { number: 10, name: 'unlink', run: (c) => unlinkAt(c, AT_FDCWD, c.args[0], 0) },
  { number: 14, name: 'mknod', run: (c) => mknodAt(c, AT_FDCWD, c.args[0], c.args[1], c.args[2]) },
  { number: 38, name: 'rename', run: (c) => renameAt(c, AT_FDCWD, c.args[0], AT_FDCWD, c.args[1], 0) },
  { number: 39, name: 'mkdir', run: (c) => mkdirAt(c, AT_FDCWD, c.args[0], c.args[1]) },
  { number: 40, name: 'rmdir', run: (c) => unlinkAt(c, AT_FDCWD, c.args[0], AT_REMOVEDIR) },
  { number: 83, name: 'symlink', run: (c) => symlinkAt(c, c.args[0], AT_FDCWD, c.args[1]) },
  { number: 296, name: 'mkdirat', run: (c) => mkdirAt(c, c.args[0], c.args[1], c.args[2]) },
  { number: 297, name: 'mknodat', run: (c) => mknodAt(c, c.args[0], c.args[1], c.args[2], c.args[3]) },
  { number: 301, name: 'unlinkat', run: (c) => unlinkAt(c, c.args[0], c.args[1], c.args[2]) },
  { number: 302, name: 'renameat', run: (c) => renameAt(c, c.args[0], c.args[1], c.args[2], c.args[3], 0) },
  { number: 303, name: 'linkat', run: (c) => linkAt(c, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4]) },
  { number: 304, name: 'symlinkat', run: (c) => symlinkAt(c, c.args[0], c.args[1], c.args[2]) },
  {
    number: 353,
    name: 'renameat2',
    run: (c) => renameAt(c, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4]),
    note: 'with --rw nothing is exchanged and no whiteout is left',
  },
];
