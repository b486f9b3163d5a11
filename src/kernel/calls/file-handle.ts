import { CAP_DAC_READ_SEARCH } from '../../abi/capabilities.ts';
import { EBADF, EINVAL, EOPNOTSUPP, EPERM, ESTALE } from '../../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_FOLLOW } from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import { placeAt, tableOf } from './file-arguments.ts';

/** Most bytes of a handle (MAX_HANDLE_SZ). */
const HANDLE_MAX = 128;

/** name_to_handle_at(2): no file system here gives handles, as overlay file systems on Linux do not either. */
function* nameToHandle(caller: Caller): Kernel<number> {
  const [directory, path, handle, , flags] = caller.args;
  if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  const place = yield* placeAt(caller, directory, path, (flags & AT_SYMLINK_FOLLOW) !== 0, flags);
  if (typeof place === 'number') return place;
  const bad = caller.user.readable(handle, 8);
  return bad < 0 ? bad : -EOPNOTSUPP;
}

/** open_by_handle_at(2): so no handle is any good. */
function openByHandle(caller: Caller): number {
  const [mount, handle] = caller.args;
  if (!capable(caller.credentials, CAP_DAC_READ_SEARCH)) return -EPERM;
  const bad = caller.user.readable(handle, 8);
  if (bad < 0) return bad;
  const size = caller.user.load32(handle) >>> 0;
  if (size === 0 || size > HANDLE_MAX) return -EINVAL;
  return mount !== AT_FDCWD && !tableOf(caller).get(mount) ? -EBADF : -ESTALE;
}

/** Files by handle. */
export const fileHandleCalls: readonly Row[] = [
  { number: 341, name: 'name_to_handle_at', run: nameToHandle, note: 'always EOPNOTSUPP for a file that is there' },
  { number: 342, name: 'open_by_handle_at', run: openByHandle, note: 'always ESTALE for root' },
];
