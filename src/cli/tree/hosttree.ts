import {
  type BigIntStats,
  chmodSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { EPERM } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/flags.ts';
import type { Kernel, LowerStat, LowerTree, Memory } from '../../kernel/platform.ts';
import { type AnchorPlace, anchor, bytes, identity, openRoot } from './anchor.ts';
import { errnoOf } from './errno.ts';
import { Handles } from './handles.ts';

/** One file of the host: where it was found last, and what it is. */
interface Entry {
  readonly node: number;
  /** The directory's node; the root is its own parent. */
  parent: number;
  name: string;
  readonly identity: string;
}

/** Bytes that one read or write of the host moves at most. */
const CHUNK = 1 << 20;
const ROOT = 1;
/** Bytes of every directory, as ext4 has it for small ones. */
const DIRECTORY_SIZE = 4096;

/**
 * A directory of the host as the tree below the kernel. Names are one component each and no link is ever followed, so
 * nothing outside the directory can be reached, by whatever names its files are called meanwhile: every step starts at
 * an open directory, and what is found must still be the file that the node stands for (ESTALE otherwise).
 */
export class HostTree implements LowerTree {
  readonly root = ROOT;
  readonly writable: boolean;
  readonly #memory: () => Memory;
  readonly #root: AnchorPlace;
  readonly #entries: Entry[] = [];
  readonly #byIdentity = new Map<string, Entry>();
  readonly #handles = new Handles();
  readonly #places = new Map<number, AnchorPlace>();
  readonly #buffer = new Uint8Array(CHUNK);

  /** `path` is a directory of the host; throws a Node.js error when it is not. `memory` is the machine's, once it is there. */
  constructor(path: string, writable: boolean, memory: () => Memory) {
    this.writable = writable;
    this.#memory = memory;
    this.#root = openRoot(path);
    const stat = fstatSync(this.#root.fd, { bigint: true });
    const entry = { node: ROOT, parent: ROOT, name: '', identity: identity(stat) };
    this.#entries[ROOT] = entry;
    this.#byIdentity.set(entry.identity, entry);
  }

  *stat(node: number): Kernel<LowerStat | number> {
    return attempt(() => this.#lowerStat(node, this.#check(node)));
  }

  *lookup(directory: number, name: string): Kernel<LowerStat | number> {
    return attempt(() => this.#found(directory, name));
  }

  *list(directory: number): Kernel<readonly { readonly name: string; readonly type: number }[] | number> {
    return attempt(() => {
      this.#check(directory);
      const path = anchor.path(this.#place(directory), '.');
      return readdirSync(path, { withFileTypes: true, encoding: 'latin1' as BufferEncoding })
        .map((entry) => ({ name: String(entry.name), type: typeOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    });
  }

  *readlink(node: number): Kernel<string | number> {
    return attempt(() => {
      this.#check(node);
      return readlinkSync(this.#path(node), 'latin1' as BufferEncoding);
    });
  }

  *read(node: number, position: number, address: number, length: number): Kernel<number> {
    return attempt(() => {
      const fd = this.#file(node, false);
      const memory = this.#memory();
      let done = 0;
      while (done < length) {
        const count = readSync(fd, this.#buffer, 0, Math.min(CHUNK, length - done), position + done);
        if (count === 0) break;
        memory.write(address + done, this.#buffer, 0, count);
        done += count;
      }
      return done;
    });
  }

  *write(node: number, position: number, address: number, length: number): Kernel<number> {
    return attempt(() => {
      const fd = this.#file(node, true);
      const memory = this.#memory();
      let done = 0;
      while (done < length) {
        const part = Math.min(CHUNK, length - done);
        memory.read(address + done, this.#buffer, 0, part);
        done += writeSync(fd, this.#buffer, 0, part, position + done);
      }
      return done;
    });
  }

  *truncate(node: number, size: number): Kernel<number> {
    return attempt(() => {
      ftruncateSync(this.#file(node, true), size);
      return 0;
    });
  }

  *create(directory: number, name: string, mode: number, target?: string): Kernel<LowerStat | number> {
    return attempt(() => {
      const path = this.#at(directory, name);
      const permissions = mode & 0o7777;
      const type = mode & S_IFMT;
      if (type === S_IFDIR) {
        mkdirSync(path, permissions);
        chmodSync(path, permissions);
      } else if (type === S_IFLNK) symlinkSync(bytes(target ?? ''), path);
      else if (type === S_IFREG) {
        const flags = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_RDWR;
        const fd = openSync(path, flags, permissions);
        fchmodSync(fd, permissions);
        const entry = this.#enter(directory, name, identity(fstatSync(fd, { bigint: true })));
        this.#handles.get(`${entry.node}w`, () => fd);
      } else return -EPERM;
      return this.#found(directory, name);
    });
  }

  *remove(directory: number, name: string, isDirectory: boolean): Kernel<number> {
    return attempt(() => {
      const path = this.#at(directory, name);
      this.#losesName(directory, name);
      if (isDirectory) rmdirSync(path);
      else unlinkSync(path);
      return 0;
    });
  }

  *link(directory: number, name: string, node: number): Kernel<number> {
    return attempt(() => {
      this.#check(node);
      linkSync(this.#path(node), this.#at(directory, name));
      return 0;
    });
  }

  *rename(from: number, name: string, to: number, newName: string): Kernel<number> {
    return attempt(() => {
      const moved = this.#found(from, name);
      this.#losesName(to, newName);
      renameSync(this.#at(from, name), this.#at(to, newName));
      if (typeof moved === 'number') return moved;
      const entry = this.#entries[moved.node];
      entry.parent = to;
      entry.name = newName;
      return 0;
    });
  }

  *setattr(
    node: number,
    change: { mode?: number; uid?: number; gid?: number; mtime?: number; atime?: number },
  ): Kernel<number> {
    return attempt(() => {
      const stat = this.#check(node);
      const path = this.#path(node);
      if (change.uid !== undefined || change.gid !== undefined)
        lchownSync(path, change.uid ?? Number(stat.uid), change.gid ?? Number(stat.gid));
      if (change.mode !== undefined) this.#chmod(node, stat, change.mode & 0o7777);
      if (change.mtime !== undefined || change.atime !== undefined) {
        const atime = (change.atime ?? Number(stat.atimeNs)) / 1e9;
        const mtime = (change.mtime ?? Number(stat.mtimeNs)) / 1e9;
        if (stat.isFile()) futimesSync(this.#file(node, true), atime, mtime);
        else lutimesSync(path, atime, mtime);
      }
      return 0;
    });
  }

  /** Closes everything that is open. */
  close(): void {
    this.#handles.close();
  }

  #chmod(node: number, stat: BigIntStats, mode: number): void {
    if (stat.isDirectory()) chmodSync(anchor.path(this.#place(node), '.'), mode);
    else if (stat.isFile()) fchmodSync(this.#file(node, false), mode);
  }

  /** The host path of a name in a directory. What is not one name would be the kernel's own bug, and a way out. */
  #at(directory: number, name: string): Buffer {
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new Error(`host tree: "${name}" is not one name`);
    return anchor.path(this.#place(directory), name);
  }

  /** The node of a name in a directory, with its attributes. */
  #found(directory: number, name: string): LowerStat | number {
    const stat = lstatSync(this.#at(directory, name), { bigint: true });
    const entry = this.#enter(directory, name, identity(stat));
    return this.#lowerStat(entry.node, stat);
  }

  #enter(directory: number, name: string, id: string): Entry {
    const known = this.#byIdentity.get(id);
    if (known) {
      if (known.node === ROOT) return known;
      known.parent = directory;
      known.name = name;
      return known;
    }
    const entry = { node: Math.max(this.#entries.length, ROOT + 1), parent: directory, name, identity: id };
    this.#entries[entry.node] = entry;
    this.#byIdentity.set(id, entry);
    return entry;
  }

  /** An open directory; opened step by step from the root, each step checked to be the directory that its node stands for. */
  #place(node: number): AnchorPlace {
    if (node === ROOT) return this.#root;
    const entry = this.#entry(node);
    const fd = this.#handles.get(`${node}d`, () => {
      const place = anchor.openDirectory(this.#place(entry.parent), entry.name);
      this.#places.set(node, place);
      return place.fd;
    });
    if (identity(fstatSync(fd, { bigint: true })) !== entry.identity) throw stale(entry.name);
    return { fd, path: this.#places.get(node)?.path ?? '' };
  }

  /** A descriptor of a regular file; opening never blocks and never follows a link. */
  #file(node: number, writing: boolean): number {
    const entry = this.#entry(node);
    const access = writing ? constants.O_RDWR : constants.O_RDONLY;
    const key = `${node}${writing ? 'w' : 'r'}`;
    const fd = this.#handles.get(key, () =>
      openSync(
        anchor.path(this.#place(entry.parent), entry.name),
        access | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
      ),
    );
    const stat = fstatSync(fd, { bigint: true });
    if (identity(stat) === entry.identity && stat.isFile()) return fd;
    this.#handles.drop(key);
    throw identity(stat) === entry.identity ? failure('ENXIO', entry.name) : stale(entry.name);
  }

  /**
   * A name is about to go. A regular file stays readable for those who have it open; of anything else nothing is kept,
   * for the host may give its inode number to another file.
   */
  #losesName(directory: number, name: string): void {
    const found = attempt(() => this.#found(directory, name));
    if (typeof found === 'number') return;
    const isFile = (found.mode & S_IFMT) === S_IFREG;
    if (isFile && (found.nlink > 1 || attempt(() => this.#pin(found.node)) === 0)) return;
    this.#handles.drop(`${found.node}d`);
    this.#byIdentity.delete(this.#entry(found.node).identity);
  }

  #pin(node: number): number {
    for (const writing of this.writable ? [false, true] : [false]) {
      this.#file(node, writing);
      this.#handles.pin(`${node}${writing ? 'w' : 'r'}`);
    }
    return 0;
  }

  #entry(node: number): Entry {
    const entry = this.#entries[node];
    if (!entry) throw new Error(`host tree: no node ${node}`);
    return entry;
  }

  #path(node: number): Buffer {
    const entry = this.#entry(node);
    if (node === ROOT) return anchor.path(this.#root, '.');
    return anchor.path(this.#place(entry.parent), entry.name);
  }

  /** The attributes of a node, which must still be the file that it stands for. */
  #check(node: number): BigIntStats {
    if (node === ROOT) return fstatSync(this.#root.fd, { bigint: true });
    const stat = lstatSync(this.#path(node), { bigint: true });
    if (identity(stat) !== this.#entry(node).identity) throw stale(this.#entry(node).name);
    return stat;
  }

  /**
   * What depends on where and when a copy of the same files was made is left out, so that runs in both are equal: the
   * time of the last change (of a tree that is never written), and the size of a directory's own file.
   */
  #lowerStat(node: number, stat: BigIntStats): LowerStat {
    return {
      node,
      mode: Number(stat.mode),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: stat.isDirectory() ? DIRECTORY_SIZE : Number(stat.size),
      nlink: Number(stat.nlink),
      rdev: Number(stat.rdev),
      mtime: Number(stat.mtimeNs),
      ctime: Number(this.writable ? stat.ctimeNs : stat.mtimeNs),
    };
  }
}

function failure(code: string, what: string): Error {
  return Object.assign(new Error(what), { code });
}

function stale(what: string): Error {
  return failure('ESTALE', what);
}

/** Runs a piece of host work; the host's refusal becomes -errno. */
function attempt<T>(work: () => T): T | number {
  try {
    return work();
  } catch (error) {
    return errnoOf(error);
  }
}

function typeOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}): number {
  if (entry.isFile()) return 8;
  if (entry.isDirectory()) return 4;
  if (entry.isSymbolicLink()) return 10;
  if (entry.isCharacterDevice()) return 2;
  if (entry.isBlockDevice()) return 6;
  if (entry.isFIFO()) return 1;
  return entry.isSocket() ? 12 : 0;
}
