import { EBADF, EEXIST, EINVAL, ENOTDIR } from '../../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY, R_OK } from '../../abi/flags.ts';
import * as I from '../../abi/inotify.ts';
import type { Caller, Row } from '../call.ts';
import { permit } from '../files/access.ts';
import { walk } from '../files/walk.ts';
import { openAnonymous } from '../notify/anonymous.ts';
import { Inotify, inotifyOps } from '../notify/inotify.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, viewOf } from './file-arguments.ts';

/** All bits that a watch can be asked for with. */
const KNOWN =
  I.IN_ALL_EVENTS |
  I.IN_UNMOUNT |
  I.IN_Q_OVERFLOW |
  I.IN_IGNORED |
  I.IN_ONLYDIR |
  I.IN_DONT_FOLLOW |
  I.IN_EXCL_UNLINK |
  I.IN_MASK_CREATE |
  I.IN_MASK_ADD |
  I.IN_ISDIR |
  I.IN_ONESHOT;
const KEPT = I.IN_ALL_EVENTS | I.IN_EXCL_UNLINK | I.IN_ONESHOT;

function init(caller: Caller, flags: number): number {
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -EINVAL;
  return openAnonymous(caller, 'anon_inode:inotify', inotifyOps, new Inotify(), O_RDONLY | flags);
}

function instanceAt(caller: Caller, fd: number): Inotify | number {
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  return file.state instanceof Inotify ? file.state : -EINVAL;
}

/** inotify_add_watch(2): a watch descriptor, the same for the same node. */
function* addWatch(caller: Caller): Kernel<number> {
  const [fd, address, mask] = caller.args;
  if (mask & ~KNOWN || !(mask & KNOWN)) return -EINVAL;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (mask & I.IN_MASK_ADD && mask & I.IN_MASK_CREATE) return -EINVAL;
  const instance = instanceAt(caller, fd);
  if (typeof instance === 'number') return instance;
  const path = caller.user.string(address);
  if (typeof path === 'number') return path;
  const place = yield* walk(viewOf(caller), path, !(mask & I.IN_DONT_FOLLOW));
  if (typeof place === 'number') return place;
  const { node } = place.dentry;
  if (mask & I.IN_ONLYDIR && !node.isDirectory) return -ENOTDIR;
  const denied = permit(node, R_OK, caller.credentials);
  if (denied < 0) return denied;
  // The end of what is watched is told in any case.
  const wanted = mask & KEPT;
  const known = instance.watchOf(node);
  if (!known) return instance.add(node, wanted).wd;
  if (mask & I.IN_MASK_CREATE) return -EEXIST;
  known.mask = mask & I.IN_MASK_ADD ? known.mask | wanted : wanted;
  return known.wd;
}

function removeWatch(caller: Caller): number {
  const [fd, wd] = caller.args;
  const instance = instanceAt(caller, fd);
  if (typeof instance === 'number') return instance;
  const watch = instance.watches.get(wd);
  if (!watch) return -EINVAL;
  instance.remove(watch);
  return 0;
}

/** inotify(7). */
export const notifyInotifyCalls: readonly Row[] = [
  { number: 291, name: 'inotify_init', run: (c) => init(c, 0) },
  { number: 292, name: 'inotify_add_watch', run: addWatch, note: 'changes of the tree below by others are not seen' },
  { number: 293, name: 'inotify_rm_watch', run: removeWatch },
  { number: 332, name: 'inotify_init1', run: (c) => init(c, c.args[0]) },
];
