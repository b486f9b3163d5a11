import { EACCES, EINVAL, EMFILE, ENOENT, ENOSPC, EPERM } from '../../abi/errno.ts';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM, S_IFDIR, S_IFREG } from '../../abi/flags.ts';
import type { Clock } from '../files/clock.ts';
import type { FilesCore } from '../files/core.ts';
import type { Opened } from '../files/devices.ts';
import { applyChange } from '../files/layer.ts';
import { Dentry, type Mount, type Place } from '../files/namespace.ts';
import { type Change, type Entry, type FileSystem, Inode, type NewNode, type Owner, ROOT } from '../files/node.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { scatter } from '../files/ranges.ts';
import type { Kernel } from '../platform.ts';
import { put } from '../sockets/netlink.ts';
import { networkOf } from '../sockets/network.ts';
import { type Notice, PosixQueue } from './posix-queue.ts';

/** f_type of statfs(2), and the device of the one instance. */
const MAGIC = 0x19800202;
const DEVICE = 19;
const ROOT_NUMBER = 1;
/** Limits of those without privilege, and of everybody (fs.mqueue.*). */
export const QUEUES_MAX = 256;
export const MESSAGES_MAX = 10;
export const MESSAGE_SIZE_MAX = 8192;
const HARD_MESSAGES_MAX = 65536;
const HARD_SIZE_MAX = 1 << 24;
/** What a 64-bit kernel takes for one message and one priority beside the bytes. */
const MESSAGE_COST = 48;
const PRIORITY_COST = 48;
const PRIORITIES = 32768;
/** Bytes that stat(2) shows for a queue. */
const FILE_SIZE = 80;

/** What a new queue is to hold, and whose it is. */
export interface QueueWish {
  readonly most: number;
  readonly size: number;
  readonly mode: number;
  readonly owner: Owner;
  readonly privileged: boolean;
  /** RLIMIT_MSGQUEUE. */
  readonly limit: number;
}

type Data = PosixQueue | undefined;

function* refuse(): Kernel<number> {
  return -EPERM;
}

