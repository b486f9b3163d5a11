/** An application's address space on the machine: a page directory and page tables in physical memory. */
import type { Books } from '../kernel/audit/books.ts';
import type { Frames } from '../kernel/memory/frames.ts';
import { INNER, type Space, WRITE } from '../kernel/platform.ts';
import { EVENTS } from '../machine/ledger.ts';
import type { Machine } from '../machine/machine.ts';
import { CR3, CR4 } from '../machine/state.ts';
import { KERNEL_BASE } from './layout.ts';
import { type LocalTable, limitedTable, withDescriptor } from './ldt.ts';
import type { Half } from './limit.ts';

const CR4_PSE = 0x10;
const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
/** A directory entry that maps 4 MiB by itself (PS). */
const LARGE = 0x80;
const LARGE_FRAME = ~0x3fffff;
const PAGES = 1024;
/** More changed pages than this and one flush is cheaper than dropping them one by one (as Linux decides it). */
const FLUSH_CEILING = 33;

/** Entry bits of a page with these rights. */
function bitsOf(rights: number): number {
  return PRESENT | ((rights & INNER) === 0 ? USER : 0) | ((rights & WRITE) !== 0 ? WRITABLE : 0);
}

/** An LDT cut down to a limit, and of what. */
interface Limited {
  readonly of: LocalTable;
  readonly last: number;
  readonly half: Half;
  readonly table: LocalTable;
  readonly split: boolean;
}

export class HostSpace implements Space {
  /** Physical address of the page directory. */
  readonly directory: number;
  private readonly machine: Machine;
  private readonly frames: Frames;

  /** The LDT; a change puts another object here. */
  ldt: LocalTable | undefined;
  /** What a limit leaves of it, for the limit that was asked for last. */
  private limited: Limited | undefined;
  private readonly leave: () => void;
  /** Physical address of the directory entry that names the directory itself; 0 = none. */
  private window = 0;
  /** Absent where the processor knows small pages only. */
  readonly mapBlock?: Space['mapBlock'];

  /** `frame` becomes the page directory and belongs to the space from now on; `leave` is called before it is freed. */
  constructor(machine: Machine, frames: Frames, kernelTable: number, frame: number, leave: () => void) {
    this.leave = leave;
    this.machine = machine;
    this.frames = frames;
    this.directory = frame << 12;
    if ((machine.cpu.s[CR4] & CR4_PSE) !== 0) this.mapBlock = this.mapLarge;
    machine.memory.fill(this.directory, 0, 4096);
    machine.memory.store32(this.directory + ((KERNEL_BASE >>> 22) << 2), kernelTable | PRESENT | WRITABLE);
  }

  map(page: number, frame: number, rights: number): boolean {
    const memory = this.machine.memory;
    const slot = this.slotOf(page);
    const bits = bitsOf(rights);
    if (slot === this.window) this.hideTables();
    let entry = memory.load32(slot);
    if ((entry & LARGE) !== 0) {
      const there = (entry & (LARGE_FRAME | PRESENT | WRITABLE | USER)) + ((page % PAGES) << 12);
      if (there === ((frame << 12) | bits)) return true;
      entry = this.split(slot, entry);
      if (entry === 0) return false;
    } else if ((entry & PRESENT) === 0) {
      const table = this.frames.allocate();
      if (table < 0) return false;
      memory.fill(table << 12, 0, 4096);
      entry = (table << 12) | PRESENT | WRITABLE | USER;
      memory.store32(slot, entry);
    }
    const at = ((entry & ~0xfff) >>> 0) + ((page & 0x3ff) << 2);
    const before = memory.load32(at);
    memory.store32(at, (frame << 12) | bits);
    // An absent page is in no TLB.
    this.machine.ledger.count(EVENTS.mapOperation, page);
    if ((before & PRESENT) !== 0 && this.current) this.machine.cpu.paging.invalidate(page << 12);
    return true;
  }

