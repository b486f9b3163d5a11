import { EROFS } from '../abi/errno.ts';
import { S_IFDIR, S_IFREG } from '../abi/flags.ts';
import type { Kernel, LowerStat, LowerTree, Memory } from '../kernel/platform.ts';

const DIRECTORY = 'boot';
const FILE = 'nestlab';
/** Nodes that no tree has. */
const BOOT_NODE = 0x7ffffffe;
const FILE_NODE = 0x7fffffff;
/** 2000-01-01, ns since 1970. */
const TIME = 946_684_800e9;
const DT_DIR = 4;
const DT_REG = 8;

/** A file tree with the guest kernel in it as /boot/nestlab, whatever else it has; that file cannot be changed. */
export class BootTree implements LowerTree {
  readonly #tree: LowerTree;
  readonly #bytes: Uint8Array;
  readonly #memory: () => Memory;
  /** The node of /boot, once it was looked up. */
  #boot = BOOT_NODE;

  constructor(tree: LowerTree, bytes: Uint8Array, memory: () => Memory) {
    this.#tree = tree;
    this.#bytes = bytes;
    this.#memory = memory;
  }

  get root(): number {
    return this.#tree.root;
  }

  get writable(): boolean {
    return this.#tree.writable;
  }

  *stat(node: number): Kernel<LowerStat | number> {
    return this.#own(node) ?? (yield* this.#tree.stat(node));
  }

  *lookup(directory: number, name: string): Kernel<LowerStat | number> {
    if (directory === this.#boot && name === FILE) return this.#own(FILE_NODE)!;
    if (directory === BOOT_NODE) return -2;
    const found = yield* this.#tree.lookup(directory, name);
    if (directory !== this.root || name !== DIRECTORY) return found;
    if (typeof found === 'number') return this.#own(BOOT_NODE)!;
    this.#boot = found.node;
    return found;
  }

  *list(directory: number): Kernel<readonly { readonly name: string; readonly type: number }[] | number> {
    const listed = directory === BOOT_NODE ? [] : yield* this.#tree.list(directory);
    if (typeof listed === 'number') return listed;
    const [name, type] = directory === this.root ? [DIRECTORY, DT_DIR] : [FILE, DT_REG];
    if ((directory !== this.root && directory !== this.#boot) || listed.some((entry) => entry.name === name))
      return listed;
    return [...listed, { name, type }].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  readlink(node: number): Kernel<string | number> {
    return this.#tree.readlink(node);
  }

  *read(node: number, position: number, address: number, length: number): Kernel<number> {
    if (node !== FILE_NODE) return yield* this.#tree.read(node, position, address, length);
    const count = Math.max(0, Math.min(length, this.#bytes.length - position));
    this.#memory().write(address, this.#bytes, position, count);
    return count;
  }

  *write(node: number, position: number, address: number, length: number): Kernel<number> {
    return this.#own(node) ? -EROFS : yield* this.#tree.write(node, position, address, length);
  }
  *truncate(node: number, size: number): Kernel<number> {
    return this.#own(node) ? -EROFS : yield* this.#tree.truncate(node, size);
  }
  *create(directory: number, name: string, mode: number, target?: string): Kernel<LowerStat | number> {
    return directory === BOOT_NODE ? -EROFS : yield* this.#tree.create(directory, name, mode, target);
  }
  *remove(directory: number, name: string, isDirectory: boolean): Kernel<number> {
    return directory === BOOT_NODE ? -EROFS : yield* this.#tree.remove(directory, name, isDirectory);
  }
  *link(directory: number, name: string, node: number): Kernel<number> {
    return directory === BOOT_NODE || this.#own(node) ? -EROFS : yield* this.#tree.link(directory, name, node);
  }
  *rename(from: number, name: string, to: number, newName: string): Kernel<number> {
    return from === BOOT_NODE || to === BOOT_NODE ? -EROFS : yield* this.#tree.rename(from, name, to, newName);
  }
  *setattr(
    node: number,
    change: { mode?: number; uid?: number; gid?: number; mtime?: number; atime?: number },
  ): Kernel<number> {
    return this.#own(node) ? -EROFS : yield* this.#tree.setattr(node, change);
  }

  #own(node: number): LowerStat | undefined {
    if (node !== BOOT_NODE && node !== FILE_NODE) return undefined;
    const isFile = node === FILE_NODE;
    return {
      node,
      mode: isFile ? S_IFREG | 0o755 : S_IFDIR | 0o755,
      uid: 0,
      gid: 0,
      size: isFile ? this.#bytes.length : 4096,
      nlink: isFile ? 1 : 2,
      rdev: 0,
      mtime: TIME,
      ctime: TIME,
    };
  }
}
