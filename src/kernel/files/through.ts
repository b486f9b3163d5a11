import { EINVAL, EIO, ENOENT, EPERM } from '../../abi/errno.ts';
import { EXT4_SUPER_MAGIC, S_IFDIR } from '../../abi/flags.ts';
import type { Kernel, LowerStat, LowerTree } from '../platform.ts';
import { type Clock, nanosecondsOf, stampOf } from './clock.ts';
import { Content } from './content.ts';
import { applyChange } from './layer.ts';
import {
  type Change,
  type Entry,
  type FileSystem,
  Inode,
  type Move,
  type NewNode,
  type Owner,
  ROOT,
  type Room,
} from './node.ts';
import type { PageCache } from './page-cache.ts';

/** What is known of a node below. */
interface ThroughData {
  /** Its node, -1 for a directory that only carries a mount. */
  readonly below: number;
  /** Names that exist here only, to be mounted on. */
  readonly stubs: Map<string, Inode<ThroughData>>;
  /** The time of change below when pages were read last. */
  seen: number;
}

/** Room that is reported for a tree whose limits are its own affair, in pages and names. */
const ROOM: Room = { pages: 1 << 24, freePages: 1 << 23, nodes: 1 << 20, freeNodes: 1 << 19 };

/** The tree below itself: every change goes through to it, every look-up asks it. */
export class Through implements FileSystem<ThroughData> {
  readonly type = 'ext4';
  readonly magic = EXT4_SUPER_MAGIC;
  readonly device: number;
  readonly memory = 'ask';
  readonly #cache: PageCache;
  readonly #clock: Clock;
  readonly #tree: LowerTree;
  readonly #nodes = new Map<number, Inode<ThroughData>>();
  #nextNumber = 2;

  constructor(cache: PageCache, clock: Clock, device: number, tree: LowerTree) {
    this.#cache = cache;
    this.#clock = clock;
    this.device = device;
    this.#tree = tree;
  }

  /** The root directory. */
  *root(): Kernel<Inode<ThroughData> | number> {
    const stat = yield* this.#tree.stat(this.#tree.root);
    return typeof stat === 'number' ? stat : this.#adopt(stat);
  }

  /** A directory that only carries a mount: not below. */
  stub(directory: Inode<ThroughData>, name: string): Inode<ThroughData> {
    const node = this.#node(-1, S_IFDIR | 0o755, ROOT);
    node.nlink = 2;
    directory.data.stubs.set(name, node);
    return node;
  }

  #node(below: number, mode: number, owner: Owner): Inode<ThroughData> {
    const data: ThroughData = { below, stubs: new Map(), seen: 0 };
    return new Inode<ThroughData>(this, this.#nextNumber++, data, mode, owner, this.#clock.stamp());
  }

