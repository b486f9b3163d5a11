import { EINVAL, EIO, EMLINK, ENOENT, ENOSPC } from '../../abi/errno.ts';
import { EXT4_SUPER_MAGIC, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, TMPFS_MAGIC } from '../../abi/flags.ts';
import type { Books } from '../audit/books.ts';
import type { Kernel, LowerStat, LowerTree } from '../platform.ts';
import { type Clock, stampOf } from './clock.ts';
import { Content, type Quota } from './content.ts';
import { type Change, type Entry, type FileSystem, Inode, type Move, type NewNode, ROOT, type Room } from './node.ts';
import type { PageCache } from './page-cache.ts';

/** Most names of one file. */
const LINK_MAX = 65000;
/** Absent names that a directory remembers at most. */
const ABSENT_MAX = 4096;

/** What a layer knows about a node. */
export interface LayerData {
  /** Node in the tree below, -1 when it exists in the layer only. */
  readonly below: number;
  /** Names of a directory as far as they are known: null = there is no such name. */
  readonly names: Map<string, Inode<LayerData> | null>;
  /** Names below that the layer has removed or replaced. */
  readonly hidden: Set<string>;
  /** Numbers promised to names that were listed but never looked up. */
  readonly promised: Map<string, number>;
  /** Absent names among `names`. */
  absent: number;
  /** Target of a symbolic link of the layer. */
  target: string;
  /** Attributes differ from those below. */
  altered: boolean;
  /** Only there so that something can be mounted on it: no change worth keeping. */
  stub: boolean;
}

/** What nodes that are no directories share: they have no names, and nobody gives them any. */
const NO_NAMES: Pick<LayerData, 'names' | 'hidden' | 'promised'> = {
  names: new Map(),
  hidden: new Set(),
  promised: new Map(),
};

/** How much a layer may hold. */
export interface LayerLimits {
  readonly bytes: number;
  readonly names: number;
}

export interface LayerSetup {
  readonly cache: PageCache;
  readonly clock: Clock;
  readonly device: number;
  readonly limits: LayerLimits;
  /** Absent for a layer over nothing (tmpfs). */
  readonly tree?: LowerTree;
  readonly type: string;
}

/**
 * A copy-on-write file system: reads come from the tree below, changes stay in memory. Directories keep their node
 * below when they move, files keep their unchanged pages there. Without a tree below it is a tmpfs.
 */
export class Layer implements FileSystem<LayerData> {
  readonly type: string;
  readonly magic: number;
  readonly device: number;
  readonly memory = 'keep';
  readonly keepsAttributes = true;
  readonly whiteouts = true;
  readonly #cache: PageCache;
  readonly #clock: Clock;
  readonly #tree: LowerTree | undefined;
  readonly #pages: Quota;
  readonly #names: Quota;
  readonly #nodes = new Map<number, Inode<LayerData>>();
  #nextNumber = 2;
  /** The root of a layer over nothing. */
  #top: Inode<LayerData> | undefined;

  constructor(setup: LayerSetup) {
    this.type = setup.type;
    this.magic = setup.tree ? EXT4_SUPER_MAGIC : TMPFS_MAGIC;
    this.device = setup.device;
    this.#cache = setup.cache;
    this.#clock = setup.clock;
    this.#tree = setup.tree;
    this.#pages = { limit: Math.floor(setup.limits.bytes / 4096), used: 0 };
    this.#names = { limit: setup.limits.names, used: 0 };
  }

  resize({ bytes, names }: Partial<LayerLimits>): number {
    const pages = bytes === undefined ? this.#pages.limit : Math.floor(bytes / 4096);
    if (pages < this.#pages.used || (names ?? this.#names.limit) < this.#names.used) return -EINVAL;
    this.#pages.limit = pages;
    this.#names.limit = names ?? this.#names.limit;
    return 0;
  }

  /** The root directory; to be asked for once. */
  *root(mode = 0o755): Kernel<Inode<LayerData> | number> {
    if (!this.#tree) {
      this.#names.used++;
      this.#top = this.#fresh({ mode: S_IFDIR | mode, owner: ROOT, rdev: 0, target: '' });
      return this.#top;
    }
    const stat = yield* this.#tree.stat(this.#tree.root);
    return typeof stat === 'number' ? stat : this.#adopt(stat);
  }

  #data(below: number, mode: number): LayerData {
    const isDirectory = (mode & S_IFMT) === S_IFDIR;
    return {
      below,
      ...(isDirectory ? { names: new Map(), hidden: new Set<string>(), promised: new Map() } : NO_NAMES),
      absent: 0,
      target: '',
      altered: false,
      stub: false,
    };
  }

