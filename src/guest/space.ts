import type { Space } from '../kernel/platform.ts';
import { WRITE } from '../kernel/platform.ts';

/** A change of an address space that the kernel below has not been told of yet; page numbers. */
export type Change =
  | { readonly kind: 'map'; readonly page: number; count: number; readonly frame: number; readonly rights: number }
  | { readonly kind: 'unmap'; readonly page: number; count: number }
  | { readonly kind: 'protect'; readonly page: number; count: number };

/** A page is mapped; its rights are the low bits. */
const MAPPED = 0x80;
const TABLE = 1024;

/** One application address space: remembers what is to be told to the kernel below before it runs next. */
export class GuestSpace implements Space {
  /** What the way of switching keeps for it, undefined as long as there is nothing of it below. */
  below: unknown;
  destroyed = false;
  readonly #tables: (Uint8Array | undefined)[] = [];
  #changes: Change[] = [];
  /** The LDT by entry, and which entries are to be told. */
  readonly #descriptors = new Map<number, readonly [low: number, high: number]>();
  #changedDescriptors = new Set<number>();
  readonly #gone: (space: GuestSpace) => void;

  /** `gone` is called once when the space is destroyed. */
  constructor(gone: (space: GuestSpace) => void) {
    this.#gone = gone;
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

  /** What was there below is lost: every page is brought in anew when it is touched. */
  forget(): void {
    this.#tables.length = 0;
    this.#changes = [];
    this.#changedDescriptors = new Set(this.#descriptors.keys());
    this.below = undefined;
  }

  map(page: number, frame: number, rights: number): boolean {
    this.#set(page, MAPPED | rights);
    const last = this.#changes.at(-1);
    if (
      last?.kind === 'map' &&
      last.page + last.count === page &&
      last.frame + last.count === frame &&
      last.rights === rights
    )
      last.count++;
    else this.#changes.push({ kind: 'map', page, count: 1, frame, rights });
    return true;
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

  dirty(): undefined {
    return undefined;
  }

  destroy(): void {
    this.destroyed = true;
    this.#changes = [];
    this.#gone(this);
  }

  /** Changes every page of a range that has all bits of `having`, leaving those of `keep`, one change per run. */
  #runs(page: number, count: number, having: number, keep: number, kind: 'unmap' | 'protect'): void {
    const end = page + count;
    for (let p = page; p < end; p++) {
      const table = this.#tables[p >>> 10];
      if (!table) {
        p |= TABLE - 1;
        continue;
      }
      const state = table[p & (TABLE - 1)];
      if ((state & having) !== having) continue;
      table[p & (TABLE - 1)] = keep === 0 ? 0 : state & ~WRITE;
      const last = this.#changes.at(-1);
      if (last?.kind === kind && last.page + last.count === p) last.count++;
      else this.#changes.push({ kind, page: p, count: 1 });
    }
  }

  #set(page: number, state: number): void {
    let table = this.#tables[page >>> 10];
    if (!table) {
      table = new Uint8Array(TABLE);
      this.#tables[page >>> 10] = table;
    }
    table[page & (TABLE - 1)] = state;
  }
}
