import { CAP_LINUX_IMMUTABLE } from '../../abi/capabilities.ts';
import { EBADF, ENOTTY, EOPNOTSUPP, EPERM, EROFS } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { owns } from '../files/access.ts';
import { sendsSignals, setAsync } from '../files/async.ts';
import type { OpenFile } from '../files/open-file.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, tableOf } from './file-arguments.ts';
import { ownerBy, ownerNumber, setOwnerNumber } from './file-fcntl.ts';

/** Attributes that ext4 keeps and lets programs change: secrm to nodump, noatime, data journal, notail, dirsync, topdir. */
const KEPT = 0x000380ff;
/** What ext4 says of every file beside these: its blocks are extents. */
const EXTENTS = 0x80000;
/** Attributes that only root changes. */
const ROOTS = F.FS_IMMUTABLE_FL | F.FS_APPEND_FL;

/** A request that files of many kinds know; undefined: it is no such request for this file. */
type Request = (caller: Caller, file: OpenFile, argument: number, fd: number) => number | undefined;

/** Gives the caller one word. */
function give(caller: Caller, address: number, value: number): number {
  const bad = caller.user.writable(address, 4);
  if (bad === 0) caller.user.store32(address, value);
  return bad;
}

/** The word at an address, handed to `use`. */
function take(caller: Caller, address: number, use: (value: number) => number): number {
  const bad = caller.user.readable(address, 4);
  return bad < 0 ? bad : use(caller.user.load32(address));
}

/** Whether the file's file system has attributes for chattr(1). */
function hasAttributes({ node }: OpenFile): boolean {
  return node.fs.type === 'ext4' && (node.isRegular || node.isDirectory);
}

function getAttributes(caller: Caller, file: OpenFile, address: number): number | undefined {
  return hasAttributes(file) ? give(caller, address, file.node.fixed | EXTENTS) : undefined;
}

function setAttributes(caller: Caller, file: OpenFile, address: number): number | undefined {
  if (!hasAttributes(file)) return undefined;
  const { node, place } = file;
  return take(caller, address, (wanted) => {
    if (place.mount.flags & F.MS_RDONLY) return -EROFS;
    if (owns(node, caller.credentials) < 0) return -EPERM;
    if ((wanted ^ node.fixed) & ROOTS && !capable(caller.credentials, CAP_LINUX_IMMUTABLE)) return -EPERM;
    if (wanted & ~(KEPT | EXTENTS)) return -EOPNOTSUPP;
    node.fixed = wanted & KEPT;
    node.ctime = caller.services.files.core.clock.stamp();
    return 0;
  });
}

function setNonBlocking(caller: Caller, file: OpenFile, address: number): number {
  return take(caller, address, (on) => {
    file.flags = on ? file.flags | F.O_NONBLOCK : file.flags & ~F.O_NONBLOCK;
    return 0;
  });
}

function async(caller: Caller, file: OpenFile, address: number, fd: number): number {
  return take(caller, address, (on) => {
    if ((on !== 0) === ((file.flags & F.FASYNC) !== 0)) return 0;
    if (!sendsSignals(file)) return -ENOTTY;
    setAsync(caller.services.files.core, file, fd, on !== 0, ownerBy(caller));
    return 0;
  });
}

/** FICLONE: blocks are never shared. */
function clone(caller: Caller, file: OpenFile, fd: number): number | undefined {
  const from = fileAt(caller, fd);
  if (!from || !file.writable || !from.readable) return -EBADF;
  return file.node.isRegular ? -EOPNOTSUPP : undefined;
}

/** FIOQSIZE: eight bytes of size, for files that have one. */
function sizeOf(caller: Caller, { node }: OpenFile, address: number): number {
  if (!node.isRegular && !node.isDirectory) return -ENOTTY;
  const bad = caller.user.writable(address, 8);
  if (bad < 0) return bad;
  caller.user.store32(address, node.size | 0);
  caller.user.store32(address + 4, Math.floor(node.size / 0x100000000));
  return 0;
}

/** Owners as sockets take them, without F_SETOWN. */
const setSocketOwner: Request = (c, file, at) =>
  file.ops.name === 'socket' ? take(c, at, (number) => setOwnerNumber(c, file, number)) : undefined;
const getSocketOwner: Request = (c, file, at) =>
  file.ops.name === 'socket' ? give(c, at, ownerNumber(c, file)) : undefined;

const REQUESTS: ReadonlyMap<number, Request> = new Map<number, Request>([
  [F.FIOCLEX, (c, _file, _argument, fd) => tableOf(c).setCloseOnExec(fd, true) ?? 0],
  [F.FIONCLEX, (c, _file, _argument, fd) => tableOf(c).setCloseOnExec(fd, false) ?? 0],
  [F.FIONBIO, setNonBlocking],
  [F.FIOASYNC, async],
  [F.FIOSETOWN, setSocketOwner],
  [F.SIOCSPGRP, setSocketOwner],
  [F.FIOGETOWN, getSocketOwner],
  [F.SIOCGPGRP, getSocketOwner],
  [F.FIOQSIZE, sizeOf],
  [F.FIGETBSZ, (c, _file, at) => give(c, at, 4096)],
  [
    F.FIONREAD,
    (c, { node, ops, position }, at) => (node.isRegular && !ops.ioctl ? give(c, at, node.size - position) : undefined),
  ],
  [F.FS_IOC_GETFLAGS, getAttributes],
  [F.FS_IOC_SETFLAGS, setAttributes],
  [F.FS_IOC_GETVERSION, (c, file, at) => (hasAttributes(file) ? give(c, at, file.node.number) : undefined)],
  [F.FICLONE, clone],
]);

/** ioctl(2): what many kinds of files know, then what this kind does. */
function ioctl(caller: Caller): number | Kernel<number> {
  const [fd, request, argument] = caller.args;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  const result = REQUESTS.get(request >>> 0)?.(caller, file, argument, fd);
  if (result !== undefined) return result;
  const { core } = caller.services.files;
  return file.ops.ioctl?.(core, file, caller, request, argument) ?? -ENOTTY;
}

/** Controls of files. */
export const fileIoctlCalls: readonly Row[] = [
  { number: 54, name: 'ioctl', run: ioctl, note: 'requests of terminals, sockets, pipes and ext4 attributes' },
];
