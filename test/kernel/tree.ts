/** A file tree in memory, as the world below: what a test puts in is what the program sees. */
import { EINVAL, ENOENT, ENOTDIR, EROFS } from '../../src/abi/errno.ts';
import type { Kernel, LowerStat, LowerTree, Memory } from '../../src/kernel/platform.ts';

interface Node {
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly names: Map<string, number>;
}

const DIRECTORY = 0o040000;
const FILE = 0o100000;

export class MemoryTree implements LowerTree {
  readonly root = 0;
  readonly writable = false;
  readonly #memory: () => Memory;
  readonly #nodes: Node[] = [];

  constructor(memory: () => Memory) {
    this.#memory = memory;
    this.#add(DIRECTORY | 0o755);
    for (const name of ['bin', 'dev', 'etc', 'proc', 'tmp']) this.#directory(0, name);
  }

  /** Plants a file; its directories are made. */
  file(path: string, bytes: Uint8Array, mode = 0o644): void {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop()!;
    const parent = parts.reduce((at, part) => this.#nodes[at].names.get(part) ?? this.#directory(at, part), 0);
    this.#nodes[parent].names.set(name, this.#add(FILE | mode, bytes));
  }

  #directory(parent: number, name: string): number {
    const node = this.#add(DIRECTORY | (name === 'tmp' ? 0o1777 : 0o755));
    this.#nodes[parent].names.set(name, node);
    return node;
  }

  #add(mode: number, bytes: Uint8Array = new Uint8Array(0)): number {
    return this.#nodes.push({ mode, bytes, names: new Map() }) - 1;
  }

  #stat(node: number): LowerStat {
    const { mode, bytes } = this.#nodes[node];
    return { node, mode, uid: 0, gid: 0, size: bytes.length, nlink: 1, rdev: 0, mtime: 0, ctime: 0 };
  }

  *stat(node: number): Kernel<LowerStat | number> {
    return this.#stat(node);
  }

  *lookup(directory: number, name: string): Kernel<LowerStat | number> {
    const found = this.#nodes[directory].names.get(name);
    return found === undefined ? -ENOENT : this.#stat(found);
  }

  *list(directory: number): Kernel<readonly { name: string; type: number }[] | number> {
    const { mode, names } = this.#nodes[directory];
    if (!(mode & DIRECTORY)) return -ENOTDIR;
    return [...names]
      .map(([name, node]) => ({ name, type: this.#nodes[node].mode >> 12 }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  *readlink(): Kernel<string | number> {
    return -EINVAL;
  }

  *read(node: number, position: number, address: number, length: number): Kernel<number> {
    const { bytes } = this.#nodes[node];
    const count = Math.max(0, Math.min(length, bytes.length - position));
    this.#memory().write(address, bytes, position, count);
    return count;
  }

  *write(): Kernel<number> {
    return -EROFS;
  }

  *truncate(): Kernel<number> {
    return -EROFS;
  }

  *create(): Kernel<LowerStat | number> {
    return -EROFS;
  }

  *remove(): Kernel<number> {
    return -EROFS;
  }

  *link(): Kernel<number> {
    return -EROFS;
  }

  *rename(): Kernel<number> {
    return -EROFS;
  }

  *setattr(): Kernel<number> {
    return -EROFS;
  }
}
