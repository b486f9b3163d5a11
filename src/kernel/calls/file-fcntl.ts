import { CAP_SYS_RESOURCE } from '../../abi/capabilities.ts';
import { EBADF, EFAULT, EINVAL, ENOTDIR, EPERM, ESRCH } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { NSIG } from '../../abi/signals.ts';
import { F_OWNER_EX } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { owns } from '../files/access.ts';
import { setAsync } from '../files/async.ts';
import { DirectoryNotice } from '../files/dnotify.ts';
import { leaseOf, setLease } from '../files/lease.ts';
import type { OpenFile } from '../files/open-file.ts';
import { resizePipe } from '../files/pipe.ts';
import type { Kernel } from '../platform.ts';
import type { FileOwner } from '../services.ts';
import type { Task } from '../tasks/task.ts';
import { tableOf } from './file-arguments.ts';
import { lockCommand } from './file-lock.ts';
import { addSeals, getSeals } from './memfd.ts';

/** Status flags that F_SETFL can change by itself; FASYNC has its own rules. */
const SETTABLE = F.O_APPEND | F.O_NONBLOCK | F.O_DIRECT | F.O_NOATIME;
/** Kinds of files that know O_DIRECT. */
const DIRECT: ReadonlySet<string> = new Set(['file', 'pipe']);
/** Lifetimes of F_SET_RW_HINT: none to extreme. */
const HINTS = 5;

/** The kinds of owners in the order of F_OWNER_*. */
const KINDS: readonly FileOwner['kind'][] = ['thread', 'process', 'group'];

/** The caller in the role of a file's owner, or of one who names an owner. */
export function ownerBy(caller: Caller, kind: FileOwner['kind'] = 'process', id = caller.pid): FileOwner {
  const { realUid, uid } = caller.credentials;
  return { kind, id, uid: realUid, effectiveUid: uid };
}

/** F_SETFL. */
function setFlags(caller: Caller, file: OpenFile, fd: number, wanted: number): number {
  const changed = wanted ^ file.flags;
  if (changed & F.O_APPEND && file.node.fixed & F.FS_APPEND_FL) return -EPERM;
  if (changed & wanted & F.O_NOATIME && owns(file.node, caller.credentials) < 0) return -EPERM;
  if (wanted & F.O_DIRECT && !DIRECT.has(file.ops.name)) return -EINVAL;
  if (changed & F.FASYNC) setAsync(caller.services.files.core, file, fd, (wanted & F.FASYNC) !== 0, ownerBy(caller));
  file.flags = (file.flags & ~SETTABLE) | (wanted & SETTABLE);
  return 0;
}

/** Makes somebody the owner of a file; a number of 0 means nobody. */
function setOwner(caller: Caller, file: OpenFile, kind: FileOwner['kind'], id: number): number {
  if (id !== 0 && !caller.services.tasks.ownerExists(kind, id)) return -ESRCH;
  file.owner = id === 0 ? undefined : ownerBy(caller, kind, id);
  return 0;
}

/** F_SETOWN and its ioctls: a negative number is a process group. */
export function setOwnerNumber(caller: Caller, file: OpenFile, number: number): number {
  if (number === -0x80000000) return -EINVAL;
  return number < 0 ? setOwner(caller, file, 'group', -number) : setOwner(caller, file, 'process', number);
}

/** F_GETOWN: 0 when there is none, or when it has ended. */
export function ownerNumber(caller: Caller, { owner }: OpenFile): number {
  if (!owner || !caller.services.tasks.ownerExists(owner.kind, owner.id)) return 0;
  return owner.kind === 'group' ? -owner.id : owner.id;
}

function setOwnerEx(caller: Caller, file: OpenFile, address: number): number {
  const bad = caller.user.readable(address, F_OWNER_EX.size);
  if (bad < 0) return bad;
  const kind = KINDS[caller.user.load32(address)];
  return kind ? setOwner(caller, file, kind, caller.user.load32(address + F_OWNER_EX.at.pid)) : -EINVAL;
}

function getOwnerEx(caller: Caller, file: OpenFile, address: number): number {
  const bad = caller.user.writable(address, F_OWNER_EX.size);
  if (bad < 0) return bad;
  caller.user.store32(address, file.owner ? KINDS.indexOf(file.owner.kind) : 0);
  caller.user.store32(address + F_OWNER_EX.at.pid, Math.abs(ownerNumber(caller, file)));
  return 0;
}

