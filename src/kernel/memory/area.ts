import type { Backing } from './backing.ts';

/** A run of pages that were mapped alike (Linux: a VMA). */
export interface Area {
  /** First page and the page after the last. */
  start: number;
  end: number;
  /** PROT_READ | PROT_WRITE | PROT_EXEC. */
  rights: number;
  readonly shared: boolean;
  /** The stack: grows down when the page below is touched. */
  readonly growsDown: boolean;
  /** null = anonymous private memory. */
  readonly backing: Backing | null;
  /** The backing's page behind `start`. */
  offset: number;
  /** Whether the file was opened for writing (a shared mapping that mprotect may make writable). */
  readonly mayWrite: boolean;
  /** '[heap]', '[stack]' or '' in /proc/PID/maps. */
  readonly label: string;
  /** Must stay in memory (mlock(2)): nothing is ever paged out, but a limit counts it. */
  locked: boolean;
  /** MADV_DONTFORK, MADV_WIPEONFORK. */
  fork: 'copy' | 'omit' | 'wipe';
}

/** The areas of an address space, sorted, never overlapping. */
export class Areas {
  list: Area[] = [];
  /** Pages in all areas. */
  pages = 0;
  /** Most that there were at once. */
  peak = 0;
  #last: Area | undefined;

  /** Index of the first area that ends above `page`. */
  indexAbove(page: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.list[middle].end > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The area that holds `page`. */
  find(page: number): Area | undefined {
    const last = this.#last;
    if (last && page >= last.start && page < last.end) return last;
    const area = this.list[this.indexAbove(page)];
    if (!area || area.start > page) return undefined;
    this.#last = area;
    return area;
  }

  /** The first area that ends above `page`, whether or not it holds it. */
  above(page: number): Area | undefined {
    return this.list[this.indexAbove(page)];
  }

  /** Whether no area overlaps [start, end). */
  free(start: number, end: number): boolean {
    const area = this.above(start);
    return !area || area.start >= end;
  }

  /** Whether areas cover [start, end) without a hole. */
  covered(start: number, end: number): boolean {
    for (let at = this.indexAbove(start); start < end; at++) {
      const area = this.list[at];
      if (!area || area.start > start) return false;
      start = area.end;
    }
    return true;
  }

  /** Adds an area; its range is free. Joins it with neighbours that are alike, so the reference to `area` may be dead afterwards. */
  insert(area: Area): void {
    const at = this.indexAbove(area.start);
    this.list.splice(at, 0, area);
    this.pages += area.end - area.start;
    if (this.pages > this.peak) this.peak = this.pages;
    this.#join(at + 1);
    this.#join(at);
  }

  /** Moves one bound of an area (growing stack, growing heap). */
  resize(area: Area, start: number, end: number): void {
    this.pages += end - start - (area.end - area.start);
    if (this.pages > this.peak) this.peak = this.pages;
    area.start = start;
    area.end = end;
  }

  /** The areas within [start, end), after splitting those that reach across its bounds. */
  carve(start: number, end: number): Area[] {
    this.#split(start);
    this.#split(end);
    return this.within(start, end);
  }

  /** Pages of areas that are locked, within [start, end). */
  locked(start: number, end: number): number {
    let count = 0;
    for (const area of this.within(start, end))
      if (area.locked) count += Math.min(end, area.end) - Math.max(start, area.start);
    return count;
  }

  /** The areas that overlap [start, end). */
  within(start: number, end: number): Area[] {
    const from = this.indexAbove(start);
    let to = from;
    while (to < this.list.length && this.list[to].start < end) to++;
    return this.list.slice(from, to);
  }

  /** Takes out what `carve` or `within` returned. The caller drops pages and backings. */
  remove(areas: readonly Area[]): void {
    if (areas.length === 0) return;
    const at = this.indexAbove(areas[0].start);
    if (this.list[at] !== areas[0]) throw new Error('memory: removal of an area that is not there');
    this.list.splice(at, areas.length);
    for (const area of areas) this.pages -= area.end - area.start;
    this.#last = undefined;
  }

  /** Joins neighbours that are alike around [start, end] after their rights changed. */
  tidy(start: number, end: number): void {
    for (let at = this.indexAbove(end); at > 0 && this.list[at - 1].end >= start; at--) this.#join(at);
  }

  /**
   * The highest free run of `count` pages below `ceiling` and not below `floor`, as its first page; -1 when there is none.
   */
  gapBelow(ceiling: number, floor: number, count: number): number {
    let at = this.indexAbove(ceiling - 1);
    const over = this.list[at];
    let end = over ? Math.min(ceiling, over.start - guard(over)) : ceiling;
    while (at-- > 0) {
      const area = this.list[at];
      if (end - Math.max(area.end, floor) >= count) return end - count;
      end = Math.min(end, area.start - guard(area));
    }
    return end - floor >= count ? end - count : -1;
  }

  /** The lowest free run of `count` pages from `floor` on that ends below `ceiling`; -1 when there is none. */
  gapAbove(floor: number, ceiling: number, count: number): number {
    let start = floor;
    for (let at = this.indexAbove(floor); at < this.list.length; at++) {
      const area = this.list[at];
      if (area.start - guard(area) - start >= count) break;
      start = area.end;
    }
    return start + count <= ceiling ? start : -1;
  }

  #split(page: number): void {
    const at = this.indexAbove(page);
    const area = this.list[at];
    if (!area || area.start >= page) return;
    const upper: Area = { ...area, start: page, offset: area.offset + (page - area.start) };
    upper.backing?.hold();
    area.end = page;
    this.list.splice(at + 1, 0, upper);
    this.#last = undefined;
  }

  /** Joins the area at `at` with the one before it when they are alike. */
  #join(at: number): void {
    const a = this.list[at - 1];
    const b = this.list[at];
    if (!a || !b || a.end !== b.start || a.rights !== b.rights || a.shared !== b.shared) return;
    if (
      a.growsDown ||
      b.growsDown ||
      a.label !== b.label ||
      a.fork !== b.fork ||
      a.locked !== b.locked ||
      a.mayWrite !== b.mayWrite
    )
      return;
    // Private mappings may have copies already, which keep them apart (anon_vma).
    if (a.backing?.keepsApart || !(a.shared ? sameBacking(a.backing, b.backing) : a.backing === b.backing)) return;
    if (a.backing && a.offset + (a.end - a.start) !== b.offset) return;
    b.backing?.drop();
    a.end = b.end;
    this.list.splice(at, 1);
    this.#last = undefined;
  }
}

/** Whether pages come from the same place: the same memory, or the same open file. */
export function sameBacking(a: Backing | null, b: Backing | null): boolean {
  return a === b || (a !== null && b !== null && a.file !== 0 && a.file === b.file);
}

/** Pages that stay free below an area that grows down (stack_guard_gap). */
export const STACK_GUARD = 256;

function guard(area: Area): number {
  return area.growsDown ? STACK_GUARD : 0;
}