  /** As `map` for 1024 pages, where the processor has large ones. */
  private mapLarge(page: number, frame: number, rights: number): void {
    const memory = this.machine.memory;
    const slot = this.slotOf(page);
    if (slot === this.window) this.hideTables();
    const before = memory.load32(slot);
    const entry = (frame << 12) | LARGE | bitsOf(rights);
    if ((before & ~(ACCESSED | DIRTY)) === entry) return;
    memory.store32(slot, entry);
    this.machine.ledger.count(EVENTS.mapOperation, page);
    if ((before & PRESENT) === 0) return;
    if ((before & LARGE) === 0) this.frames.release(before >>> 12);
    // The empty table that was there may still be in the processor's cache of directory entries (SDM 3A, 4.10.4).
    if (this.current) this.machine.cpu.paging.invalidate(page << 12);
  }

  unmap(page: number, count: number): void {
    this.change(page, count, 0);
  }

  writeProtect(page: number, count: number): void {
    this.change(page, count, ~WRITABLE);
  }

  showTables(page: number): void {
    const { memory } = this.machine;
    this.window = this.slotOf(page);
    // Nothing is mapped here, but an empty table may be left.
    const before = memory.load32(this.window);
    if ((before & PRESENT) !== 0 && (before & ~0xfff) !== this.directory) this.frames.release(before >>> 12);
    memory.store32(this.window, this.directory | PRESENT);
    this.machine.ledger.count(EVENTS.mapOperation, page);
    // What the processor keeps of the directory entry that was there covers 1024 pages.
    if (this.current) this.machine.cpu.paging.flush(false);
  }

  private hideTables(): void {
    this.machine.memory.store32(this.window, 0);
    this.window = 0;
    if (this.current) this.machine.cpu.paging.flush(false);
  }

  dirty(page: number): boolean | undefined {
    const { memory } = this.machine;
    let entry = memory.load32(this.slotOf(page));
    if ((entry & (PRESENT | LARGE)) === PRESENT)
      entry = memory.load32(((entry & ~0xfff) >>> 0) + ((page % PAGES) << 2));
    return (entry & (PRESENT | DIRTY)) === (PRESENT | DIRTY);
  }

  setDescriptor(entry: number, low: number, high: number): boolean {
    const { machine, frames } = this;
    const changed = withDescriptor(machine.memory, frames, this.ldt, entry, low, high);
    if (!changed) return false;
    this.ldt = changed;
    return true;
  }

  /** The LDT for a thread whose segments end at `last`; undefined for none, also when no memory is left for it. */
  tableFor(last: number, half: Half): { readonly table: LocalTable; readonly split: boolean } | undefined {
    const { ldt, machine, frames, limited } = this;
    if (limited && limited.of === ldt && limited.last === last && limited.half === half) return limited;
    for (const frame of limited?.table.frames ?? []) frames.release(frame);
    const made = ldt && limitedTable(machine.memory, frames, ldt, last, half);
    this.limited = ldt && made && { ...made, of: ldt, last, half };
    return this.limited;
  }

  destroy(): void {
    const memory = this.machine.memory;
    this.leave();
    for (const frame of [...(this.ldt?.frames ?? []), ...(this.limited?.table.frames ?? [])])
      this.frames.release(frame);
    if (this.window !== 0) memory.store32(this.window, 0);
    const last = KERNEL_BASE >>> 22;
    for (let i = 0; i < last; i++) {
      const entry = memory.load32(this.directory + (i << 2));
      if ((entry & (PRESENT | LARGE)) === PRESENT) this.frames.release(entry >>> 12);
    }
    this.frames.release(this.directory >>> 12);
  }