function getOwnerIds(caller: Caller, { owner }: OpenFile, address: number): number {
  const bad = caller.user.writable(address, 8);
  if (bad < 0) return bad;
  caller.user.store32(address, owner?.uid ?? 0);
  caller.user.store32(address + 4, owner?.effectiveUid ?? 0);
  return 0;
}

/** F_NOTIFY: signals about the names in a directory; no events at all end it. */
function notify(caller: Caller, file: OpenFile, fd: number, mask: number): number {
  const events = mask & 0x7fffffff;
  if (events === 0) {
    file.notice?.gone();
    return 0;
  }
  if (!file.node.isDirectory) return -ENOTDIR;
  file.owner ??= ownerBy(caller);
  file.notice ??= new DirectoryNotice(caller.services.files.core, file, fd, caller.table);
  file.notice.add(mask);
  return 0;
}

/** F_GET_RW_HINT and F_SET_RW_HINT: a number that the file keeps, 8 bytes long. */
function lifetimeHint(caller: Caller, file: OpenFile, address: number, sets: boolean): number {
  const { user } = caller;
  const bad = sets ? user.readable(address, 8) : user.writable(address, 8);
  if (bad < 0) return -EFAULT;
  if (!sets) {
    user.store32(address, file.node.lifetime);
    user.store32(address + 4, 0);
    return 0;
  }
  if (user.load32(address + 4) !== 0 || user.load32(address) >>> 0 > HINTS) return -EINVAL;
  file.node.lifetime = user.load32(address);
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
      return table.duplicate(fd, command === F.F_DUPFD_CLOEXEC, caller.limit(F.RLIMIT_NOFILE), argument);
    case F.F_GETFD:
      return table.isCloseOnExec(fd) ? F.FD_CLOEXEC : 0;
    case F.F_SETFD:
      table.setCloseOnExec(fd, (argument & F.FD_CLOEXEC) !== 0);
      return 0;
    case F.F_GETFL:
      return file.flags;
  }
  return file.isPath ? -EBADF : control(caller, file, fd, command, argument);
}

/** The commands that a descriptor opened with O_PATH does not know. */
function control(
  caller: Caller,
  file: OpenFile,
  fd: number,
  command: number,
  argument: number,
): number | Kernel<number> {
  const { core } = caller.services.files;
  switch (command) {
    case F.F_SETFL:
      return setFlags(caller, file, fd, argument);
    case F.F_SETOWN:
      return setOwnerNumber(caller, file, argument);
    case F.F_GETOWN:
      return ownerNumber(caller, file);
    case F.F_SETOWN_EX:
      return setOwnerEx(caller, file, argument);
    case F.F_GETOWN_EX:
      return getOwnerEx(caller, file, argument);
    case F.F_GETOWNER_UIDS:
      return getOwnerIds(caller, file, argument);
    case F.F_SETSIG:
      if (argument < 0 || argument > NSIG) return -EINVAL;
      file.signal = argument;
      return 0;
    case F.F_GETSIG:
      return file.signal;
    case F.F_SETLEASE:
      return setLease(core, file, fd, argument, caller.credentials, ownerBy(caller));
    case F.F_GETLEASE:
      return leaseOf(core, file);
    case F.F_NOTIFY:
      return notify(caller, file, fd, argument);
    case F.F_GET_RW_HINT:
    case F.F_SET_RW_HINT:
      return lifetimeHint(caller, file, argument, command === F.F_SET_RW_HINT);
    case F.F_ADD_SEALS:
      return addSeals(caller as Task, file, argument);
    case F.F_GET_SEALS:
      return getSeals(file);
    case F.F_SETPIPE_SZ:
      return file.node.pipe
        ? resizePipe(file.node.pipe, argument, capable(caller.credentials, CAP_SYS_RESOURCE))
        : -EBADF;
    case F.F_GETPIPE_SZ:
      return file.node.pipe ? file.node.pipe.capacity * 4096 : -EBADF;
    default:
      return lockCommand(caller, file, command, argument);
  }
}

const note = 'FASYNC signals of sockets tell of room only after a write(2) was refused';

/** fcntl(2). */
export const fileFcntlCalls: readonly Row[] = [
  { number: 55, name: 'fcntl', run: fcntl, note },
  { number: 221, name: 'fcntl64', run: fcntl, note },
];
