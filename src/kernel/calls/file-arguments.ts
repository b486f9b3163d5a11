import { EBADF, ENOENT } from '../../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD } from '../../abi/flags.ts';
import type { Caller } from '../call.ts';
import type { Place } from '../files/namespace.ts';
import type { OpenFile } from '../files/open-file.ts';
import type { Places } from '../files/places.ts';
import type { Table } from '../files/table.ts';
import { type Viewpoint, walk } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';

/** The caller's descriptor table. */
export function tableOf(caller: Caller): Table {
  return caller.services.files.table(caller.table);
}

/** The caller's working directory, root and umask. */
export function placesOf(caller: Caller): Places {
  return caller.services.files.places(caller.places);
}

/** The open file behind a descriptor; undefined (-EBADF) also for one opened with O_PATH. */
export function fileAt(caller: Caller, fd: number): OpenFile | undefined {
  const file = tableOf(caller).get(fd);
  return file?.isPath ? undefined : file;
}

/** From where the caller's paths are walked. */
export function viewOf(caller: Caller): Viewpoint {
  return caller.services.files.view(caller.places, caller.credentials, caller.pid);
}

/** From where a path beside `directory` (a descriptor or AT_FDCWD) is walked; -EBADF. */
export function viewAt(caller: Caller, directory: number, path: string): Viewpoint | number {
  const view = viewOf(caller);
  if (directory === AT_FDCWD || path.startsWith('/')) return view;
  const file = tableOf(caller).get(directory);
  return file ? { ...view, start: file.place } : -EBADF;
}

/** The place that an *at() call names; an empty path with AT_EMPTY_PATH is the descriptor itself. */
export function* placeAt(
  caller: Caller,
  directory: number,
  address: number,
  followLast: boolean,
  flags = 0,
): Kernel<Place | number> {
  const path = caller.user.string(address);
  if (typeof path === 'number') return path;
  const view = viewAt(caller, directory, path);
  if (typeof view === 'number') return path === '' && !(flags & AT_EMPTY_PATH) ? -ENOENT : view;
  if (path === '' && flags & AT_EMPTY_PATH) return view.start;
  return yield* walk(view, path, followLast);
}

/** A 64-bit number from two words, as 32-bit programs pass offsets; exact up to 2^53. */
export function wide(low: number, high: number): number {
  return high * 0x100000000 + (low >>> 0);
}