  #fresh(what: NewNode): Inode<LayerData> {
    const node = new Inode<LayerData>(
      this,
      this.#nextNumber++,
      this.#data(-1, what.mode),
      what.mode,
      what.owner,
      this.#clock.stamp(),
    );
    node.birth = node.ctime;
    node.rdev = what.rdev;
    node.data.target = what.target;
    const type = what.mode & S_IFMT;
    if (type === S_IFREG) node.content = new Content(this.#cache, this.#pages, undefined, 0, this.type === 'tmpfs');
    if (type === S_IFLNK) node.size = what.target.length;
    if (type === S_IFDIR) {
      node.nlink = 2;
      node.size = 4096;
    }
    return node;
  }

  /** The node for one below; hard links below share it. */
  #adopt(stat: LowerStat, number = 0): Inode<LayerData> {
    const known = this.#nodes.get(stat.node);
    if (known) return known;
    const node = new Inode<LayerData>(
      this,
      number || this.#nextNumber++,
      this.#data(stat.node, stat.mode),
      stat.mode,
      stat,
      stampOf(stat.mtime),
    );
    node.ctime = stampOf(stat.ctime);
    node.nlink = stat.nlink;
    node.rdev = stat.rdev;
    node.size = stat.size;
    if (node.isRegular) node.content = new Content(this.#cache, this.#pages, this.#source(stat.node), stat.size);
    this.#nodes.set(stat.node, node);
    return node;
  }

