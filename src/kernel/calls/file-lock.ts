import { EAGAIN, EBADF, EDEADLK, EINVAL, EOVERFLOW } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { FLOCK, FLOCK64 } from '../../abi/structs.ts';
import { type Caller, ERESTARTSYS, type Row, wait } from '../call.ts';
import { type Lock, LockList } from '../files/locks.ts';
import type { OpenFile } from '../files/open-file.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, wide } from './file-arguments.ts';

interface LockCommand {
  readonly kind: 'get' | 'set' | 'wait';
  readonly wide: boolean;
  /** Owned by the open file description instead of the process. */
  readonly description: boolean;
}

const LOCK_COMMANDS: ReadonlyMap<number, LockCommand> = new Map<number, LockCommand>([
  [F.F_GETLK, { kind: 'get', wide: false, description: false }],
  [F.F_SETLK, { kind: 'set', wide: false, description: false }],
  [F.F_SETLKW, { kind: 'wait', wide: false, description: false }],
  [F.F_GETLK64, { kind: 'get', wide: true, description: false }],
  [F.F_SETLK64, { kind: 'set', wide: true, description: false }],
  [F.F_SETLKW64, { kind: 'wait', wide: true, description: false }],
  [F.F_OFD_GETLK, { kind: 'get', wide: true, description: true }],
  [F.F_OFD_SETLK, { kind: 'set', wide: true, description: true }],
  [F.F_OFD_SETLKW, { kind: 'wait', wide: true, description: true }],
]);

/** The largest off_t of 32 bits. */
const OFFSET_MAX = 0x7fffffff;

/** The record lock commands of fcntl(2); -EINVAL for any other. */
export function lockCommand(caller: Caller, file: OpenFile, command: number, address: number): number | Kernel<number> {
  const how = LOCK_COMMANDS.get(command);
  if (!how) return -EINVAL;
  const layout = how.wide ? FLOCK64 : FLOCK;
  const bytes = caller.user.bytes(address, layout.size);
  if (typeof bytes === 'number') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const offset = (at: number) =>
    how.wide ? wide(view.getInt32(at, true), view.getInt32(at + 4, true)) : view.getInt32(at, true);
  const type = view.getInt16(layout.at.l_type, true);
  if (how.description && view.getInt32(layout.at.l_pid, true) !== 0) return -EINVAL;
  const span = spanOf(
    file,
    view.getInt16(layout.at.l_whence, true),
    offset(layout.at.l_start),
    offset(layout.at.l_len),
  );
  if (typeof span === 'number') return span;
  if (!LockList.isType(type) || (how.kind === 'get' && type === F.F_UNLCK && !how.description)) return -EINVAL;
  const owner = how.description ? file : caller.table;
  const lock: Lock = { type, ...span, owner, pid: how.description ? -1 : caller.pid };
  if (how.kind !== 'get') {
    if ((type === F.F_RDLCK && !file.readable) || (type === F.F_WRLCK && !file.writable)) return -EBADF;
    return setLock(caller, file, lock, how.kind === 'wait');
  }
  const bad = caller.user.writable(address, layout.size);
  if (bad < 0) return bad;
  return reportLock(caller, file, lock, address, how.wide);
}

/** The last offset that there is (OFFSET_MAX). */
const LAST = 2 ** 63;

/** The bytes that a lock covers; -EINVAL, -EOVERFLOW. */
function spanOf(
  file: OpenFile,
  whence: number,
  start: number,
  length: number,
): { start: number; end: number } | number {
  const bases: Readonly<Record<number, number>> = {
    [F.SEEK_SET]: 0,
    [F.SEEK_CUR]: file.position,
    [F.SEEK_END]: file.node.size,
  };
  const base = bases[whence];
  if (base === undefined) return -EINVAL;
  const first = base + start;
  // A double cannot tell the last offset from the one behind it; only locks of one byte go that far.
  if (first > LAST || (length > 1 && (first === LAST || first + length > LAST))) return -EOVERFLOW;
  if (first < 0) return -EINVAL;
  if (length === 0) return { start: first, end: Number.POSITIVE_INFINITY };
  if (first + length >= LAST) return { start: first, end: Number.POSITIVE_INFINITY };
  if (length > 0) return { start: first, end: first + length - 1 };
  return first + length < 0 ? -EINVAL : { start: first + length, end: first - 1 };
}

function reportLock(caller: Caller, file: OpenFile, lock: Lock, address: number, isWide: boolean): number {
  const { user } = caller;
  const held = file.node.locks?.conflict(lock);
  if (!held) {
    user.store16(address, F.F_UNLCK);
    return 0;
  }
  const length = held.end === Number.POSITIVE_INFINITY ? 0 : held.end - held.start + 1;
  if (!isWide && held.start > OFFSET_MAX) return -EOVERFLOW;
  user.store16(address, held.type);
  user.store16(address + 2, F.SEEK_SET);
  user.store32(address + 4, held.start | 0);
  if (isWide) {
    user.store32(address + 8, Math.floor(held.start / 0x100000000));
    user.store32(address + 12, length | 0);
    user.store32(address + 16, Math.floor(length / 0x100000000));
    user.store32(address + 20, held.pid);
  } else {
    user.store32(address + 8, Math.min(length, OFFSET_MAX));
    user.store32(address + 12, held.pid);
  }
  return 0;
}

function setLock(caller: Caller, file: OpenFile, lock: Lock, waits: boolean): number | Kernel<number> {
  file.node.locks ??= new LockList();
  const result = file.node.locks.set(lock);
  return result === -EAGAIN && waits ? waitForLock(caller, file, lock) : result;
}

function* waitForLock(caller: Caller, file: OpenFile, lock: Lock): Kernel<number> {
  const { lockWaits } = caller.services.files.core;
  const locks = file.node.locks as LockList;
  for (;;) {
    const result = locks.set(lock);
    if (result !== -EAGAIN) return result;
    const holder = locks.conflict(lock)?.owner;
    if (holder !== undefined && lock.pid !== -1 && lockWaits.begin(lock.owner, holder) < 0) return -EDEADLK;
    const why = yield* wait(locks.changed);
    lockWaits.end(lock.owner);
    if (why === 'signal') return -ERESTARTSYS;
  }
}

/** flock(2). */
function* flock(caller: Caller): Kernel<number> {
  const [fd, operation] = caller.args;
  const kind = operation & ~F.LOCK_NB;
  if (kind !== F.LOCK_SH && kind !== F.LOCK_EX && kind !== F.LOCK_UN) return -EINVAL;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  file.node.locks ??= new LockList();
  file.lockPid = caller.pid;
  const { locks } = file.node;
  if (kind === F.LOCK_UN) {
    locks.dropWhole(file);
    return 0;
  }
  while (locks.setWhole(file, kind === F.LOCK_EX) === -EAGAIN) {
    if (operation & F.LOCK_NB) return -EAGAIN;
    if ((yield* wait(locks.changed)) === 'signal') return -ERESTARTSYS;
  }
  return 0;
}

/** Locks of whole files. */
export const fileLockCalls: readonly Row[] = [{ number: 143, name: 'flock', run: flock }];
