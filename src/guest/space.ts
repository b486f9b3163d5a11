import type { Space } from '../kernel/platform.ts';
import { WRITE } from '../kernel/platform.ts';

/** A change of an address space that the kernel below has not been told of yet; page numbers. */
export type Change =
  | { readonly kind: 'map'; readonly page: number; count: number; readonly frame: number; readonly rights: number }
  | { readonly kind: 'unmap'; readonly page: number; count: number }
  | { readonly kind: 'protect'; readonly page: number; count: number };

/** A page is mapped; its rights are the low bits, its frame the bits from FRAME_SHIFT on. */
const MAPPED = 0x80;
const FRAME_SHIFT = 8;
const TABLE = 1024;

/** One application address space: remembers what is to be told to the kernel below before it runs next. */
export class GuestSpace implements Space {
  /** What the way of switching keeps for it, undefined as long as there is nothing of it below. */
  below: unknown;
  destroyed = false;
  /** State of each page by tables of 1024; a number where they are a block: that of its first page. */
  readonly #tables: (Int32Array | number | undefined)[] = [];
  #changes: Change[] = [];
  /** The LDT by entry, and which entries are to be told. */
  readonly #descriptors = new Map<number, readonly [low: number, high: number]>();
  #changedDescriptors = new Set<number>();
  readonly #gone: (space: GuestSpace) => void;
  readonly #written: (space: GuestSpace, page: number) => boolean | undefined;

  /** `gone` is called once when the space is destroyed; `written` says of a page that is told what `dirty` promises. */
  constructor(
    gone: (space: GuestSpace) => void,
    written: (space: GuestSpace, page: number) => boolean | undefined = () => undefined,
  ) {
    this.#gone = gone;
    this.#written = written;
  }

  /** Whether something is to be told. */
  get changed(): boolean {
    return this.#changes.length > 0 || this.#changedDescriptors.size > 0;
  }

  /** What is to be told, in order; it counts as told from now on. */
  take(): Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** Descriptors of the LDT that are to be told; they count as told from now on. */
  takeDescriptors(): (readonly [entry: number, low: number, high: number])[] {
    if (this.#changedDescriptors.size === 0) return [];
    const changed = [...this.#changedDescriptors];
    this.#changedDescriptors.clear();
    return changed.map((entry) => [entry, ...this.#descriptors.get(entry)!]);
  }

  /** The LDT by entry. */
  get descriptors(): ReadonlyMap<number, readonly [low: number, high: number]> {
    return this.#descriptors;
  }

  /** What was there below is lost: every page is brought in anew when it is touched. */
  forget(): void {
    this.#tables.length = 0;
    this.#changes = [];
    this.#changedDescriptors = new Set(this.#descriptors.keys());
    this.below = undefined;
  }

  /** What makes an empty space this one. */
  mapped(): Change[] {
    const runs: Change[] = [];
    const add = (page: number, count: number, state: number): void => {
      const frame = state >>> FRAME_SHIFT;
      const rights = state & (MAPPED - 1);
      const last = runs.at(-1);
      if (
        last?.kind === 'map' &&
        last.page + last.count === page &&
        last.frame + last.count === frame &&
        last.rights === rights
      )
        last.count += count;
      else runs.push({ kind: 'map', page, count, frame, rights });
    };
    for (const [number, table] of this.#tables.entries()) {
      if (typeof table === 'number') add(number * TABLE, TABLE, table);
      else for (let n = 0; table && n < TABLE; n++) if (table[n] !== 0) add(number * TABLE + n, 1, table[n]);
    }
    return runs;
  }

  map(page: number, frame: number, rights: number): boolean {
    this.#table(page)[page & (TABLE - 1)] = (frame << FRAME_SHIFT) | MAPPED | rights;
    this.#mapped(page, 1, frame, rights);
    return true;
  }

  mapBlock(page: number, frame: number, rights: number): void {
    const state = (frame << FRAME_SHIFT) | MAPPED | rights;
    if (this.#tables[page >>> 10] === state) return;
    this.#tables[page >>> 10] = state;
    this.#mapped(page, TABLE, frame, rights);
  }

  unmap(page: number, count: number): void {
    this.#runs(page, count, MAPPED, 0, 'unmap');
  }

  writeProtect(page: number, count: number): void {
    this.#runs(page, count, MAPPED | WRITE, MAPPED, 'protect');
  }

  setDescriptor(entry: number, low: number, high: number): boolean {
    this.#descriptors.set(entry, [low, high]);
    this.#changedDescriptors.add(entry);
    return true;
  }

  dirty(page: number): boolean | undefined {
    return this.changed ? undefined : this.#written(this, page);
  }

  destroy(): void {
    this.destroyed = true;
    this.#changes = [];
    this.#gone(this);
  }

  #mapped(page: number, count: number, frame: number, rights: number): void {
    const last = this.#changes.at(-1);
    if (
      last?.kind === 'map' &&
      last.page + last.count === page &&
      last.frame + last.count === frame &&
      last.rights === rights
    )
      last.count += count;
    else this.#changes.push({ kind: 'map', page, count, frame, rights });
  }

  /** Changes every page of a range that has all bits of `having`, leaving those of `keep`, one change per run. */
  #runs(page: number, count: number, having: number, keep: number, kind: 'unmap' | 'protect'): void {
    const end = page + count;
    for (let p = page; p < end; ) {
      const stop = Math.min(end, (p | (TABLE - 1)) + 1);
      const whole = this.#tables[p >>> 10];
      if (typeof whole === 'number' && stop - p === TABLE) {
        if ((whole & having) === having) {
          this.#tables[p >>> 10] = keep === 0 ? undefined : whole & ~WRITE;
          this.#changed(p, TABLE, kind);
        }
      } else if (whole !== undefined) {
        const table = this.#table(p);
        for (let q = p; q < stop; q++) {
          const state = table[q & (TABLE - 1)];
          if ((state & having) !== having) continue;
          table[q & (TABLE - 1)] = keep === 0 ? 0 : state & ~WRITE;
          this.#changed(q, 1, kind);
        }
      }
      p = stop;
    }
  }

  #changed(page: number, count: number, kind: 'unmap' | 'protect'): void {
    const last = this.#changes.at(-1);
    if (last?.kind === kind && last.page + last.count === page) last.count += count;
    else this.#changes.push({ kind, page, count });
  }

  /** The table of a page, with a state for each. */
  #table(page: number): Int32Array {
    const table = this.#tables[page >>> 10];
    if (typeof table === 'object') return table;
    const fresh = new Int32Array(TABLE);
    if (table !== undefined) for (let n = 0; n < TABLE; n++) fresh[n] = table + (n << FRAME_SHIFT);
    this.#tables[page >>> 10] = fresh;
    return fresh;
  }
}
