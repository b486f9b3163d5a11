import { EINVAL, EISDIR, ENOENT } from '../../abi/errno.ts';
import { DT_DIR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { FilesCore } from './core.ts';
import type { Entry } from './node.ts';
import type { FileOps, OpenFile } from './open-file.ts';
import { accessed } from './regular.ts';

/** What an open directory keeps: its names as they were when reading began at position 0. */
export interface Listing {
  entries: readonly Entry[] | undefined;
}

/** A listing that is still to be made. */
export function newListing(): Listing {
  return { entries: undefined };
}

/** Directories: read by getdents only. */
export const directoryOps: FileOps<Listing> = {
  name: 'directory',
  seekable: true,
  read: () => -EISDIR,
  write: () => -EINVAL,
  poll: () => POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM,
};

/** The names of an open directory from its position on, '.' and '..' first; positions count names. -ENOENT when it was removed. */
export function* namesOf(core: FilesCore, file: OpenFile<Listing>): Kernel<readonly Entry[] | number> {
  const { dentry, mount } = file.place;
  const named = dentry === mount.root && mount.at ? mount.at.dentry : dentry;
  if (!dentry.linked) return -ENOENT;
  if (file.position === 0 || !file.state.entries) {
    const found = yield* dentry.node.fs.list(dentry.node);
    if (typeof found === 'number') return found;
    file.state.entries = [
      { name: '.', type: DT_DIR, number: dentry.node.number },
      { name: '..', type: DT_DIR, number: named.parent.node.number },
      ...found,
    ];
    accessed(core, dentry.node);
  }
  return file.state.entries;
}
