import { EIO, ENOMEM, ENOSPC } from '../../abi/errno.ts';
import type { Books } from '../audit/books.ts';
import { BLOCK, PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import type { Ranges } from '../services.ts';
import type { PageCache } from './page-cache.ts';
import { PageStore } from './page-store.ts';
import { Cursor, lengthOf } from './ranges.ts';

/** Where the unchanged bytes of a file come from. */
export interface Source {
  /** Reads into physical memory; returns the count or -errno. */
  read(position: number, address: number, length: number): Kernel<number>;
  /** Present where changes go through to it. */
  write?(position: number, address: number, length: number): Kernel<number>;
}

/** Pages that one miss brings in at most: an aligned window of 64 KiB, as fault_around_bytes has it. */
const AHEAD = 16;

/** How many pages may be changed, and how many are. */
export interface Quota {
  limit: number;
  used: number;
}

/** What a page is wanted for: a hole needs no frame to be read, and a page written whole need not be filled first. */
export type Use = 'read' | 'map' | 'write' | 'overwrite';

/**
 * The bytes of one regular file, page by page: in a frame, unchanged in the source below, or a hole (zeros).
 * Bytes of a frame behind the file's end are always zero.
 */
export class Content {
  readonly #cache: PageCache;
  readonly #quota: Quota;
  readonly #inMemory: boolean;
  readonly source: Source | undefined;
  /** Index to frame * 2 + changed. */
  readonly #pages: PageStore;
  /** The source counts up to here only; less than its size once the file was truncated. */
  #backed: number;

  /** Pages whose changes the source has not seen. */
  readonly #unwritten = new Set<number>();
  /** Pages that the source has but that are holes now (punched). */
  readonly #gone = new Set<number>();
  /** Pages that count against the quota although they hold nothing yet (fallocate(2)). */
  readonly #reserved = new Set<number>();

  /** `inMemory`: a hole that is mapped is one no longer (shmem_fault). */
  constructor(cache: PageCache, quota: Quota, source?: Source, backed = 0, inMemory = false) {
    this.#inMemory = inMemory;
    this.#cache = cache;
    this.#pages = new PageStore(cache.frames);
    this.#quota = quota;
    this.source = source;
    this.#backed = backed;
  }

  /** The frame of a page that is here already, 0 when it is not. */
  now(index: number): number {
    const entry = this.#pages.get(index);
    return entry === undefined ? 0 : entry >>> 1;
  }

  /** Whether anything differs from the source. */
  get altered(): boolean {
    for (const [, entry] of this.#pages.entries()) if (entry & 1) return true;
    return false;
  }

  /** Pages that hold changes or new bytes, and (`backed`) the pages that the source has: blocks of stat(2). */
  pagesUsed(): number {
    let count = Math.ceil(this.#backed / PAGE) - this.#gone.size + this.#reserved.size;
    for (const [index, entry] of this.#pages.entries()) if (entry & 1 && !this.#isBelow(index)) count++;
    return count;
  }

  /** Whether the source has this page. */
  #isBelow(index: number): boolean {
    return this.source !== undefined && index * PAGE < this.#backed && !this.#gone.has(index);
  }

  /** Whether a page holds bytes; else it is a hole, also where room is kept for it. */
  #isData(index: number): boolean {
    return ((this.#pages.get(index) ?? 0) & 1) === 1 || this.#isBelow(index);
  }

  /** The first byte from `position` on that is data (or, without `data`, in a hole): `size` when there is none before it. */
  next(position: number, size: number, data: boolean): number {
    let index = Math.floor(position / PAGE);
    if (data) {
      let first = Number.POSITIVE_INFINITY;
      for (const [i, entry] of this.#pages.entries()) if (entry & 1 && i >= index && i < first) first = i;
      for (let i = index; i * PAGE < this.#backed && i < first; i++) if (this.#isBelow(i)) first = i;
      return Math.min(size, Math.max(position, first * PAGE));
    }
    while (index * PAGE < size && this.#isData(index)) index++;
    return Math.min(size, Math.max(position, index * PAGE));
  }

  /** The frame of page `index`, filled; 0 for a hole that is only read; -errno. */
  *page(index: number, use: Use): Kernel<number> {
    const writes = (use === 'write' || use === 'overwrite' || (use === 'map' && this.#inMemory)) && !this.source?.write;
    const entry = this.#pages.get(index);
    if (entry !== undefined) return writes && !(entry & 1) ? this.#change(index, entry >>> 1) : entry >>> 1;
    const below = this.#isBelow(index);
    if (!below && use === 'read') return 0;
    if (below && !writes && use !== 'overwrite') {
      yield* this.#ahead(index, use);
      if (this.#pages.has(index)) return this.now(index);
    }
    if (writes && this.#isFull(index)) return -ENOSPC;
    const frame = this.#cache.frames.allocate();
    if (frame < 0) return -ENOMEM;
    if (below && use !== 'overwrite') {
      const failed = yield* this.#fill(frame, index);
      if (failed < 0) {
        this.#cache.frames.release(frame);
        return failed;
      }
      if (this.#pages.has(index)) {
        // Somebody else brought it while the source was read.
        this.#cache.frames.release(frame);
        return yield* this.page(index, use);
      }
    } else this.#cache.memory.fill(frame * PAGE, 0, PAGE);
    this.#pages.set(index, frame * 2);
    this.#enrol();
    this.#cache.pages++;
    if (writes) return this.#change(index, frame);
    if (below || use === 'map') this.#cache.offer(frame, this, index);
    return frame;
  }

  /**
   * Reads the pages around one that is missing with it, where frames side by side are at hand: of a mapping all that
   * are missing beside it in its window, else those that follow. An error is left to whoever reads the page itself.
   */
  *#ahead(index: number, use: Use): Kernel<void> {
    const { frames, memory } = this.#cache;
    if (!this.source || this.source.write || frames.free < frames.total / 8) return;
    const isMissing = (page: number): boolean => this.#isBelow(page) && !this.#pages.has(page);
    let first = index;
    let end = index + 1;
    while (use === 'map' && first > (index & ~(AHEAD - 1)) && isMissing(first - 1)) first--;
    while (end <= (index | (AHEAD - 1)) && isMissing(end)) end++;
    if (end - first < 2) return;
    const frame = frames.allocateRun(end - first);
    if (frame < 0) return;
    const length = Math.min(end * PAGE, this.#backed) - first * PAGE;
    let got = 0;
    while (got < length) {
      const count = yield* this.source.read(first * PAGE + got, frame * PAGE + got, length - got);
      if (count <= 0) break;
      got += count;
    }
    const whole = got < length ? Math.floor(got / PAGE) : end - first;
    memory.fill(frame * PAGE + got, 0, (end - first) * PAGE - got);
    for (let page = first; page < end; page++) {
      const own = frame + page - first;
      // A page that somebody else brought meanwhile, or that was not read.
      if (!isMissing(page) || page - first >= whole) frames.release(own);
      else {
        this.#pages.set(page, own * 2);
        this.#enrol();
        this.#cache.pages++;
        this.#cache.offer(own, this, page);
      }
    }
  }

  *#fill(frame: number, index: number): Kernel<number> {
    const start = index * PAGE;
    const wanted = Math.min(PAGE, this.#backed - start);
    let got = 0;
    while (got < wanted) {
      const count = yield* (this.source as Source).read(start + got, frame * PAGE + got, wanted - got);
      if (count < 0) return -EIO;
      if (count === 0) break;
      got += count;
    }
    this.#cache.memory.fill(frame * PAGE + got, 0, PAGE - got);
    return 0;
  }

  /** Whether the quota has no room for a change of this page. */
  #isFull(index: number): boolean {
    return this.#quota.used >= this.#quota.limit && !this.#reserved.has(index);
  }

  /** A page that was as below (or new) is now this layer's own. */
  #change(index: number, frame: number): number {
    if (this.#isFull(index)) return -ENOSPC;
    if (!this.#reserved.delete(index)) this.#quota.used++;
    this.#pages.set(index, frame * 2 + 1);
    this.#cache.withdraw(frame);
    return frame;
  }

  /** A page was changed through a shared mapping: it stays. */
  touched(index: number): void {
    const entry = this.#pages.get(index);
    if (entry === undefined || entry & 1) return;
    if (this.source?.write) {
      this.#unwritten.add(index);
      this.#cache.withdraw(entry >>> 1);
      return;
    }
    // What is written already cannot be refused: the quota may be overrun here.
    if (!this.#reserved.delete(index)) this.#quota.used++;
    this.#pages.set(index, entry | 1);
    this.#cache.withdraw(entry >>> 1);
  }

  /** Pages changed through shared mappings that the source has not seen yet, written to it; 0 or -errno. */
  *flush(size: number): Kernel<number> {
    const pages = [...this.#unwritten].sort((a, b) => a - b);
    this.#unwritten.clear();
    for (const index of pages) {
      const frame = this.now(index);
      const length = Math.min(PAGE, size - index * PAGE);
      if (frame === 0 || length <= 0) continue;
      const failed = yield* (this.source as Required<Source>).write(index * PAGE, frame * PAGE, length);
      if (failed < 0) return failed;
      this.#cache.offer(frame, this, index);
    }
    return 0;
  }

  /** Whether the source lacks changes that were made through shared mappings. */
  get unwritten(): boolean {
    return this.#unwritten.size > 0;
  }

  /** Forgets one page. */
  drop(index: number): void {
    const entry = this.#pages.get(index);
    if (entry === undefined) return;
    if (entry & 1) this.#quota.used--;
    this.#unwritten.delete(index);
    this.#pages.delete(index);
    this.#enrol();
    this.#cache.pages--;
    this.#cache.withdraw(entry >>> 1);
    this.#cache.frames.release(entry >>> 1);
  }

  #dropBlocks(start: number, end: number): void {
    for (const index of this.#pages.blocks(start, end)) {
      this.#pages.deleteBlock(index);
      this.#quota.used -= BLOCK;
      this.#cache.pages -= BLOCK;
    }
    this.#enrol();
  }

  /**
   * First frame of the block that holds the 1024 pages from `index` (a multiple of 1024) on, 0 where they are none. With
   * `make` they become one, of zeros, if they are a hole and there is room.
   */
  block(index: number, make: boolean): number {
    const there = this.#pages.block(index);
    if (there !== 0 || !make || this.source || !this.#pages.isFree(index)) return there;
    let reserved = 0;
    if (this.#reserved.size > 0) for (let n = 0; n < BLOCK; n++) if (this.#reserved.has(index + n)) reserved++;
    if (this.#quota.used - reserved + BLOCK > this.#quota.limit) return 0;
    const { frames, memory } = this.#cache;
    const first = frames.allocateBlock((used) => memory.fill(used * PAGE, 0, BLOCK * PAGE));
    if (first < 0) return 0;
    if (reserved > 0) for (let n = 0; n < BLOCK; n++) this.#reserved.delete(index + n);
    this.#quota.used += BLOCK - reserved;
    this.#pages.setBlock(index, first);
    this.#enrol();
    this.#cache.pages += BLOCK;
    return first;
  }

  /** Claims its frames; returns how many. */
  audit(books: Books): number {
    for (const [index, entry] of this.#pages.entries()) books.holds('frame', entry >>> 1, `page ${index} of a file`);
    return this.#pages.size;
  }

  /** Pages that count against a quota. */
  charged(quota: Quota): number {
    if (quota !== this.#quota) return 0;
    let count = this.#reserved.size;
    for (const [, entry] of this.#pages.entries()) count += entry & 1;
    return count;
  }

  /** Reads what needs no wait: the count, or -1 when a page must come from below. */
  readNow(position: number, size: number, ranges: Ranges): number {
    const count = Math.min(lengthOf(ranges), size - position);
    if (count <= 0) return 0;
    const memory = this.#cache.memory;
    const cursor = new Cursor(ranges);
    let done = 0;
    while (done < count) {
      const at = position + done;
      const offset = at % PAGE;
      const index = (at - offset) / PAGE;
      const frame = this.now(index);
      if (frame === 0 && this.#isBelow(index)) return -1;
      const end = done + Math.min(PAGE - offset, count - done);
      while (done < end && cursor.next(end - done)) {
        if (frame === 0) memory.fill(cursor.address, 0, cursor.length);
        else memory.copy(cursor.address, frame * PAGE + ((position + done) % PAGE), cursor.length);
        done += cursor.length;
      }
    }
    return done;
  }

  /** Reads, bringing pages from below; the count, 0 at the end, or -errno. */
  *readAt(position: number, size: number, ranges: Ranges): Kernel<number> {
    const count = Math.min(lengthOf(ranges), size - position);
    const memory = this.#cache.memory;
    const cursor = new Cursor(ranges);
    let done = 0;
    while (done < count) {
      const offset = (position + done) % PAGE;
      const frame = yield* this.page((position + done - offset) / PAGE, 'read');
      if (frame < 0) return done > 0 ? done : frame;
      const end = done + Math.min(PAGE - offset, count - done);
      while (done < end && cursor.next(end - done)) {
        if (frame === 0) memory.fill(cursor.address, 0, cursor.length);
        else memory.copy(cursor.address, frame * PAGE + ((position + done) % PAGE), cursor.length);
        done += cursor.length;
      }
    }
    return done;
  }

  /** A copy of bytes that lie within the file; -errno. */
  *bytes(position: number, length: number): Kernel<Uint8Array | number> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const offset = (position + done) % PAGE;
      const count = Math.min(PAGE - offset, length - done);
      const frame = yield* this.page((position + done - offset) / PAGE, 'read');
      if (frame < 0) return frame;
      if (frame > 0) this.#cache.memory.read(frame * PAGE + offset, bytes, done, count);
      done += count;
    }
    return bytes;
  }

  /** Writes all bytes of the ranges; returns the count, which is short when space ends, or -errno. */
  *writeAt(position: number, ranges: Ranges): Kernel<number> {
    const memory = this.#cache.memory;
    const count = lengthOf(ranges);
    const cursor = new Cursor(ranges);
    let done = 0;
    while (done < count) {
      const offset = (position + done) % PAGE;
      const piece = Math.min(PAGE - offset, count - done);
      const frame = yield* this.page((position + done - offset) / PAGE, piece === PAGE ? 'overwrite' : 'write');
      if (frame < 0) return done > 0 ? done : frame;
      const start = done;
      while (done < start + piece && cursor.next(start + piece - done)) {
        memory.copy(frame * PAGE + ((position + done) % PAGE), cursor.address, cursor.length);
        done += cursor.length;
      }
      if (this.source?.write) {
        const wrote = yield* this.source.write(position + start, frame * PAGE + offset, piece);
        if (wrote < 0) return start > 0 ? start : wrote;
        this.#backed = Math.max(this.#backed, position + done);
      }
    }
    return done;
  }

  /** The source ends at `size` now. */
  resize(size: number): void {
    this.truncate(size);
    this.#backed = size;
  }

  /** The file ends at `size` now. */
  truncate(size: number): void {
    const last = Math.ceil(size / PAGE);
    this.#dropBlocks(last, Number.POSITIVE_INFINITY);
    for (const index of this.#pages.keys()) if (index >= last) this.drop(index);
    if (size < this.#backed) this.#backed = size;
    for (const index of this.#gone) if (index >= last) this.#gone.delete(index);
    for (const index of this.#reserved) if (index >= last) this.#unreserve(index);
    this.clearTail(size);
  }

  /** Zeros behind the end `size` in its page: a shared mapping may have left something there. */
  clearTail(size: number): void {
    const frame = size % PAGE === 0 ? 0 : this.now(Math.floor(size / PAGE));
    if (frame !== 0) this.#cache.memory.fill(frame * PAGE + (size % PAGE), 0, PAGE - (size % PAGE));
  }

  /** Whether somebody has a page from `first` on mapped. */
  isMapped(first: number): boolean {
    for (const [index, entry] of this.#pages.entries())
      if (index >= first && this.#cache.frames.references(entry >>> 1) > 1) return true;
    return false;
  }

  #unreserve(index: number): void {
    if (this.#reserved.delete(index)) this.#quota.used--;
    this.#enrol();
  }

  /** Is known to the cache as long as it holds something. */
  #enrol(): void {
    if (this.#pages.size + this.#reserved.size > 0) this.#cache.contents.add(this);
    else this.#cache.contents.delete(this);
  }

  /** Keeps room for the pages from `start` to `end` that hold nothing yet: 0, or -ENOSPC and none is kept. */
  reserve(start: number, end: number): number {
    const first = Math.floor(start / PAGE);
    const last = Math.ceil(end / PAGE);
    const room = this.#quota.limit - this.#quota.used;
    const held = this.#pages.size + this.#reserved.size + Math.ceil(this.#backed / PAGE);
    if (last - first - held > room) return -ENOSPC;
    const wanted: number[] = [];
    for (let index = first; index < last; index++)
      if (!this.#isData(index) && !this.#reserved.has(index)) wanted.push(index);
    if (wanted.length > room) return -ENOSPC;
    this.#quota.used += wanted.length;
    for (const index of wanted) this.#reserved.add(index);
    this.#enrol();
    return 0;
  }

  /** Zeros from `start` to `end`: whole pages become holes (FALLOC_FL_PUNCH_HOLE); 0 or -errno. */
  *punch(start: number, end: number): Kernel<number> {
    const first = Math.ceil(start / PAGE);
    const last = Math.floor(end / PAGE);
    if (this.source?.write || first > last) return yield* this.#zero(start, end);
    const failed = (yield* this.#zero(start, first * PAGE)) || (yield* this.#zero(last * PAGE, end));
    if (failed < 0) return failed;
    this.#dropBlocks(first, last);
    const pages = [...this.#pages.keys(), ...this.#reserved].filter((index) => index >= first && index < last);
    for (const index of pages) {
      this.drop(index);
      this.#unreserve(index);
    }
    for (let index = first; index < last && index * PAGE < this.#backed; index++) this.#gone.add(index);
    return 0;
  }

  *#zero(start: number, end: number): Kernel<number> {
    if (start >= end) return 0;
    const first = Math.floor(start / PAGE);
    const last = Math.ceil(end / PAGE);
    // Holes are zeros already, however many there are: only pages that exist count.
    const pages = new Set([...this.#pages.keys()].filter((index) => index >= first && index < last));
    for (let index = first; index < last && index * PAGE < this.#backed; index++)
      if (this.#isBelow(index)) pages.add(index);
    for (const index of pages) {
      const from = Math.max(start, index * PAGE);
      const to = Math.min(end, (index + 1) * PAGE);
      const frame = yield* this.page(index, 'write');
      if (frame < 0) return frame;
      this.#cache.memory.fill(frame * PAGE + (from % PAGE), 0, to - from);
      if (this.source?.write) this.touched(index);
    }
    return 0;
  }

  /** Moves the pages from index `first` on by `by` pages; what comes below `first` by that is lost. 0 or -errno. */
  *shift(first: number, by: number): Kernel<number> {
    // What the source has there can only move as a change.
    for (let index = first; index * PAGE < this.#backed; index++) {
      const frame = this.#isBelow(index) ? yield* this.page(index, 'write') : 0;
      if (frame < 0) return frame;
    }
    this.#backed = Math.min(this.#backed, first * PAGE);
    for (const index of this.#gone) if (index >= first) this.#gone.delete(index);
    const moved = [...this.#pages.entries()].filter(([index]) => index >= first);
    const reserved = [...this.#reserved].filter((index) => index >= first);
    for (const [index, entry] of moved) {
      // Unchanged pages are holes that somebody looked at through a mapping.
      if (entry & 1) this.#pages.delete(index);
      else this.drop(index);
    }
    for (const index of reserved) this.#reserved.delete(index);
    for (const [index, entry] of moved) if (entry & 1) this.#pages.set(index + by, entry);
    for (const index of reserved) this.#reserved.add(index + by);
    this.#enrol();
    return 0;
  }
}
