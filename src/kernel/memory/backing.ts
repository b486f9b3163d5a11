import { ENOMEM } from '../../abi/errno.ts';
import type { Books } from '../audit/books.ts';
import type { Kernel } from '../platform.ts';
import type { Files } from '../services.ts';
import { PAGE } from './frames.ts';
import type { Pool } from './pool.ts';

/** Where the pages of a mapping come from when they are not the map's own. Page numbers count from the backing's start. */
export interface Backing {
  /** The open file's handle; 0 for shared anonymous memory. */
  readonly file: number;
  /** Its pages are nowhere but in memory (tmpfs): nobody has to be told when one is first written. */
  readonly inMemory: boolean;
  hold(): void;
  drop(): void;
  /** As `Files.pageNow`: a frame with a reference for the caller, 0 = must be waited for, -errno past the end. */
  pageNow(index: number): number;
  page(index: number): Kernel<number>;
  /**
   * First frame of the block that is the 1024 pages from `index` (a multiple of 1024) on, with a reference to the block for
   * the caller; 0 = they are no block. `make`: they become one where there is nothing yet and a block is free.
   */
  block?(index: number, make: boolean): number;
  dirtied(index: number): void;
  /** Says what a mapping in `holder` holds of it. */
  claim(books: Books, holder: string): void;
  /** Areas of it never become one. */
  readonly keepsApart?: boolean;
  /** What /proc/PID/maps shows of it where it is no file of a descriptor. */
  describe?(): { readonly path: string; readonly device: number; readonly inode: number };
}

/** Pages of an open file. */
export class FileBacking implements Backing {
  readonly file: number;
  readonly inMemory: boolean;
  readonly #files: Files;
  readonly #pool: Pool;

  /** Takes over one reference to `file`. */
  constructor(pool: Pool, file: number) {
    this.#pool = pool;
    this.#files = pool.files;
    this.file = file;
    this.inMemory = pool.files.inMemory(file);
  }

  hold(): void {
    this.#files.hold(this.file);
  }

  drop(): void {
    // Closing may have to wait; the dispatcher does it when the call is over.
    this.#pool.dropped.push(this.file);
  }

  pageNow(index: number): number {
    return this.#files.pageNow(this.file, index);
  }

  page(index: number): Kernel<number> {
    return this.#files.page(this.file, index);
  }

  block(index: number, make: boolean): number {
    return this.inMemory ? this.#files.block(this.file, index, make) : 0;
  }

  dirtied(index: number): void {
    this.#files.dirtied(this.file, index);
  }

  claim(books: Books, holder: string): void {
    books.holds('open file', this.file, holder);
  }
}

/** Anonymous memory that forks share: its frames live as long as somebody maps it. */
export class SharedBacking implements Backing {
  readonly file = 0;
  readonly inMemory = true;
  readonly #pool: Pool;
  readonly #frames = new Map<number, number>();
  readonly #number: number;
  #users = 1;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#number = ++pool.sharings;
    pool.shared.add(this);
  }

  hold(): void {
    this.#users++;
  }

  drop(): void {
    if (--this.#users > 0) return;
    for (const frame of this.#frames.values()) this.#pool.frames.release(frame);
    this.#frames.clear();
    this.#pool.shared.delete(this);
  }

  pageNow(index: number): number {
    let frame = this.#frames.get(index);
    if (frame === undefined) {
      frame = this.#pool.frames.allocate();
      if (frame < 0) return -ENOMEM;
      this.#pool.memory.fill(frame * PAGE, 0, PAGE);
      this.#frames.set(index, frame);
    }
    this.#pool.frames.hold(frame);
    return frame;
  }

  *page(index: number): Kernel<number> {
    return this.pageNow(index);
  }

  dirtied(): void {}

  claim(books: Books, holder: string): void {
    books.holds('shared memory', this.#number, holder);
  }

  audit(books: Books): void {
    books.counts('shared memory', this.#number, this.#users);
    for (const frame of this.#frames.values()) books.holds('frame', frame, `shared memory ${this.#number}`);
  }
}
