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

const EMPTY = new Int32Array(1024);

/** The kernel's own record of which frame lies behind each page: two levels of 1024 words. */
export class PageMap {
  readonly #tables: Int32Array[] = new Array(1024).fill(EMPTY);
  /** Pages that have a frame. */
  resident = 0;
  /** Most that there were at once. */
  peak = 0;
  /** Tables in use. */
  tables = 0;

  /** The entry of a page (0 to 0xfffff). */
  get(page: number): number {
    return this.#tables[page >>> 10][page & 1023];
  }

  /** Replaces the entry of a page. */
  set(page: number, entry: number): void {
    let table = this.#tables[page >>> 10];
    if (table === EMPTY) {
      if (entry === 0) return;
      table = this.#tables[page >>> 10] = new Int32Array(1024);
      this.tables++;
    }
    const index = page & 1023;
    if (table[index] === 0) {
      if (entry !== 0 && ++this.resident > this.peak) this.peak = this.resident;
    } else if (entry === 0) this.resident--;
    table[index] = entry;
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
}
