import { BLOCK, type Frames } from './frames.ts';

/**
 * An entry of a page map:
 *
 *   frame << 4 | HELD | PRIVATE | WRITE | READ
 *
 * 0 means that no frame belongs to the page. An entry without READ keeps its frame behind PROT_NONE.
 */
export const READ = 1;
export const WRITE = 2;
/** The frame is this map's own copy (or shared with forks of it), not a page of a file. */
export const PRIVATE = 4;
/** Always set in an entry that is not 0, for frame 0's sake. */
export const HELD = 8;
export const FRAME_SHIFT = 4;

/** A table without pages, and the entries of a map without blocks. */
const EMPTY = new Int32Array(BLOCK);

/** Tables of blocks by their first entry: constants, which every map may show. */
const BLOCKS = new Map<number, Int32Array>();

function tableOf(entry: number): Int32Array {
  let table = BLOCKS.get(entry);
  if (!table) {
    table = Int32Array.from({ length: BLOCK }, (_, n) => entry + (n << FRAME_SHIFT));
    BLOCKS.set(entry, table);
  }
  return table;
}

/**
 * The kernel's own record of which frame lies behind each page: two levels of 1024 words. Where the 1024 pages of a
 * table are one block of frames with equal rights, the table is a constant, and the block has one reference; a change of
 * one of them makes it a table of its own, with a reference to each frame.
 */
export class PageMap {
  readonly #frames: Frames;
  readonly #tables: Int32Array[] = new Array(1024).fill(EMPTY);
  /** First entry of the tables that are a block, 0 for the others. */
  #blocks = EMPTY;
  /** Pages that have a frame. */
  resident = 0;
  /** Most that there were at once. */
  peak = 0;
  /** Tables of its own. */
  tables = 0;

  /** References of what it gives up go back to `frames`. */
  constructor(frames: Frames) {
    this.#frames = frames;
  }

  /** The entry of a page (0 to 0xfffff). */
  get(page: number): number {
    return this.#tables[page >>> 10][page & 1023];
  }

  /** Replaces the entry of a page; the reference to the frame is the caller's business. */
  set(page: number, entry: number): void {
    const slot = page >>> 10;
    const index = page & 1023;
    let table = this.#tables[slot];
    if (table[index] === entry) return;
    if (table === EMPTY) {
      table = this.#tables[slot] = new Int32Array(BLOCK);
      this.tables++;
    } else if (this.#blocks[slot] !== 0) table = this.#split(slot);
    if (table[index] === 0) this.#grow(1);
    else if (entry === 0) this.resident--;
    table[index] = entry;
  }

  /** The first entry of the block that holds `page`, 0 where there is none. */
  block(page: number): number {
    return this.#blocks[page >>> 10];
  }

  /** Whether there is nothing in the table of `page`. */
  isEmpty(page: number): boolean {
    return this.#tables[page >>> 10] === EMPTY;
  }

  /** Makes an empty table a block, or gives one other rights; `entry` is that of its first page. */
  setBlock(page: number, entry: number): void {
    const slot = page >>> 10;
    if (this.#tables[slot] === EMPTY) this.#grow(BLOCK);
    else if (this.#blocks[slot] === 0) throw new Error(`page map: a block over pages at ${page}`);
    if (this.#blocks === EMPTY) this.#blocks = new Int32Array(1024);
    this.#blocks[slot] = entry;
    this.#tables[slot] = tableOf(entry);
  }

  /** Drops the pages of [start, end), and their references. */
  drop(start: number, end: number): void {
    for (let page = start; page < end; ) {
      const slot = page >>> 10;
      const stop = Math.min(end, (slot + 1) << 10);
      if (this.#tables[slot] !== EMPTY) {
        if (stop - page === BLOCK) this.#dropTable(slot);
        else this.#dropSome(this.#blocks[slot] === 0 ? this.#tables[slot] : this.#split(slot), page, stop);
      }
      page = stop;
    }
  }

  /** The first page from `page` on, below `end`, that has an entry; `end` when there is none. */
  next(page: number, end: number): number {
    while (page < end) {
      const table = this.#tables[page >>> 10];
      if (table === EMPTY) {
        page = ((page >>> 10) + 1) << 10;
        continue;
      }
      const stop = Math.min(end, ((page >>> 10) + 1) << 10);
      for (; page < stop; page++) if (table[page & 1023] !== 0) return page;
    }
    return end;
  }

  #grow(count: number): void {
    this.resident += count;
    if (this.resident > this.peak) this.peak = this.resident;
  }

  #dropTable(slot: number): void {
    const first = this.#blocks[slot];
    if (first !== 0) {
      this.#frames.releaseBlock(first >>> FRAME_SHIFT);
      this.#blocks[slot] = 0;
      this.resident -= BLOCK;
    } else {
      this.#dropSome(this.#tables[slot], 0, BLOCK);
      this.tables--;
    }
    this.#tables[slot] = EMPTY;
  }

  #dropSome(table: Int32Array, start: number, end: number): void {
    for (let page = start; page < end; page++) {
      const entry = table[page & 1023];
      if (entry === 0) continue;
      this.#frames.release(entry >>> FRAME_SHIFT);
      table[page & 1023] = 0;
      this.resident--;
    }
  }

  /** Makes the table of a block one of its own. */
  #split(slot: number): Int32Array {
    const table = this.#tables[slot].slice();
    this.#frames.splitBlock(this.#blocks[slot] >>> FRAME_SHIFT);
    this.#blocks[slot] = 0;
    this.#tables[slot] = table;
    this.tables++;
    return table;
  }
}
