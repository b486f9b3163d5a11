/**
 * TLB entries that translated code never looks at: pages that were fetched from, and pages whose write right is known but
 * whose frame holds decoded code. Direct mapped like the TLB; user and supervisor entries apart.
 */
import { TLB_EMPTY, TLB_TABLE } from './state.ts';

/** Entries that a flush empties one by one; beyond, it empties the whole table. */
const FILLED_MAX = 256;

export class SideTable {
  /** {tag, delta} by bank and page. */
  private readonly entries = new Int32Array(2 * TLB_TABLE).fill(TLB_EMPTY);
  /** Offsets filled since the last flush, with whether the page is global. */
  private readonly filled = new Int32Array(FILLED_MAX);
  private readonly global = new Uint8Array(FILLED_MAX);
  private count = 0;

  /** Whether the entry at an offset is that of `page`. */
  has(at: number, page: number): boolean {
    return this.entries[at] === page;
  }

  /** What is added to a linear address of the entry's page to give the byte offset in the machine's memory. */
  delta(at: number): number {
    return this.entries[at + 1];
  }

  fill(at: number, page: number, delta: number, global: boolean): void {
    this.entries[at] = page;
    this.entries[at + 1] = delta;
    if (this.count < FILLED_MAX) {
      this.filled[this.count] = at;
      this.global[this.count] = global ? 1 : 0;
    }
    this.count++;
  }

  /** Drops what is known of one page, given its slot (twice the page number, modulo the table). */
  drop(slot: number): void {
    this.entries[slot] = TLB_EMPTY;
    this.entries[TLB_TABLE + slot] = TLB_EMPTY;
  }

  /** Drops what is known of 4 MiB of linear addresses. */
  dropLarge(region: number): void {
    const { entries } = this;
    for (let e = 0; e < entries.length; e += 2) if (entries[e] >>> 22 === region) entries[e] = TLB_EMPTY;
  }

  /** Empties the table; global pages stay unless `all`, or unless too much was filled to know them. */
  empty(all: boolean): void {
    const { entries, filled, global } = this;
    if (this.count > FILLED_MAX) {
      entries.fill(TLB_EMPTY);
      this.count = 0;
      return;
    }
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (all || global[i] === 0) entries[filled[i]] = TLB_EMPTY;
      else {
        filled[kept] = filled[i];
        global[kept++] = 1;
      }
    }
    this.count = kept;
  }
}
