import { EINVAL } from '../../abi/errno.ts';
import {
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLONESHOT,
  EPOLLWAKEUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/flags.ts';
import type { Books } from '../audit/books.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile } from '../files/open-file.ts';
import type { Kernel } from '../platform.ts';
import { Queue, type Sleeper } from '../queue.ts';

/** Bits of an interest that are not events. */
const PRIVATE = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
const READING = POLLIN | POLLRDNORM;
const WRITING = POLLOUT | POLLWRNORM | POLLWRBAND;

/** One descriptor that an epoll instance watches: what it wants to know, and the word pair it is told with. */
export class Interest implements Sleeper {
  readonly epoll: Epoll;
  readonly fd: number;
  readonly file: OpenFile;
  events = 0;
  dataLow = 0;
  dataHigh = 0;
  /** Somebody waited on the instance when news came. */
  served = false;
  #queues: Queue[] = [];

  constructor(epoll: Epoll, fd: number, file: OpenFile) {
    this.epoll = epoll;
    this.fd = fd;
    this.file = file;
  }

  get exclusive(): boolean {
    return (this.events & EPOLLEXCLUSIVE) !== 0;
  }

  /** Begins (again) to listen to what the events need. */
  listen(core: FilesCore): void {
    this.deafen();
    const { ops } = this.file;
    const reading = ops.queue?.(core, this.file, false);
    const writing = this.events & WRITING ? ops.queue?.(core, this.file, true) : undefined;
    for (const queue of new Set([reading, writing])) if (queue) this.#queues.push(queue);
    for (const queue of this.#queues) {
      if (this.exclusive) queue.add(this);
      else queue.addFirst(this);
    }
  }

  audit(books: Books): void {
    const name = `epoll interest in fd ${this.fd}`;
    books.holds('watch', this, name);
    for (const queue of this.#queues) books.sleeps(this, name, queue);
  }

  deafen(): void {
    for (const queue of this.#queues) queue.remove(this);
    this.#queues.length = 0;
  }

  /** Something happened to the file: whether it is what is wanted shows when the instance is asked. */
  woken(queue: Queue): void {
    queue.add(this);
    if ((this.events & ~PRIVATE) === 0) return;
    this.served = !this.epoll.changed.empty;
    this.epoll.ready.add(this);
    this.epoll.changed.wake();
  }

  /** The wanted events that the file has now. */
  found(core: FilesCore): number {
    if ((this.events & ~PRIVATE) === 0) return 0;
    return this.file.ops.poll(core, this.file) & (this.events | EPOLLERR | EPOLLHUP) & ~PRIVATE;
  }

  /** The file is gone, with all its descriptors. */
  closed(): void {
    this.epoll.remove(this);
  }
}

/** Whether the world below has to be asked about an interest's file, or about one that it watches. */
function isPrimed({ file: { ops } }: Interest): boolean {
  return ops.prime !== undefined || ops === (epollOps as FileOps);
}

/** An interest and the events found for it. */
export interface Report {
  readonly interest: Interest;
  readonly found: number;
}

/** An epoll instance (epoll(7)). */
export class Epoll {
  readonly interests = new Set<Interest>();
  /** Interests that may have news, in the order in which they got them. */
  readonly ready = new Set<Interest>();
  /** Woken when an interest becomes ready. */
  readonly changed = new Queue();

  find(fd: number, file: OpenFile): Interest | undefined {
    for (const interest of this.interests) if (interest.fd === fd && interest.file === file) return interest;
    return undefined;
  }

  add(core: FilesCore, interest: Interest): void {
    this.interests.add(interest);
    if (isPrimed(interest)) this.#primed++;
    interest.file.watchers ??= new Set();
    interest.file.watchers.add(interest);
    this.change(core, interest);
  }

  /** The interest's events are new: it listens to them, and is ready when they are there already. */
  change(core: FilesCore, interest: Interest): void {
    interest.listen(core);
    if (interest.found(core) === 0) return;
    this.ready.add(interest);
    this.changed.wake();
  }

  remove(interest: Interest): void {
    interest.deafen();
    if (this.interests.delete(interest) && isPrimed(interest)) this.#primed--;
    this.ready.delete(interest);
    interest.file.watchers?.delete(interest);
  }

  /** Asks the world below about those files that only it knows. */
  *prime(core: FilesCore): Kernel<void> {
    for (const interest of [...this.interests]) {
      const { ops } = interest.file;
      if (!(interest.events & READING)) continue;
      if (ops === (epollOps as FileOps)) yield* (interest.file.state as Epoll).prime(core);
      else if (ops.prime) yield* ops.prime(core, interest.file);
    }
  }

  /** How many of the interests are in files that are asked by `prime`, or in instances that may watch such files. */
  #primed = 0;

  /** Whether a file that is asked by `prime` may be among the interests. */
  get needsPrime(): boolean {
    return this.#primed > 0;
  }

  /** Up to `most` interests with news; those that turn out to have none are no longer ready. Nothing else changes. */
  look(core: FilesCore, most: number): Report[] {
    const reports: Report[] = [];
    for (const interest of this.ready) {
      if (reports.length === most) break;
      const found = interest.found(core);
      if (found !== 0) reports.push({ interest, found });
      else this.ready.delete(interest);
    }
    return reports;
  }

  /** These have been told: level-triggered ones stay ready behind the others, one-shot ones sleep until they are changed. */
  told(reports: readonly Report[]): void {
    for (const { interest } of reports) {
      this.ready.delete(interest);
      if (interest.events & EPOLLONESHOT) interest.events &= PRIVATE;
      else if (!(interest.events & EPOLLET)) this.ready.add(interest);
    }
  }

  /** Epoll instances below this one: 1 when it watches none. */
  depth(seen: Epoll): number {
    let deepest = 0;
    for (const { file } of this.interests) {
      if (file.ops !== (epollOps as FileOps)) continue;
      if (file.state === seen) return Number.POSITIVE_INFINITY;
      deepest = Math.max(deepest, (file.state as Epoll).depth(seen));
    }
    return deepest + 1;
  }

  /** Epoll instances above this one, itself included. */
  height(file: OpenFile): number {
    let highest = 0;
    for (const watcher of file.watchers ?? [])
      if (watcher instanceof Interest && watcher.epoll.file)
        highest = Math.max(highest, watcher.epoll.height(watcher.epoll.file));
    return highest + 1;
  }

  /** The open file of this instance. */
  file: OpenFile | undefined;
}

/** An epoll instance can be polled itself; it cannot be read or written. */
export const epollOps: FileOps<Epoll> = {
  name: 'epoll',
  seekable: false,
  read: () => -EINVAL,
  write: () => -EINVAL,
  poll: (core, { state }) => (state.look(core, 1).length > 0 ? POLLIN | POLLRDNORM : 0),
  queue: (_core, { state }, writing) => (writing ? undefined : state.changed),
  close(_core, { state }) {
    for (const interest of [...state.interests]) state.remove(interest);
  },
  audit(_core, [{ state, handle }], books) {
    for (const interest of state.interests) interest.audit(books);
    for (const interest of state.ready)
      books.equal('ready interest', `of epoll ${handle}`, true, state.interests.has(interest));
    books.queue(`readers of epoll ${handle}`, state.changed);
  },
};

/** Whether an open file is an epoll instance. */
export function isEpoll(file: OpenFile): file is OpenFile<Epoll> & OpenFile {
  return file.ops === (epollOps as FileOps);
}