  audit(books: Books, name: string, visit: (page: number, frame: number, writable: boolean) => void): void {
    const { memory } = this.machine;
    books.holds('frame', this.directory >>> 12, `the page directory of ${name}`);
    for (const frame of [...(this.ldt?.frames ?? []), ...(this.limited?.table.frames ?? [])])
      books.holds('frame', frame, `the LDT of ${name}`);
    for (let i = 0; i < KERNEL_BASE >>> 22; i++) {
      const table = memory.load32(this.directory + (i << 2));
      if ((table & PRESENT) === 0 || this.directory + (i << 2) === this.window) continue;
      if ((table & LARGE) !== 0) {
        for (let j = 0; j < PAGES; j++) visit((i << 10) | j, (table >>> 12) + j, (table & WRITABLE) !== 0);
        continue;
      }
      books.holds('frame', table >>> 12, `a page table of ${name}`);
      for (let j = 0; j < 1024; j++) {
        const entry = memory.load32(((table & ~0xfff) >>> 0) + (j << 2));
        if ((entry & PRESENT) !== 0) visit((i << 10) | j, entry >>> 12, (entry & WRITABLE) !== 0);
      }
    }
  }

  private get current(): boolean {
    return this.machine.cpu.s[CR3] === this.directory;
  }

  /** Keeps only the bits of `keep` in the entries of present pages. */
  private change(page: number, count: number, keep: number): void {
    const memory = this.machine.memory;
    const end = page + count;
    let changed = 0;
    for (let p = page; p < end; ) {
      const slot = this.slotOf(p);
      const stop = Math.min(end, (p | (PAGES - 1)) + 1);
      if (slot === this.window) {
        if (keep === 0) this.hideTables();
        p = stop;
        continue;
      }
      const entry = memory.load32(slot);
      if ((entry & LARGE) !== 0) {
        const table = stop - p === PAGES || (entry & keep) === entry ? 0 : this.split(slot, entry);
        // All at once; also where no table can be had: what is touched again comes back.
        if (table === 0) {
          if (this.put(slot, entry & keep, p)) this.forget(p, ++changed);
        } else changed = this.changeSmall(table, p, stop, keep, changed);
      } else if ((entry & PRESENT) !== 0) changed = this.changeSmall(entry, p, stop, keep, changed);
      p = stop;
    }
    if (changed > FLUSH_CEILING && this.current) this.machine.cpu.paging.flush(false);
  }

  /** As `change` for pages of one table; `changed` so far, and with these. */
  private changeSmall(table: number, page: number, end: number, keep: number, changed: number): number {
    const memory = this.machine.memory;
    let at = ((table & ~0xfff) >>> 0) + ((page % PAGES) << 2);
    for (let p = page; p < end; p++, at += 4) {
      const entry = memory.load32(at);
      if ((entry & PRESENT) !== 0 && this.put(at, entry & keep, p)) this.forget(p, ++changed);
    }
    return changed;
  }

  /** Replaces the entry at a physical address; false where it is the same. */
  private put(at: number, entry: number, page: number): boolean {
    const memory = this.machine.memory;
    if (memory.load32(at) === entry) return false;
    memory.store32(at, entry);
    this.machine.ledger.count(EVENTS.mapOperation, page);
    return true;
  }

  /** Drops a page from the TLB, the n-th of a change. */
  private forget(page: number, n: number): void {
    if (n <= FLUSH_CEILING && this.current) this.machine.cpu.paging.invalidate(page << 12);
  }

  /** Puts a table in the place of a large page: its directory entry, 0 where there is no frame for it. */
  private split(slot: number, entry: number): number {
    const memory = this.machine.memory;
    const table = this.frames.allocate();
    if (table < 0) return 0;
    const first = entry & ~LARGE;
    for (let n = 0; n < PAGES; n++) memory.store32((table << 12) + (n << 2), first + (n << 12));
    // Rights are those of the pages; a directory entry only passes them on (SDM 3A, 4.6.1).
    const small = (table << 12) | PRESENT | WRITABLE | USER;
    memory.store32(slot, small);
    this.machine.ledger.count(EVENTS.mapOperation, entry >>> 12);
    return small;
  }

  /** Physical address of the directory entry for a page. */
  private slotOf(page: number): number {
    return this.directory + ((page >>> 10) << 2);
  }
}