  /** The node for one below, with its attributes as they are now. */
  #adopt(stat: LowerStat): Inode<ThroughData> {
    let node = this.#nodes.get(stat.node);
    if (!node) {
      node = this.#node(stat.node, stat.mode, stat);
      this.#nodes.set(stat.node, node);
      if (node.isRegular) node.content = this.#content(stat);
    } else if (node.content && node.users === 0 && stat.mtime !== node.data.seen) {
      // Somebody outside may have written: what was read before does not count.
      node.content.truncate(0);
      node.content = this.#content(stat);
    }
    node.mode = stat.mode;
    node.uid = stat.uid;
    node.gid = stat.gid;
    node.nlink = stat.nlink;
    node.rdev = stat.rdev;
    node.size = stat.size;
    node.atime = node.mtime = stampOf(stat.mtime);
    node.ctime = stampOf(stat.ctime);
    node.data.seen = stat.mtime;
    return node;
  }

  #content({ node, size }: LowerStat): Content {
    const tree = this.#tree;
    const source = {
      read: (position: number, address: number, length: number) => tree.read(node, position, address, length),
      write: (position: number, address: number, length: number) => tree.write(node, position, address, length),
    };
    return new Content(this.#cache, { limit: Number.POSITIVE_INFINITY, used: 0 }, source, size);
  }

  *#refresh(node: Inode<ThroughData>): Kernel<void> {
    if (node.data.below < 0) return;
    const stat = yield* this.#tree.stat(node.data.below);
    if (typeof stat !== 'number') this.#adopt(stat);
  }

  *lookup(directory: Inode<ThroughData>, name: string): Kernel<Inode<ThroughData> | number> {
    const { below, stubs } = directory.data;
    const stub = stubs.get(name);
    if (stub) return stub;
    if (below < 0) return -ENOENT;
    const stat = yield* this.#tree.lookup(below, name);
    return typeof stat === 'number' ? stat : this.#adopt(stat);
  }

  *list(directory: Inode<ThroughData>): Kernel<readonly Entry[] | number> {
    const { below, stubs } = directory.data;
    const names = below < 0 ? [] : yield* this.#tree.list(below);
    if (typeof names === 'number') return names;
    const entries: Entry[] = [];
    for (const { name, type } of names) {
      const stat = yield* this.#tree.lookup(below, name);
      // A name that has gone meanwhile is left out.
      if (typeof stat !== 'number') entries.push({ name, type, number: this.#adopt(stat).number });
    }
    for (const [name, { number }] of stubs) entries.push({ name, type: S_IFDIR >> 12, number });
    return entries;
  }

  *create(directory: Inode<ThroughData>, name: string, what: NewNode): Kernel<Inode<ThroughData> | number> {
    if (what.rdev !== 0) return -EPERM;
    const stat = yield* this.#tree.create(directory.data.below, name, what.mode, what.target || undefined);
    if (typeof stat === 'number') return stat;
    const { uid, gid } = what.owner;
    // Whoever runs us may not give files away: then they stay his.
    if (uid !== stat.uid || gid !== stat.gid) yield* this.#tree.setattr(stat.node, { uid, gid });
    yield* this.#refresh(directory);
    const now = yield* this.#tree.stat(stat.node);
    return this.#adopt(typeof now === 'number' ? stat : now);
  }

  *link(directory: Inode<ThroughData>, name: string, node: Inode<ThroughData>): Kernel<number> {
    const failed = yield* this.#tree.link(directory.data.below, name, node.data.below);
    yield* this.#refresh(directory);
    yield* this.#refresh(node);
    return failed;
  }

  *remove(directory: Inode<ThroughData>, name: string, node: Inode<ThroughData>): Kernel<number> {
    const failed = yield* this.#tree.remove(directory.data.below, name, node.isDirectory);
    if (failed < 0) return failed;
    yield* this.#refresh(directory);
    this.#unlinked(node);
    return 0;
  }

  #unlinked(node: Inode<ThroughData>): void {
    node.nlink = node.isDirectory ? 0 : node.nlink - 1;
    if (node.nlink === 0 && node.users === 0) this.forget(node);
  }

  *rename({ from, name, to, newName, replaced, exchange }: Move<ThroughData>): Kernel<number> {
    if (exchange) return -EINVAL;
    const failed = yield* this.#tree.rename(from.data.below, name, to.data.below, newName);
    if (failed < 0) return failed;
    if (replaced) this.#unlinked(replaced);
    yield* this.#refresh(from);
    yield* this.#refresh(to);
    return 0;
  }

  *readlink(node: Inode<ThroughData>): Kernel<string | number> {
    return yield* this.#tree.readlink(node.data.below);
  }

  *change(node: Inode<ThroughData>, change: Change): Kernel<number> {
    if (node.data.below < 0) return -EPERM;
    if (node.nlink === 0) {
      // Nobody but its last users sees it any more.
      applyChange(node, change, this.#clock);
      return 0;
    }
    const { mode, uid, gid } = change;
    const atime = change.atime && nanosecondsOf(change.atime);
    const mtime = change.mtime && nanosecondsOf(change.mtime);
    const failed = yield* this.#tree.setattr(node.data.below, { mode, uid, gid, atime, mtime });
    yield* this.#refresh(node);
    return failed;
  }

  *truncate(node: Inode<ThroughData>, size: number): Kernel<number> {
    if (!node.content) return -EIO;
    const failed = yield* this.#tree.truncate(node.data.below, size);
    if (failed < 0) return failed;
    node.content.resize(size);
    node.size = size;
    node.mtime = node.ctime = this.#clock.stamp();
    return 0;
  }

  room(): Room {
    return ROOM;
  }

  forget(node: Inode<ThroughData>): void {
    node.content?.truncate(0);
    this.#nodes.delete(node.data.below);
  }
}
