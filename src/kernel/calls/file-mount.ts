import { CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { EINVAL, ENOTDIR, EPERM } from '../../abi/errno.ts';
import { AT_FDCWD, MS_BIND, MS_MOVE, MS_REMOUNT } from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { MNT_DETACH, MNT_EXPIRE, MNT_FORCE, mountAt, pivot, UMOUNT_NOFOLLOW, unmount } from '../files/mounting.ts';
import { walk } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { placeAt, placesOf, viewOf } from './file-arguments.ts';

/** Old programs put this into the upper half of mount's flags (MS_MGC_VAL). */
const MAGIC = 0xc0ed0000 | 0;
const MAGIC_MASK = 0xffff0000 | 0;

/** A string argument that may be absent. */
function text(caller: Caller, address: number): string | number {
  return address === 0 ? '' : caller.user.string(address);
}

function* mount(caller: Caller): Kernel<number> {
  const [sourceAt, targetAt, typeAt, given, optionsAt] = caller.args;
  const type = text(caller, typeAt);
  const source = text(caller, sourceAt);
  const options = text(caller, optionsAt);
  if (typeof type === 'number') return type;
  if (typeof source === 'number') return source;
  if (typeof options === 'number') return options;
  const target = yield* placeAt(caller, AT_FDCWD, targetAt, true);
  if (typeof target === 'number') return target;
  if (!capable(caller.credentials, CAP_SYS_ADMIN)) return -EPERM;
  const flags = (given & MAGIC_MASK) === MAGIC ? given & ~MAGIC_MASK : given;
  const walks = (flags & (MS_BIND | MS_MOVE)) !== 0 && !(flags & MS_REMOUNT);
  const from = walks ? yield* walk(viewOf(caller), source, true) : undefined;
  if (typeof from === 'number') return from;
  const { files } = caller.services;
  return yield* mountAt(files.core, { source, from, target, type, flags, options }, files.mountLimits);
}

function* umount(caller: Caller, flags: number): Kernel<number> {
  if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) return -EINVAL;
  if (flags & MNT_EXPIRE && flags & (MNT_FORCE | MNT_DETACH)) return -EINVAL;
  const { files } = caller.services;
  // The walk itself is no use of the mount.
  const marked = new Set(files.core.namespace.expiring);
  const place = yield* placeAt(caller, AT_FDCWD, caller.args[0], !(flags & UMOUNT_NOFOLLOW));
  if (typeof place === 'number') return place;
  if (!capable(caller.credentials, CAP_SYS_ADMIN)) return -EPERM;
  return unmount(files.core, place, flags, files.taskPlaces(), marked.has(place.mount));
}

/** pivot_root(2): every task that stands at the old root is led to the new one. */
function* pivotRoot(caller: Caller): Kernel<number> {
  if (!capable(caller.credentials, CAP_SYS_ADMIN)) return -EPERM;
  const fresh = yield* placeAt(caller, AT_FDCWD, caller.args[0], true);
  if (typeof fresh === 'number') return fresh;
  if (!fresh.dentry.node.isDirectory) return -ENOTDIR;
  const old = yield* placeAt(caller, AT_FDCWD, caller.args[1], true);
  if (typeof old === 'number') return old;
  if (!old.dentry.node.isDirectory) return -ENOTDIR;
  const { files } = caller.services;
  const { root } = placesOf(caller);
  const failed = pivot(files.core, fresh, old, root);
  if (failed === 0) files.lead(root, fresh);
  return failed;
}

/** Mounting: tmpfs, bind mounts, and the file systems that there are anyway. */
export const fileMountCalls: readonly Row[] = [
  {
    number: 21,
    name: 'mount',
    run: mount,
    note: 'tmpfs, ramfs, proc, sysfs, devtmpfs, devpts, mqueue, bind, move and remount; one name space, so no propagation',
  },
  { number: 22, name: 'umount', run: (caller) => umount(caller, 0) },
  { number: 52, name: 'umount2', run: (caller) => umount(caller, caller.args[1]) },
  { number: 217, name: 'pivot_root', run: pivotRoot },
];