/** The file system of POSIX message queues: one directory. */
export class Mqueue implements FileSystem<Data> {
  readonly type = 'mqueue';
  readonly magic = MAGIC;
  readonly device = DEVICE;
  readonly memory = 'none';
  readonly link = refuse;
  readonly rename = refuse;
  readonly truncate = refuse;
  readonly root: Inode<Data>;
  readonly #clock: Clock;
  readonly #nodes = new Map<string, Inode<Data>>();
  /** Bytes that each user's queues cost. */
  readonly #costs = new Map<number, number>();
  #nextNumber = ROOT_NUMBER + 1;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.root = new Inode<Data>(this, ROOT_NUMBER, undefined, S_IFDIR | 0o1777, ROOT, clock.stamp());
    this.root.nlink = 2;
  }

  /** The node of a name, if there is one. */
  find(name: string): Inode<Data> | undefined {
    return this.#nodes.get(name);
  }

  /** A new queue; -EINVAL, -ENOSPC, -EMFILE. */
  make(name: string, wish: QueueWish): Inode<Data> | number {
    const { most, size, owner, privileged } = wish;
    if (most <= 0 || size <= 0) return -EINVAL;
    if (most > (privileged ? HARD_MESSAGES_MAX : MESSAGES_MAX)) return -EINVAL;
    if (size > (privileged ? HARD_SIZE_MAX : MESSAGE_SIZE_MAX)) return -EINVAL;
    if (this.#nodes.size >= QUEUES_MAX && !privileged) return -ENOSPC;
    const cost = most * (size + MESSAGE_COST) + Math.min(most, PRIORITIES) * PRIORITY_COST;
    const spent = (this.#costs.get(owner.uid) ?? 0) + cost;
    if (spent > wish.limit) return -EMFILE;
    this.#costs.set(owner.uid, spent);
    const queue = new PosixQueue(most, size, owner.uid, cost);
    const node = new Inode<Data>(this, this.#nextNumber++, queue, S_IFREG | wish.mode, owner, this.#clock.stamp());
    node.size = FILE_SIZE;
    this.#nodes.set(name, node);
    this.#touch();
    return node;
  }

  #touch(): void {
    this.root.mtime = this.root.ctime = this.#clock.stamp();
    this.root.size = this.#nodes.size * 20;
  }

  /** Takes a name away; the queue lives on while it is open. */
  unlink(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    this.#nodes.delete(name);
    this.#touch();
    node.nlink = 0;
    node.ctime = this.#clock.stamp();
    if (node.users === 0) this.forget(node);
  }

  /** A place for an open queue: /proc/PID/fd shows its name. */
  placeOf(name: string, node: Inode<Data>): Place {
    const dentry = new Dentry(undefined, `/${name}`, node as Inode);
    const mount: Mount = { id: 0, fs: this as FileSystem, root: dentry, at: undefined, flags: 0, source: 'mqueue' };
    return { mount, dentry };
  }

  *lookup(_directory: Inode<Data>, name: string): Kernel<Inode<Data> | number> {
    return this.find(name) ?? -ENOENT;
  }

  *list(): Kernel<readonly Entry[]> {
    return [...this.#nodes]
      .map(([name, node]) => ({ name, type: S_IFREG >> 12, number: node.number }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A file that is made by open(2) is a queue with the usual limits. */
  *create(_directory: Inode<Data>, name: string, what: NewNode): Kernel<Inode<Data> | number> {
    if ((what.mode & S_IFREG) !== S_IFREG) return -EPERM;
    return this.make(name, {
      most: MESSAGES_MAX,
      size: MESSAGE_SIZE_MAX,
      mode: what.mode & 0o7777,
      owner: what.owner,
      privileged: what.owner.uid === 0,
      limit: Number.POSITIVE_INFINITY,
    });
  }

  *remove(_directory: Inode<Data>, name: string): Kernel<number> {
    this.unlink(name);
    return 0;
  }

  *readlink(): Kernel<number> {
    return -EINVAL;
  }

  *change(node: Inode<Data>, change: Change): Kernel<number> {
    applyChange(node as Inode, change, this.#clock);
    return 0;
  }

  room() {
    return { pages: 0, freePages: 0, nodes: 0, freeNodes: 0 };
  }

  open(node: Inode<Data>): Opened | undefined {
    return node.data && { ops: mqueueOps as FileOps, state: node.data };
  }

  forget({ data }: Inode<Data>): void {
    if (!data) return;
    const left = (this.#costs.get(data.uid) ?? 0) - data.cost;
    if (left > 0) this.#costs.set(data.uid, left);
    else this.#costs.delete(data.uid);
  }
}

/** Open queues; what a read shows is proc text, messages go through the calls of their own. */
export const mqueueOps: FileOps<PosixQueue> = {
  name: 'mqueue',
  seekable: true,
  read: readQueue,
  write: () => -EINVAL,
  poll: (_core, { state }) =>
    (state.messages.length > 0 ? POLLIN | POLLRDNORM : 0) | (state.full ? 0 : POLLOUT | POLLWRNORM),
  queue: (_core, { state }, writing) => (writing ? state.writable : state.readable),
  // Any close by the process that wanted to be told ends its wish.
  flush(core, { state }, table) {
    if (state.notice?.table === table) withdrawNotice(core, state);
  },
};

/** How the cookie of SIGEV_THREAD ends: a message has come, or nobody waits any longer. */
export const WOKEN = 1;
const REMOVED = 2;

/** Sends the cookie of a notice to the socket that it names. */
export function sendCookie(core: FilesCore, { thread }: Notice, kind: number): void {
  if (!thread || thread.socket.closed) return;
  const cookie = thread.cookie.slice();
  cookie[cookie.length - 1] = kind;
  put(networkOf(core), thread.socket, cookie);
}

/** Nobody is to be told any more. */
export function withdrawNotice(core: FilesCore, queue: PosixQueue): void {
  const { notice } = queue;
  queue.notice = undefined;
  if (notice) sendCookie(core, notice, REMOVED);
}

function readQueue(core: FilesCore, { state }: OpenFile<PosixQueue>, transfer: Transfer): number {
  const { notice } = state;
  const number = (value: number, width: number): string => `${value}`.padEnd(width);
  const kind = notice?.thread ? 2 : notice && notice.signal === 0 ? 1 : 0;
  const fields = [
    `QSIZE:${number(state.bytes, 10)}`,
    `NOTIFY:${number(kind, 5)}`,
    `SIGNO:${number(notice?.signal ?? 0, 5)}`,
    `NOTIFY_PID:${number(notice?.pid ?? 0, 6)}`,
  ];
  const text = Uint8Array.from(`${fields.join(' ')}\n`, (letter) => letter.charCodeAt(0));
  return scatter(core.memory, transfer.ranges, text.subarray(transfer.position));
}

const INSTANCES = new WeakMap<FilesCore, Mqueue>();

/** The message queues of a kernel. */
export function mqueueOf(core: FilesCore): Mqueue {
  let mqueue = INSTANCES.get(core);
  if (!mqueue) INSTANCES.set(core, (mqueue = new Mqueue(core.clock)));
  return mqueue;
}

/** A name as mq_open(2) takes it, without the slash that libraries strip: 0, -EACCES, -ENOENT. */
export function checkName(name: string): number {
  if (name === '') return -ENOENT;
  return name.includes('/') || name === '.' || name === '..' ? -EACCES : 0;
}
