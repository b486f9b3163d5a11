import type { Processor } from '../../guest/processor.ts';

/** Where ring 1 sees the page tables of the host: the last 4 MiB of its own range. */
export const TABLES_AT = 0xbfc00000;

const PRESENT = 1;
const DIRTY = 0x40;
/** A directory entry that maps 4 MiB by itself (PS). */
const LARGE = 0x80;

/** The page tables of the process in use, as the processor reads them: no call tells what they say. */
export class PageTables {
  readonly #processor: Processor;

  constructor(processor: Processor) {
    this.#processor = processor;
  }

  /** Whether a page has been written since it was mapped; 4 MiB are one page where they are mapped so. */
  dirty(page: number): boolean {
    // The directory is a page table too: the one of these 4 MiB (SDM 3A, 4.3).
    const region = this.#entry((TABLES_AT >>> 12) + (page >>> 10));
    const entry = (region & (PRESENT | LARGE)) === PRESENT ? this.#entry(page) : region;
    return (entry & (PRESENT | DIRTY)) === (PRESENT | DIRTY);
  }

  #entry(page: number): number {
    return this.#processor.load32((TABLES_AT + page * 4) | 0);
  }
}
