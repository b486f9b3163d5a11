import { ENAMETOOLONG, ENOENT } from '../abi/errno.ts';
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_DIRECTORY,
  O_LARGEFILE,
  O_NOFOLLOW,
  O_RDONLY,
  PROC_SUPER_MAGIC,
  SYSFS_MAGIC,
} from '../abi/flags.ts';
import { DIRENT64, STAT64, STATFS64 } from '../abi/structs.ts';
import { ReadOnlyTree } from '../kernel/files/read-only.ts';
import type { Kernel, LowerStat, LowerTree } from '../kernel/platform.ts';
import { AT_BUFFER, AT_PATH, AT_STRUCT, type Below, BUFFER_SIZE } from './below.ts';
import { syscallNumber } from './call.ts';

const CALL = {
  fstatat: syscallNumber('fstatat64'),
  getdents: syscallNumber('getdents64'),
  readlink: syscallNumber('readlink'),
  close: syscallNumber('close'),
  pread: syscallNumber('pread64'),
  statfs: syscallNumber('statfs64'),
} as const;
/** f_type of proc(5) and sysfs(5): what they show is the kernel below itself, and is kept from applications. */
const KERNELS_OWN: ReadonlySet<number> = new Set([PROC_SUPER_MAGIC, SYSFS_MAGIC]);
/** Files that are kept open for the next read. */
const OPEN_MOST = 32;
const PATH_MAX = 4096;
const READ_FLAGS = O_RDONLY | O_CLOEXEC | O_LARGEFILE | O_NOFOLLOW;

/**
 * The files of the kernel below, as this guest kernel's own process sees them: nodes are the inodes below, each with the
 * path by which it was first found. Read-only: changes stay in the guest's layer.
 */
export class BelowTree extends ReadOnlyTree implements LowerTree {
  readonly root = 1;
  readonly #below: Below;
  /** Paths by node; node 0 is none. */
  readonly #paths: string[] = ['', ''];
  readonly #nodes = new Map<string, number>();
  /** Directories that are shown empty, and whether a device (st_dev) has such. */
  readonly #hidden = new Set<number>();
  readonly #hides = new Map<number, boolean>();
  /** Descriptors by node, the longest unused first. */
  readonly #open = new Map<number, number>();

  constructor(below: Below) {
    super();
    this.#below = below;
  }

  stat(node: number): Kernel<LowerStat | number> {
    return this.#stat(this.#paths[node] || '/', node);
  }

  *lookup(directory: number, name: string): Kernel<LowerStat | number> {
    if (this.#hidden.has(directory)) return -ENOENT;
    return yield* this.#stat(`${this.#paths[directory]}/${name}`, 0);
  }

  *list(directory: number): Kernel<readonly { readonly name: string; readonly type: number }[] | number> {
    if (this.#hidden.has(directory)) return [];
    const { call, memory } = this.#below;
    const fd = yield* this.#below.open(this.#paths[directory] || '/', READ_FLAGS | O_DIRECTORY);
    if (fd < 0) return fd;
    const entries: { name: string; type: number }[] = [];
    let count: number;
    while ((count = yield* call.make(CALL.getdents, fd, this.#below.at(AT_BUFFER), BUFFER_SIZE)) > 0) {
      const bytes = new Uint8Array(count);
      memory.read(AT_BUFFER, bytes, 0, count);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < count; at += view.getUint16(at + DIRENT64.at.d_reclen, true)) {
        const start = at + DIRENT64.at.d_type + 1;
        const name = String.fromCharCode(...bytes.subarray(start, bytes.indexOf(0, start)));
        if (name !== '.' && name !== '..') entries.push({ name, type: bytes[at + DIRENT64.at.d_type] });
      }
    }
    yield* call.make(CALL.close, fd);
    if (count < 0) return count;
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  *readlink(node: number): Kernel<string | number> {
    const below = this.#below;
    below.path(AT_PATH, this.#paths[node]);
    const count = yield* below.call.make(CALL.readlink, below.at(AT_PATH), below.at(AT_BUFFER), PATH_MAX);
    if (count < 0) return count;
    const bytes = new Uint8Array(count);
    below.memory.read(AT_BUFFER, bytes, 0, count);
    return String.fromCharCode(...bytes);
  }

  *read(node: number, position: number, address: number, length: number): Kernel<number> {
    const fd = yield* this.#descriptor(node);
    if (fd < 0) return fd;
    const high = Math.floor(position / 2 ** 32);
    const below = this.#below;
    return yield* below.call.make(CALL.pread, fd, below.at(address), length, position | 0, high);
  }

  *#descriptor(node: number): Kernel<number> {
    const known = this.#open.get(node);
    if (known !== undefined) {
      this.#open.delete(node);
      this.#open.set(node, known);
      return known;
    }
    if (this.#open.size >= OPEN_MOST) {
      const [oldest, fd] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      yield* this.#below.call.make(CALL.close, fd);
    }
    const fd = yield* this.#below.open(this.#paths[node], READ_FLAGS);
    if (fd >= 0) this.#open.set(node, fd);
    return fd;
  }

  /** Attributes of a path; `node` is its number where it has one already. */
  *#stat(path: string, node: number): Kernel<LowerStat | number> {
    const below = this.#below;
    if (below.path(AT_PATH, path) < 0) return -ENAMETOOLONG;
    const result = yield* below.call.make(
      CALL.fstatat,
      AT_FDCWD,
      below.at(AT_PATH),
      below.at(AT_STRUCT),
      AT_SYMLINK_NOFOLLOW,
    );
    if (result < 0) return result;
    const { memory } = below;
    const { at } = STAT64;
    const word = (offset: number): number => memory.load32(AT_STRUCT + offset) >>> 0;
    const time = (offset: number): number => memory.load32(AT_STRUCT + offset) * 1e9 + word(offset + 4);
    const device = word(at.st_dev);
    const identity = `${word(at.st_dev)}:${word(at.st_ino)}:${word(at.st_ino + 4)}`;
    const found = node || this.#nodes.get(identity) || this.#paths.push(path) - 1;
    this.#nodes.set(identity, found);
    const attributes = {
      node: found,
      mode: word(at.st_mode),
      uid: word(at.st_uid),
      gid: word(at.st_gid),
      size: word(at.st_size) + word(at.st_size + 4) * 2 ** 32,
      nlink: word(at.st_nlink),
      rdev: word(at.st_rdev),
      mtime: time(at.st_mtime),
      ctime: time(at.st_ctime),
    };
    if (yield* this.#isKernelsOwn(device, path)) this.#hidden.add(found);
    return attributes;
  }

  /** Whether a device is a view of the kernel below; `path` lies on it. */
  *#isKernelsOwn(device: number, path: string): Kernel<boolean> {
    const known = this.#hides.get(device);
    if (known !== undefined) return known;
    const below = this.#below;
    below.path(AT_PATH, path);
    const result = yield* below.call.make(CALL.statfs, below.at(AT_PATH), STATFS64.size, below.at(AT_STRUCT));
    const hides = result >= 0 && KERNELS_OWN.has(below.memory.load32(AT_STRUCT));
    this.#hides.set(device, hides);
    return hides;
  }
}
