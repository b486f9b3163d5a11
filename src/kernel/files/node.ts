import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import type { Stamp } from './clock.ts';
import type { Content } from './content.ts';
import type { Opened } from './devices.ts';
import type { Leases } from './lease.ts';
import type { LockList } from './locks.ts';
import type { Place } from './namespace.ts';
import type { Pipe } from './pipe.ts';
import type { NodeWatch } from './tell.ts';

/** A file, directory, link or device of some file system. `data` belongs to its file system. */
export class Inode<D = unknown> {
  readonly fs: FileSystem<D>;
  readonly number: number;
  readonly data: D;
  /** S_IFMT bits and permissions. */
  mode: number;
  uid: number;
  gid: number;
  nlink = 1;
  rdev = 0;
  size = 0;
  /** When it was made, where that is known. */
  birth: Stamp | undefined;
  atime: Stamp;
  mtime: Stamp;
  ctime: Stamp;
  /** Open files of this node. */
  users = 0;
  /** Open files that may write; below 0: that many executions forbid it (ETXTBSY). */
  writers = 0;
  /** Bytes of a regular file. */
  content: Content | undefined;
  /** The pipe behind a FIFO while it is open. */
  pipe: Pipe | undefined;
  locks: LockList | undefined;
  /** F_SEAL_* that were added to it. */
  seals: number | undefined;
  /** Never had a name but may be given one (O_TMPFILE without O_EXCL). */
  linkable = false;
  /** What chattr(1) set: FS_*_FL. */
  fixed = 0;
  /** F_SET_RW_HINT. */
  lifetime = 0;
  leases: Leases | undefined;
  /** Who is told what happens to it. */
  watches: Set<NodeWatch> | undefined;
  /** Extended attributes by name, once there was one (xattr(7)). */
  attributes: Map<string, Uint8Array> | undefined;

  constructor(fs: FileSystem<D>, number: number, data: D, mode: number, owner: Owner, time: Stamp) {
    this.fs = fs;
    this.number = number;
    this.data = data;
    this.mode = mode;
    this.uid = owner.uid;
    this.gid = owner.gid;
    this.atime = time;
    this.mtime = time;
    this.ctime = time;
  }

  get type(): number {
    return this.mode & S_IFMT;
  }

  get isDirectory(): boolean {
    return (this.mode & S_IFMT) === S_IFDIR;
  }

  get isLink(): boolean {
    return (this.mode & S_IFMT) === S_IFLNK;
  }

  get isRegular(): boolean {
    return (this.mode & S_IFMT) === S_IFREG;
  }
}

/** To whom a new node belongs. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The owner of what the kernel itself makes. */
export const ROOT: Owner = { uid: 0, gid: 0 };

/** A name in a directory: `type` is DT_*. */
export interface Entry {
  readonly name: string;
  readonly type: number;
  readonly number: number;
}

/** What a new node is to be. */
export interface NewNode {
  readonly mode: number;
  readonly owner: Owner;
  readonly rdev: number;
  /** Target of a symbolic link. */
  readonly target: string;
}

/** Attributes to change. */
export interface Change {
  mode?: number;
  uid?: number;
  gid?: number;
  atime?: Stamp;
  mtime?: Stamp;
}

/** Space and nodes of a file system, in pages and names. */
export interface Room {
  readonly pages: number;
  readonly freePages: number;
  readonly nodes: number;
  readonly freeNodes: number;
}

/**
 * A file system: a table of functions over its nodes. The caller has checked names and permissions; numbers below 0 are
 * errnos. Directories' and nodes' times and link counts are the file system's own business in every change of names.
 */
export interface FileSystem<D = unknown> {
  /** Renames so far: joins the two halves of one for who watches. */
  moves?: number;
  /** Nothing in it may be changed, through whatever mount (a remount with MS_RDONLY). */
  isReadOnly?: boolean;
  /** Other limits (a remount with size= or nr_inodes=). */
  resize?(limits: { readonly bytes?: number; readonly names?: number }): number;
  /** As /proc/mounts names it. */
  readonly type: string;
  /** f_type of statfs(2). */
  readonly magic: number;
  /** st_dev, encoded as new_encode_dev does. */
  readonly device: number;
  /** Whether a rename may leave a character device 0:0 behind (RENAME_WHITEOUT). */
  readonly whiteouts?: boolean;
  /** Whether its nodes can have extended attributes. */
  readonly keepsAttributes?: boolean;
  /** What may be remembered of names: all; that they were there, but they must be asked for again; or nothing. */
  readonly memory: 'keep' | 'ask' | 'none';
  lookup(directory: Inode<D>, name: string, who: Credentials): Kernel<Inode<D> | number>;
  list(directory: Inode<D>): Kernel<readonly Entry[] | number>;
  create(directory: Inode<D>, name: string, what: NewNode): Kernel<Inode<D> | number>;
  /** A regular file without a name (O_TMPFILE); absent where it cannot be made. */
  temporary?(what: NewNode): Inode<D>;
  link(directory: Inode<D>, name: string, node: Inode<D>): Kernel<number>;
  remove(directory: Inode<D>, name: string, node: Inode<D>): Kernel<number>;
  /** Moves `node`; `replaced` (or undefined) has that name until then and loses it, or with `exchange` takes the old one. */
  rename(move: Move<D>): Kernel<number>;
  /** The target of a link; `pid` is the process that looks. */
  readlink(node: Inode<D>, pid: number): Kernel<string | number>;
  /** A link that leads to a place, not to a path (/proc/PID/fd/N); -EACCES where process `pid` may not follow it. */
  follow?(node: Inode<D>, pid: number): Place | number | undefined;
  change(node: Inode<D>, change: Change): Kernel<number>;
  /** Bytes of a regular file from `size` on are gone, or zeros appear up to it. */
  truncate(node: Inode<D>, size: number): Kernel<number>;
  room(): Room;
  /** How an open file of this node works where its type does not say so by itself. */
  open?(node: Inode<D>): Opened | undefined;
  /** Nobody can reach it any more: gives back what its files hold. */
  discard?(): void;
  /** The last open file of a node without names is closed. */
  forget(node: Inode<D>): void;
}

/** A rename as the file system sees it. */
export interface Move<D = unknown> {
  readonly from: Inode<D>;
  readonly name: string;
  readonly to: Inode<D>;
  readonly newName: string;
  readonly node: Inode<D>;
  readonly replaced: Inode<D> | undefined;
  readonly exchange: boolean;
}
