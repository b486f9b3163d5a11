import { EAGAIN, EFAULT, EINVAL, ENOTTY } from '../../abi/errno.ts';
import { FIONREAD, POLLIN, POLLRDNORM } from '../../abi/flags.ts';
import { IN_EXCL_UNLINK, IN_IGNORED, IN_ISDIR, IN_ONESHOT, IN_Q_OVERFLOW } from '../../abi/inotify.ts';
import type { FilesCore } from '../files/core.ts';
import type { Inode } from '../files/node.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { scatter } from '../files/ranges.ts';
import type { NodeWatch } from '../files/tell.ts';
import { Queue } from '../queue.ts';

/** Bytes of a struct inotify_event without its name; names are padded to a multiple of it. */
const EVENT = 16;
/** fs.inotify.max_queued_events. */
const EVENTS_MAX = 16384;

interface Event {
  readonly wd: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

/** One watched node of an instance. */
export class Watch implements NodeWatch {
  readonly owner: Inotify;
  readonly wd: number;
  readonly node: Inode;
  mask: number;

  constructor(owner: Inotify, wd: number, node: Inode, mask: number) {
    this.owner = owner;
    this.wd = wd;
    this.node = node;
    this.mask = mask;
  }

  happened(mask: number, cookie: number, name: string, linked: boolean): void {
    if (!(mask & ~IN_ISDIR & this.mask)) return;
    if (!linked && this.mask & IN_EXCL_UNLINK) return;
    this.owner.queue({ wd: this.wd, mask, cookie, name });
    if (this.mask & IN_ONESHOT) this.owner.remove(this);
  }

  gone(): void {
    this.owner.remove(this);
  }
}

/** An inotify instance (inotify(7)). */
export class Inotify {
  readonly watches = new Map<number, Watch>();
  readonly events: Event[] = [];
  readonly canRead = new Queue();
  #nextWatch = 1;

  watchOf(node: Inode): Watch | undefined {
    for (const watch of node.watches ?? []) if (watch instanceof Watch && watch.owner === this) return watch;
    return undefined;
  }

  add(node: Inode, mask: number): Watch {
    const watch = new Watch(this, this.#nextWatch++, node, mask);
    this.watches.set(watch.wd, watch);
    node.watches ??= new Set();
    node.watches.add(watch);
    return watch;
  }

  /** Ends a watch, which is its last event. */
  remove(watch: Watch): void {
    if (!this.watches.delete(watch.wd)) return;
    detach(watch);
    this.queue({ wd: watch.wd, mask: IN_IGNORED, cookie: 0, name: '' });
  }

  /** Adds an event, unless it says the same as the last one that waits. */
  queue(event: Event): void {
    const last = this.events.at(-1);
    const same = last && last.wd === event.wd && last.mask === event.mask && last.name === event.name;
    if (same && !(event.mask & IN_IGNORED)) return;
    if (this.events.length > EVENTS_MAX) return;
    const full = this.events.length === EVENTS_MAX;
    this.events.push(full ? { wd: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: '' } : event);
    this.canRead.wake();
  }

  close(): void {
    for (const watch of this.watches.values()) detach(watch);
    this.watches.clear();
  }
}

function detach(watch: Watch): void {
  const { node } = watch;
  node.watches?.delete(watch);
  if (node.watches?.size === 0) node.watches = undefined;
}

function sizeOf({ name }: Event): number {
  return EVENT + (name === '' ? 0 : Math.ceil((name.length + 1) / EVENT) * EVENT);
}

function encode(event: Event): Uint8Array {
  const bytes = new Uint8Array(sizeOf(event));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, event.wd, true);
  view.setInt32(4, event.mask, true);
  view.setInt32(8, event.cookie, true);
  view.setInt32(12, bytes.length - EVENT, true);
  for (let i = 0; i < event.name.length; i++) bytes[EVENT + i] = event.name.charCodeAt(i);
  return bytes;
}

/** A read takes whole events. */
export const inotifyOps: FileOps<Inotify> = {
  name: 'inotify',
  looksFirst: true,
  seekable: false,
  read: readEvents,
  write: () => -EINVAL,
  poll: (_core, { state }) => (state.events.length > 0 ? POLLIN | POLLRDNORM : 0),
  queue: (_core, { state }, writing) => (writing ? undefined : state.canRead),
  ioctl(_core, { state }, { user }, request, argument) {
    if (request !== FIONREAD) return -ENOTTY;
    const bytes = state.events.reduce((sum, event) => sum + sizeOf(event), 0);
    return user.write(argument, new Uint8Array(Int32Array.of(bytes).buffer));
  },
  close: (_core, { state }) => state.close(),
  audit(_core, [{ state, handle }], books) {
    for (const watch of state.watches.values()) {
      books.counts('watch', watch, 1);
      books.holds('watch', watch, `inotify ${handle}`, watch.node.watches?.has(watch) ? 1 : 0);
    }
    books.queue(`readers of inotify ${handle}`, state.canRead);
  },
};

function readEvents(core: FilesCore, { state }: OpenFile<Inotify>, transfer: Transfer): number {
  const { events } = state;
  if (events.length === 0) return -EAGAIN;
  let count = 0;
  let size = 0;
  for (const event of events) {
    if (size + sizeOf(event) > transfer.wanted) break;
    size += sizeOf(event);
    count++;
  }
  if (count === 0) return -EINVAL;
  if (transfer.length < size) return -EFAULT;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const event of events.splice(0, count)) {
    const encoded = encode(event);
    bytes.set(encoded, at);
    at += encoded.length;
  }
  return scatter(core.memory, transfer.ranges, bytes);
}
