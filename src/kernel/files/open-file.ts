import { O_ACCMODE, O_PATH, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import { IN_CLOSE_NOWRITE, IN_CLOSE_WRITE, IN_OPEN } from '../../abi/inotify.ts';
import type { Books } from '../audit/books.ts';
import type { Caller } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Queue } from '../queue.ts';
import type { FileOwner, Ranges } from '../services.ts';
import { endAsync, type FileAsync } from './async.ts';
import type { FilesCore } from './core.ts';
import { discardDetached } from './detached.ts';
import type { DirectoryNotice } from './dnotify.ts';
import { releaseLease } from './lease.ts';
import type { Place } from './namespace.ts';
import type { Inode } from './node.ts';
import { tell, tellGone } from './tell.ts';
import type { Mover } from './transfer.ts';

/** One step of a read or write: bytes that move without a wait. */
export interface Transfer {
  /** Where the bytes go or come from, and how many that is. */
  readonly ranges: Ranges;
  readonly length: number;
  /** How many were asked for; more than `length` where the caller's memory turns bad. */
  readonly wanted: number;
  /** Where in the file. */
  readonly position: number;
  /** The process that asks. */
  readonly pid: number;
  /** Bytes that earlier steps of the same call have moved, and virtual time when the call began. */
  readonly done: number;
  readonly since: number;
  /** Set by a file that answers -EAGAIN: ask again at this virtual time even if nothing happens (VTIME). */
  until: number;
}

/** How a kind of open file works: a table of functions. `S` is what it keeps per open file. */
export interface FileOps<S = unknown> {
  readonly name: string;
  /** Has a position that moves: pread, pwrite and lseek work. */
  readonly seekable: boolean;
  /** Looks whether anything can move before it looks at the buffer: a step may have no ranges although bytes are wanted. */
  readonly looksFirst?: true;
  /** The position stays 0 (null, zero...). */
  readonly fixed?: true;
  /** Bytes moved, 0 at the end, -EAGAIN when there is nothing yet. */
  read(core: FilesCore, file: OpenFile<S>, transfer: Transfer): number | Kernel<number>;
  /** Bytes moved (may be fewer than asked), -EAGAIN when there is no room yet. */
  write(core: FilesCore, file: OpenFile<S>, transfer: Transfer): number | Kernel<number>;
  /** Reads or writes that the file does whole, in place of `read` and `write` (sockets: messages). */
  move?(
    core: FilesCore,
    caller: Mover,
    file: OpenFile<S>,
    segments: readonly number[],
    writing: boolean,
  ): number | Kernel<number>;
  /** What is possible now: POLL*. */
  poll(core: FilesCore, file: OpenFile<S>): number;
  /** Woken when reading (or, with `writing`, writing) may have become possible; undefined = it always is. */
  queue?(core: FilesCore, file: OpenFile<S>, writing: boolean): Queue | undefined;
  /** Before `poll`: asks the world below, where that is what tells. */
  prime?(core: FilesCore, file: OpenFile<S>): Kernel<void>;
  ioctl?(
    core: FilesCore,
    file: OpenFile<S>,
    caller: Caller,
    request: number,
    argument: number,
  ): number | Kernel<number>;
  /** A descriptor of it in this table is closed. */
  flush?(core: FilesCore, file: OpenFile<S>, table: number): void;
  /** Lines of its own in /proc/PID/fdinfo. */
  info?(file: OpenFile<S>): string;
  /** The last reference is gone. */
  close?(core: FilesCore, file: OpenFile<S>): void;
  /** What the state that these open files share holds, for audits. */
  audit?(core: FilesCore, files: readonly OpenFile<S>[], books: Books): void;
}

/** Somebody who has to know when an open file is closed for good (epoll). */
export interface Watcher {
  closed(): void;
}

/** An open file description: shared by dup and fork (open(2)). */
export class OpenFile<S = unknown> {
  readonly handle: number;
  readonly ops: FileOps<S>;
  readonly place: Place;
  readonly state: S;
  /** Access mode and status flags: O_APPEND, O_NONBLOCK... */
  flags: number;
  position = 0;
  /** Descriptors and other holders. */
  users = 1;
  /** F_SETOWN and F_SETSIG. */
  owner: FileOwner | undefined;
  signal = 0;
  /** Sends its signals while FASYNC is set. */
  async: FileAsync | undefined;
  /** Who set its flock, for /proc/locks. */
  lockPid = 0;
  /** F_NOTIFY. */
  notice: DirectoryNotice | undefined;
  /** Made without asking for write access, whatever its mode (memfd_create). */
  unnoticed = false;
  /** What it had seen of its node's history when it was opened (FIFOs: writers so far). */
  version = 0;
  watchers: Set<Watcher> | undefined;

  constructor(handle: number, ops: FileOps<S>, place: Place, state: S, flags: number) {
    this.handle = handle;
    this.ops = ops;
    this.place = place;
    this.state = state;
    this.flags = flags;
  }

  get node(): Inode {
    return this.place.dentry.node;
  }

  get readable(): boolean {
    return (this.flags & (O_ACCMODE | O_PATH)) === O_RDONLY || (this.flags & (O_ACCMODE | O_PATH)) === 2;
  }

  /** Whether it keeps its file from being executed (i_writecount); the descriptor of memfd_create does not. */
  get holdsWrite(): boolean {
    return this.writable && this.node.isRegular && !this.unnoticed;
  }

  get writable(): boolean {
    return (this.flags & (O_ACCMODE | O_PATH)) === O_WRONLY || (this.flags & (O_ACCMODE | O_PATH)) === 2;
  }

  /** Opened with O_PATH: a name without its contents. */
  get isPath(): boolean {
    return (this.flags & O_PATH) !== 0;
  }
}

/** Registers a new open file with one reference. */
export function makeFile<S>(
  core: FilesCore,
  ops: FileOps<S>,
  place: Place,
  state: S,
  flags: number,
  unnoticed = false,
): OpenFile<S> {
  const file = new OpenFile<S>(core.nextHandle++, ops, place, state, flags);
  file.unnoticed = unnoticed;
  core.open.set(file.handle, file as OpenFile);
  const { node } = file;
  node.users++;
  if (file.holdsWrite) node.writers++;
  if (!file.isPath) tell(place.dentry, IN_OPEN);
  return file;
}

/** One reference less; the last one closes the file. */
export function dropFile(core: FilesCore, file: OpenFile): void {
  if (--file.users > 0) return;
  core.open.delete(file.handle);
  if (!file.isPath) tell(file.place.dentry, file.writable ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
  if (file.watchers) for (const watcher of [...file.watchers]) watcher.closed();
  const { node } = file;
  endAsync(file);
  releaseLease(file);
  if (file.holdsWrite) node.writers--;
  node.locks?.releaseFile(file);
  file.ops.close?.(core, file);
  if (--node.users === 0 && node.nlink === 0) {
    tellGone(node);
    node.fs.forget(node);
  }
  if (core.detached.size > 0) discardDetached(core);
}
