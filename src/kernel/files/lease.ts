import { CAP_LEASE } from '../../abi/capabilities.ts';
import { EACCES, EAGAIN, EINVAL } from '../../abi/errno.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK, O_ACCMODE, O_NONBLOCK, O_RDONLY } from '../../abi/flags.ts';
import { POLL_MSG } from '../../abi/signals.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import { Queue } from '../queue.ts';
import type { Credentials, FileOwner } from '../services.ts';
import { signalOwner } from './async.ts';
import type { FilesCore } from './core.ts';
import type { Inode } from './node.ts';
import type { OpenFile } from './open-file.ts';

/** How long a holder may take to give a lease up, in ns (/proc/sys/fs/lease-break-time). */
export const LEASE_BREAK_TIME = 45e9;

/** A lease on a file (F_SETLEASE of fcntl(2)). */
interface Lease {
  readonly fd: number;
  type: number;
  /** Somebody waits for it to be given up, or to become a read lease. */
  unlock: boolean;
  downgrade: boolean;
  /** When that happens by itself. */
  until: number;
}

/** What a lease will be once its holder has done what he was told. */
function targetOf({ unlock, downgrade, type }: Lease): number {
  return unlock ? F_UNLCK : downgrade ? F_RDLCK : type;
}

/** The leases on one node, by open file. */
export class Leases {
  readonly held = new Map<OpenFile, Lease>();
  /** Woken when a lease goes or gets weaker. */
  readonly changed = new Queue();
}

/** F_GETLEASE: the lease that an open file holds, or will hold once it has done what it was told. */
export function leaseOf(core: FilesCore, file: OpenFile): number {
  timeOut(core, file.node);
  const lease = file.node.leases?.held.get(file);
  return lease ? targetOf(lease) : F_UNLCK;
}

/** F_SETLEASE; 0, -EACCES, -EINVAL, or -EAGAIN where others have the file open in a way that it forbids. */
export function setLease(
  core: FilesCore,
  file: OpenFile,
  fd: number,
  type: number,
  who: Credentials,
  asker: FileOwner,
): number {
  const { node } = file;
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return -EINVAL;
  if (type !== F_UNLCK) {
    if (!capable(who, CAP_LEASE) && who.uid !== node.uid) return -EACCES;
    if (!node.isRegular) return -EINVAL;
  }
  timeOut(core, node);
  const own = node.leases?.held.get(file);
  if (type === F_UNLCK) {
    if (!own) return -EAGAIN;
    change(node, file, own, F_UNLCK);
    return 0;
  }
  if (opensForbid(core, file, type)) return -EAGAIN;
  for (const [other, lease] of node.leases?.held ?? [])
    if (other !== file && (type === F_WRLCK || lease.unlock)) return -EAGAIN;
  if (own) {
    change(node, file, own, type);
    return 0;
  }
  node.leases ??= new Leases();
  node.leases.held.set(file, { fd, type, unlock: false, downgrade: false, until: Number.POSITIVE_INFINITY });
  file.owner ??= asker;
  return 0;
}

/** Whether other opens of the node stand against a lease (check_conflicting_open). */
function opensForbid(core: FilesCore, file: OpenFile, type: number): boolean {
  const { node } = file;
  if (type === F_RDLCK) return node.writers > 0;
  for (const other of core.open.values()) if (other !== file && other.node === node && !other.isPath) return true;
  return false;
}

function change(node: Inode, file: OpenFile, lease: Lease, type: number): void {
  const { changed, held } = node.leases as Leases;
  lease.type = type;
  // Who was told to give it up is still told so when he only shares it (lease_clear_pending).
  if (type === F_RDLCK) lease.downgrade = false;
  if (type === F_UNLCK) {
    held.delete(file);
    file.owner = undefined;
    file.signal = 0;
    if (held.size === 0) node.leases = undefined;
  }
  changed.wake();
}

/** Leases whose holders took too long become what they were told. */
function timeOut(core: FilesCore, node: Inode): void {
  if (!node.leases) return;
  for (const [file, lease] of [...node.leases.held])
    if (core.clock.virtual >= lease.until) change(node, file, lease, targetOf(lease));
}

/** The open file is gone, and its lease. */
export function releaseLease(file: OpenFile): void {
  const lease = file.node.leases?.held.get(file);
  if (lease) change(file.node, file, lease, F_UNLCK);
}

/**
 * Before a node is opened or cut with these O_* flags: whoever has a lease that stands against it is told, and has
 * time to give it up. 0, -EAGAIN with O_NONBLOCK, -ERESTARTSYS.
 */
export function* breakLeases(core: FilesCore, node: Inode, flags: number): Kernel<number> {
  const writes = (flags & O_ACCMODE) !== O_RDONLY;
  timeOut(core, node);
  while (node.leases) {
    const { held, changed } = node.leases;
    const against = [...held].filter(([, lease]) => writes || lease.type === F_WRLCK);
    if (against.length === 0) return 0;
    for (const [file, lease] of against) {
      const pending = lease.unlock || lease.downgrade;
      if (writes ? lease.unlock : pending) continue;
      if (writes) lease.unlock = true;
      else lease.downgrade = true;
      lease.until = core.clock.virtual + LEASE_BREAK_TIME;
      signalOwner(core, file, lease.fd, POLL_MSG);
    }
    if (flags & O_NONBLOCK) return -EAGAIN;
    const until = Math.min(...against.map(([, lease]) => lease.until));
    if ((yield* wait(changed, until)) === 'signal') return -ERESTARTSYS;
    timeOut(core, node);
  }
  return 0;
}
