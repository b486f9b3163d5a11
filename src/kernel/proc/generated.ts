import { EACCES, EINVAL, ENOENT, EPERM } from '../../abi/errno.ts';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM, S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/flags.ts';
import type { Clock } from '../files/clock.ts';
import type { FilesCore } from '../files/core.ts';
import type { Opened } from '../files/devices.ts';
import type { Place } from '../files/namespace.ts';
import { type Entry, type FileSystem, Inode, type Owner, ROOT } from '../files/node.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import type { Kernel } from '../platform.ts';

/** Something whose contents are made when somebody looks. `number` is its inode number, `pid` the process that looks. */
export type Item = TextItem | DirectoryItem | LinkItem | OpenItem;

interface Common {
  readonly number: number;
  /** Permissions; usual ones where absent. */
  readonly mode?: number;
  readonly owner?: Owner;
}

export interface TextItem extends Common {
  readonly kind: 'text';
  readonly text: (pid: number) => string;
  /** Takes what is written, whole; 0 or -errno. */
  readonly take?: (text: string, pid: number) => number;
}

export interface DirectoryItem extends Common {
  readonly kind: 'directory';
  readonly names: () => readonly string[];
  readonly item: (name: string) => Item | undefined;
}

export interface LinkItem extends Common {
  readonly kind: 'link';
  readonly target: (pid: number) => string | number;
  /** A place that the link leads to directly. */
  readonly place?: () => Place | undefined;
  /** The task whose link it is: only who may look into that may follow or read it. */
  readonly task?: number;
}

/** A file that works in a way of its own. */
export interface OpenItem extends Common {
  readonly kind: 'open';
  readonly open: () => Opened;
}

/** A directory with fixed names. */
export function fixed(number: number, items: Readonly<Record<string, Item>>): DirectoryItem {
  const map = new Map(Object.entries(items));
  return { kind: 'directory', number, names: () => [...map.keys()], item: (name) => map.get(name) };
}

const TYPE = { open: S_IFREG, text: S_IFREG, directory: S_IFDIR, link: S_IFLNK } as const;
const MODE = { open: 0o444, text: 0o444, directory: 0o555, link: 0o777 } as const;

function* refuse(): Kernel<number> {
  return -EPERM;
}

function* missing(): Kernel<number> {
  return -ENOENT;
}

/** A file system of generated items: /proc and /sys. */
export class Generated implements FileSystem<Item> {
  readonly type: string;
  readonly magic: number;
  readonly device: number;
  readonly memory = 'none';
  readonly root: Inode<Item>;
  readonly create: () => Kernel<number>;
  readonly link: () => Kernel<number>;
  readonly remove = refuse;
  readonly rename: () => Kernel<number>;
  readonly change = refuse;
  readonly #clock: Clock;
  /** Whether a process may look into a task (Tasks.mayInspect); set where links depend on it. */
  mayInspect: (asker: number, task: number) => number = () => 0;

  constructor(clock: Clock, type: string, magic: number, device: number, root: DirectoryItem) {
    this.#clock = clock;
    // In /proc a name that is not there cannot be made to be there.
    const refusal = type === 'proc' ? missing : refuse;
    this.create = this.link = this.rename = refusal;
    this.type = type;
    this.magic = magic;
    this.device = device;
    this.root = this.#node(root);
  }

  #node(item: Item): Inode<Item> {
    const mode = TYPE[item.kind] | (item.mode ?? MODE[item.kind]);
    const node = new Inode<Item>(this, item.number, item, mode, item.owner ?? ROOT, this.#clock.stamp());
    if (item.kind === 'directory') node.nlink = 2;
    return node;
  }

  *lookup(directory: Inode<Item>, name: string): Kernel<Inode<Item> | number> {
    const { data } = directory;
    const item = data.kind === 'directory' ? data.item(name) : undefined;
    return item ? this.#node(item) : -ENOENT;
  }

  *list(directory: Inode<Item>): Kernel<readonly Entry[] | number> {
    const { data } = directory;
    if (data.kind !== 'directory') return -ENOENT;
    const entries: Entry[] = [];
    for (const name of data.names()) {
      const item = data.item(name);
      if (item) entries.push({ name, type: TYPE[item.kind] >> 12, number: item.number });
    }
    return entries;
  }

  *readlink(node: Inode<Item>, pid: number): Kernel<string | number> {
    if (node.data.kind !== 'link') return -EINVAL;
    return this.#isClosed(node.data, pid) ? -EACCES : node.data.target(pid);
  }

  follow(node: Inode<Item>, pid: number): Place | number | undefined {
    if (node.data.kind !== 'link') return undefined;
    return this.#isClosed(node.data, pid) ? -EACCES : node.data.place?.();
  }

  #isClosed({ task }: LinkItem, pid: number): boolean {
    return task !== undefined && pid !== 0 && this.mayInspect(pid, task) === -EPERM;
  }

  *truncate(): Kernel<number> {
    return 0;
  }

  room() {
    return { pages: 0, freePages: 0, nodes: 0, freeNodes: 0 };
  }

  open(node: Inode<Item>): Opened | undefined {
    if (node.data.kind === 'open') return node.data.open();
    if (node.data.kind !== 'text') return undefined;
    return { ops: textOps as FileOps, state: { item: node.data, bytes: undefined } };
  }

  forget(): void {}
}

/** An open generated file: its text as it was at the first read. */
interface TextState {
  readonly item: TextItem;
  bytes: Uint8Array | undefined;
}

const textOps: FileOps<TextState> = {
  name: 'text',
  seekable: true,
  read: readText,
  write: writeText,
  poll: () => POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM,
};

function readText(core: FilesCore, file: OpenFile<TextState>, transfer: Transfer): number {
  const { state } = file;
  if (transfer.position === 0 || !state.bytes) state.bytes = bytesOf(state.item.text(transfer.pid));
  return scatter(core.memory, transfer.ranges, state.bytes.subarray(transfer.position));
}

function writeText(core: FilesCore, file: OpenFile<TextState>, transfer: Transfer): number {
  const { take } = file.state.item;
  if (!take) return -EACCES;
  const text = String.fromCharCode(...gather(core.memory, transfer.ranges, 4096));
  const failed = take(text, transfer.pid);
  return failed < 0 ? failed : transfer.length;
}

/** The bytes of a byte string. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
