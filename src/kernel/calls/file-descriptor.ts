import { EAGAIN, EBADF, EDEADLK, EINVAL, ENOTTY, EOVERFLOW } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { FLOCK, FLOCK64 } from '../../abi/structs.ts';
import { type Caller, ERESTARTSYS, type Row, wait } from '../call.ts';
import { type Lock, LockList } from '../files/locks.ts';
import { makeFile, type OpenFile } from '../files/open-file.ts';
import { Pipe, pipeOps, resizePipe } from '../files/pipe.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, tableOf, wide } from './file-arguments.ts';

/** Status flags that F_SETFL can change. */
const SETTABLE = F.O_APPEND | F.O_NONBLOCK | F.FASYNC | F.O_DIRECT | F.O_NOATIME;

function limitOf(caller: Caller): number {
  return caller.limit(F.RLIMIT_NOFILE);
}

function dup2(caller: Caller): number {
  const [fd, to] = caller.args;
  const table = tableOf(caller);
  if (fd === to) return table.get(fd) ? to : -EBADF;
  return table.replace(fd, to, false, limitOf(caller));
}

function dup3(caller: Caller): number {
  const [fd, to, flags] = caller.args;
  if (flags & ~F.O_CLOEXEC || fd === to) return -EINVAL;
  return tableOf(caller).replace(fd, to, (flags & F.O_CLOEXEC) !== 0, limitOf(caller));
}

/** pipe2(2): two descriptors, the reading one first. */
function pipe(caller: Caller, address: number, flags: number): number {
  if (flags & ~(F.O_CLOEXEC | F.O_NONBLOCK | F.O_DIRECT)) return -EINVAL;
  const bad = caller.user.writable(address, 8);
  if (bad < 0) return bad;
  const { core } = caller.services.files;
  const table = tableOf(caller);
  const place = core.nameless.make('pipe', F.S_IFIFO | 0o600, caller.credentials);
  const made = new Pipe();
  place.dentry.node.pipe = made;
  made.readers = made.writers = made.writersEver = 1;
  const status = flags & ~F.O_CLOEXEC;
  const closeOnExec = (flags & F.O_CLOEXEC) !== 0;
  const reader = makeFile(core, pipeOps, place, made, F.O_RDONLY | (status & F.O_NONBLOCK)) as OpenFile;
  const writer = makeFile(core, pipeOps, place, made, F.O_WRONLY | status) as OpenFile;
  const first = table.add(reader, closeOnExec, limitOf(caller));
  const second = table.add(writer, closeOnExec, limitOf(caller));
  if (first < 0) return first;
  if (second < 0) {
    table.close(first);
    return second;
  }
  caller.user.store32(address, first);
  caller.user.store32(address + 4, second);
  return 0;
}

function fcntl(caller: Caller): number | Kernel<number> {
  const [fd, command, argument] = caller.args;
  const table = tableOf(caller);
  const file = table.get(fd);
  if (!file) return -EBADF;
  switch (command) {
    case F.F_DUPFD:
    case F.F_DUPFD_CLOEXEC:
      return table.duplicate(fd, command === F.F_DUPFD_CLOEXEC, limitOf(caller), argument);
    case F.F_GETFD:
      return table.isCloseOnExec(fd) ? F.FD_CLOEXEC : 0;
    case F.F_SETFD:
      table.setCloseOnExec(fd, (argument & F.FD_CLOEXEC) !== 0);
      return 0;
    case F.F_GETFL:
      return file.flags;
  }
  if (file.isPath) return -EBADF;
  switch (command) {
    case F.F_SETFL:
      file.flags = (file.flags & ~SETTABLE) | (argument & SETTABLE);
      return 0;
    case F.F_SETOWN:
      file.owner = argument;
      return 0;
    case F.F_GETOWN:
      return file.owner;
    case F.F_SETSIG:
      if (argument < 0 || argument > 64) return -EINVAL;
      file.signal = argument;
      return 0;
    case F.F_GETSIG:
      return file.signal;
    case F.F_SETPIPE_SZ:
      return file.node.pipe ? resizePipe(file.node.pipe, argument, caller.credentials.uid === 0) : -EBADF;
    case F.F_GETPIPE_SZ:
      return file.node.pipe ? file.node.pipe.capacity * 4096 : -EBADF;
    default:
      return lockCommand(caller, file, command, argument);
  }
}

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

function lockCommand(caller: Caller, file: OpenFile, command: number, address: number): number | Kernel<number> {
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
  if (first > Number.MAX_SAFE_INTEGER) return -EOVERFLOW;
  if (first < 0) return -EINVAL;
  if (length === 0) return { start: first, end: Number.POSITIVE_INFINITY };
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
  user.store16(address, held.type);
  user.store16(address + 2, F.SEEK_SET);
  user.store32(address + 4, held.start | 0);
  if (isWide) {
    user.store32(address + 8, Math.floor(held.start / 0x100000000));
    user.store32(address + 12, length | 0);
    user.store32(address + 16, Math.floor(length / 0x100000000));
    user.store32(address + 20, held.pid);
  } else {
    user.store32(address + 8, length);
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

/** ioctl(2): what every descriptor knows, then what its kind of file does. */
function ioctl(caller: Caller): number | Kernel<number> {
  const [fd, request, argument] = caller.args;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  switch (request >>> 0) {
    case F.FIOCLEX:
    case F.FIONCLEX:
      tableOf(caller).setCloseOnExec(fd, request === F.FIOCLEX);
      return 0;
    case F.FIONBIO: {
      const bad = caller.user.readable(argument, 4);
      if (bad < 0) return bad;
      if (caller.user.load32(argument)) file.flags |= F.O_NONBLOCK;
      else file.flags &= ~F.O_NONBLOCK;
      return 0;
    }
    case F.FIONREAD:
      if (file.node.isRegular && !file.ops.ioctl) {
        const bad = caller.user.writable(argument, 4);
        if (bad < 0) return bad;
        caller.user.store32(argument, file.node.size - file.position);
        return 0;
      }
  }
  const { core } = caller.services.files;
  return file.ops.ioctl?.(core, file, caller, request, argument) ?? -ENOTTY;
}

/** Descriptors, pipes, locks and controls. */
export const fileDescriptorCalls: readonly Row[] = [
  { number: 41, name: 'dup', run: (c) => tableOf(c).duplicate(c.args[0], false, limitOf(c)) },
  { number: 42, name: 'pipe', run: (c) => pipe(c, c.args[0], 0) },
  { number: 54, name: 'ioctl', run: ioctl },
  { number: 55, name: 'fcntl', run: fcntl, note: 'leases, F_NOTIFY and seals are refused; SIGIO is not sent' },
  { number: 63, name: 'dup2', run: dup2 },
  { number: 143, name: 'flock', run: flock },
  { number: 221, name: 'fcntl64', run: fcntl, note: 'leases, F_NOTIFY and seals are refused; SIGIO is not sent' },
  { number: 330, name: 'dup3', run: dup3 },
  { number: 331, name: 'pipe2', run: (c) => pipe(c, c.args[0], c.args[1]) },
];
