import { ENOMEM } from '../../abi/errno.ts';
import { SHM_DEST, SHMMNI } from '../../abi/ipc.ts';
import type { Books } from '../audit/books.ts';
import type { Backing } from '../memory/backing.ts';
import { PAGE } from '../memory/frames.ts';
import type { Audited, Pool } from '../memory/pool.ts';
import type { Kernel } from '../platform.ts';
import type { Identity } from '../tasks/identity.ts';
import { IpcObject, IpcTable } from './object.ts';

/** Device of the kernel's own tmpfs, whose files segments are. */
const DEVICE = 1;

/** A shared memory segment, which is what its attached areas are backed by. */
export class Segment extends IpcObject implements Audited, Backing {
  readonly file = 0;
  readonly inMemory = true;
  /** Areas count who attached it: they never become one (shm_vm_ops has open and close). */
  readonly keepsApart = true;
  /** Bytes, as asked for. */
  readonly length: number;
  readonly creator: number;
  /** What it is called in /proc/PID/maps, for good. */
  readonly #name: string;
  /** Areas that it is attached as. */
  attached = 0;
  lastPid = 0;
  attachTime = 0;
  detachTime = 0;
  readonly #owner: Segments;
  readonly #frames = new Map<number, number>();
  /** Its number in the books. */
  readonly #number: number;

  constructor(owner: Segments, key: number, who: Identity, mode: number, length: number, pid: number) {
    super(key, who, mode, owner.now());
    this.#owner = owner;
    this.length = length;
    this.creator = pid;
    this.#name = `/SYSV${(key >>> 0).toString(16).padStart(8, '0')} (deleted)`;
    this.#number = ++owner.pool.sharings;
    owner.pool.shared.add(this);
  }

  get pages(): number {
    return Math.ceil(this.length / PAGE);
  }

  get resident(): number {
    return this.#frames.size;
  }

  hold(): void {
    this.attached++;
    this.lastPid = this.#owner.pid();
    this.attachTime = this.#owner.now();
  }

  drop(): void {
    this.attached--;
    this.lastPid = this.#owner.pid();
    this.detachTime = this.#owner.now();
    if (this.attached === 0 && this.mode & SHM_DEST) this.#owner.destroy(this);
  }

  pageNow(index: number): number {
    const { pool } = this.#owner;
    let frame = this.#frames.get(index);
    if (frame === undefined) {
      frame = pool.frames.allocate();
      if (frame < 0) return -ENOMEM;
      pool.memory.fill(frame * PAGE, 0, PAGE);
      this.#frames.set(index, frame);
    }
    pool.frames.hold(frame);
    return frame;
  }

  *page(index: number): Kernel<number> {
    return this.pageNow(index);
  }

  dirtied(): void {}

  /** As /proc/PID/maps shows it. */
  describe() {
    return { path: this.#name, device: DEVICE, inode: this.id };
  }

  claim(books: Books, holder: string): void {
    books.holds('shared memory', this.#number, holder);
  }

  audit(books: Books): void {
    books.counts('shared memory', this.#number, this.attached);
    for (const frame of this.#frames.values()) books.holds('frame', frame, `segment ${this.id}`);
  }

  /** Gives its memory back. */
  free(): void {
    for (const frame of this.#frames.values()) this.#owner.pool.frames.release(frame);
    this.#frames.clear();
    this.#owner.pool.shared.delete(this);
  }
}

/** All shared memory segments. */
export class Segments extends IpcTable<Segment> {
  readonly pool: Pool;
  /** Seconds since 1970, and the process that runs. */
  readonly now: () => number;
  readonly pid: () => number;

  constructor(pool: Pool, now: () => number, pid: () => number) {
    super(SHMMNI);
    this.pool = pool;
    this.now = now;
    this.pid = pid;
  }

  /** Pages that all segments may have, and those that have a frame. */
  get pages(): number {
    return this.list().reduce((sum, segment) => sum + segment.pages, 0);
  }

  get resident(): number {
    return this.list().reduce((sum, segment) => sum + segment.resident, 0);
  }

  /** IPC_RMID: at once when nobody has it attached, else with the last detach; no key leads to it any more. */
  condemn(segment: Segment): void {
    if (segment.attached === 0) {
      this.destroy(segment);
      return;
    }
    segment.mode |= SHM_DEST;
    segment.key = 0;
  }

  destroy(segment: Segment): void {
    this.remove(segment);
    segment.free();
  }
}