  #source(below: number) {
    const tree = this.#tree as LowerTree;
    return {
      read: (position: number, address: number, length: number) => tree.read(below, position, address, length),
    };
  }

  *lookup(directory: Inode<LayerData>, name: string): Kernel<Inode<LayerData> | number> {
    const { data } = directory;
    const known = data.names.get(name);
    if (known !== undefined) return known ?? -ENOENT;
    if (data.below < 0) return -ENOENT;
    const stat = yield* (this.#tree as LowerTree).lookup(data.below, name);
    if (typeof stat === 'number') {
      if (stat === -ENOENT) this.#absent(data, name);
      return stat;
    }
    const node = this.#adopt(stat, data.promised.get(name));
    data.promised.delete(name);
    data.names.set(name, node);
    return node;
  }

  #absent(data: LayerData, name: string): void {
    if (data.absent >= ABSENT_MAX) {
      for (const [other, node] of data.names) if (node === null && !data.hidden.has(other)) data.names.delete(other);
      data.absent = 0;
    }
    data.names.set(name, null);
    data.absent++;
  }

  *list(directory: Inode<LayerData>): Kernel<readonly Entry[] | number> {
    const { data } = directory;
    const entries: Entry[] = [];
    if (data.below >= 0) {
      const below = yield* (this.#tree as LowerTree).list(data.below);
      if (typeof below === 'number') return below;
      for (const { name, type } of below) {
        if (data.names.has(name)) continue;
        let number = data.promised.get(name);
        if (number === undefined) data.promised.set(name, (number = this.#nextNumber++));
        entries.push({ name, type, number });
      }
    }
    for (const [name, node] of data.names) if (node) entries.push({ name, type: node.type >> 12, number: node.number });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A name enters a directory of the layer. */
  #enter(directory: Inode<LayerData>, name: string, node: Inode<LayerData>): void {
    const { data } = directory;
    if (data.names.get(name) === null && !data.hidden.has(name)) data.absent--;
    data.names.set(name, node);
    if (data.below >= 0) data.hidden.add(name);
    this.#names.used++;
    this.#touch(directory);
  }

  /** A name leaves a directory; what is below it stays hidden. */
  #leave(directory: Inode<LayerData>, name: string): void {
    const { data } = directory;
    if (data.below >= 0) {
      if (data.hidden.has(name)) this.#names.used--;
      data.hidden.add(name);
      data.names.set(name, null);
    } else {
      data.names.delete(name);
      this.#names.used--;
    }
    this.#touch(directory);
  }

  /** Whether the tree below has a name in this directory. */
  *wasBelow(directory: Inode<LayerData>, name: string): Kernel<boolean> {
    const { below } = directory.data;
    return below >= 0 && typeof (yield* (this.#tree as LowerTree).lookup(below, name)) !== 'number';
  }

  #touch(directory: Inode<LayerData>): void {
    directory.mtime = directory.ctime = this.#clock.stamp();
  }

  get #full(): boolean {
    return this.#names.used >= this.#names.limit;
  }

  *create(directory: Inode<LayerData>, name: string, what: NewNode): Kernel<Inode<LayerData> | number> {
    if (this.#full) return -ENOSPC;
    const node = this.#fresh(what);
    this.#enter(directory, name, node);
    if (node.isDirectory) directory.nlink++;
    return node;
  }

  temporary(what: NewNode): Inode<LayerData> {
    const node = this.#fresh(what);
    node.nlink = 0;
    return node;
  }

  /** As `create` for a directory that only carries a mount: not among the changes. */
  stub(directory: Inode<LayerData>, name: string): Inode<LayerData> {
    const node = this.#fresh({ mode: S_IFDIR | 0o755, owner: ROOT, rdev: 0, target: '' });
    node.data.stub = true;
    directory.data.names.set(name, node);
    return node;
  }

  *link(directory: Inode<LayerData>, name: string, node: Inode<LayerData>): Kernel<number> {
    if (node.nlink >= LINK_MAX) return -EMLINK;
    if (this.#full) return -ENOSPC;
    this.#enter(directory, name, node);
    node.nlink++;
    node.ctime = this.#clock.stamp();
    return 0;
  }

  *remove(directory: Inode<LayerData>, name: string, node: Inode<LayerData>): Kernel<number> {
    this.#leave(directory, name);
    this.#unlinked(directory, node);
    return 0;
  }

  #unlinked(directory: Inode<LayerData>, node: Inode<LayerData>): void {
    if (node.isDirectory) {
      node.nlink = 0;
      directory.nlink--;
    } else node.nlink--;
    node.ctime = this.#clock.stamp();
    if (node.nlink === 0 && node.users === 0) this.forget(node);
  }

  *rename({ from, name, to, newName, node, replaced, exchange }: Move<LayerData>): Kernel<number> {
    if (exchange && replaced) {
      this.#leave(from, name);
      this.#leave(to, newName);
      this.#enter(from, name, replaced);
      this.#enter(to, newName, node);
      from.nlink += Number(replaced.isDirectory) - Number(node.isDirectory);
      to.nlink += Number(node.isDirectory) - Number(replaced.isDirectory);
      replaced.ctime = this.#clock.stamp();
    } else {
      if (!replaced && to !== from && this.#full) return -ENOSPC;
      this.#leave(from, name);
      if (replaced) {
        this.#leave(to, newName);
        this.#unlinked(to, replaced);
      }
      this.#enter(to, newName, node);
      from.nlink -= Number(node.isDirectory);
      to.nlink += Number(node.isDirectory);
    }
    node.ctime = this.#clock.stamp();
    return 0;
  }

  *readlink(node: Inode<LayerData>): Kernel<string | number> {
    return node.data.below < 0 ? node.data.target : yield* (this.#tree as LowerTree).readlink(node.data.below);
  }

  *change(node: Inode<LayerData>, change: Change): Kernel<number> {
    applyChange(node, change, this.#clock);
    node.data.altered = true;
    return 0;
  }

  *truncate(node: Inode<LayerData>, size: number): Kernel<number> {
    if (!node.content) return -EIO;
    // Also where the size stays: room that was kept behind the end goes.
    if (size <= node.size) node.content.truncate(size);
    else node.content.clearTail(node.size);
    node.size = size;
    node.mtime = node.ctime = this.#clock.stamp();
    node.data.altered = true;
    return 0;
  }

  /** What it has used of its limits is there; `nodes` are all that can be reached. */
  audit(books: Books, nodes: Iterable<Inode>): void {
    let pages = 0;
    for (const content of this.#cache.contents) pages += content.charged(this.#pages);
    books.equal('changed pages', `of ${this.type} ${this.device}`, pages, this.#pages.used);
    // The root of a file system of its own counts like a name (tmpfs(5), nr_inodes).
    let names = this.#tree ? 0 : 1;
    for (const node of nodes) {
      if (node.fs !== (this as FileSystem) || !node.isDirectory) continue;
      const { below, hidden, names: known } = (node as Inode<LayerData>).data;
      for (const [name, child] of known) if (child && (below < 0 || hidden.has(name))) names++;
    }
    books.equal('names', `of ${this.type} ${this.device}`, names, this.#names.used);
  }

  room(): Room {
    return {
      pages: this.#pages.limit,
      freePages: Math.max(0, Math.min(this.#pages.limit - this.#pages.used, this.#cache.frames.free)),
      nodes: this.#names.limit,
      freeNodes: this.#names.limit - this.#names.used,
    };
  }

  discard(): void {
    const empty = (node: Inode<LayerData>): void => {
      node.content?.truncate(0);
      for (const inner of node.data.names.values()) if (inner) empty(inner);
      if (node.isDirectory) node.data.names.clear();
    };
    if (this.#top) empty(this.#top);
  }

  forget(node: Inode<LayerData>): void {
    node.content?.truncate(0);
    if (node.data.below >= 0) this.#nodes.delete(node.data.below);
  }
}

/** Changes a node's attributes; the time of the change becomes its ctime. */
export function applyChange(node: Inode, change: Change, clock: Clock): void {
  if (change.mode !== undefined) node.mode = (node.mode & S_IFMT) | (change.mode & 0o7777);
  if (change.uid !== undefined) node.uid = change.uid;
  if (change.gid !== undefined) node.gid = change.gid;
  if (change.atime) node.atime = change.atime;
  if (change.mtime) node.mtime = change.mtime;
  node.ctime = clock.stamp();
}
