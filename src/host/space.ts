/** An application's address space on the machine: a page directory and page tables in physical memory. */
import type { Books } from '../kernel/audit/books.ts';
import type { Frames } from '../kernel/memory/frames.ts';
import { type Space, WRITE } from '../kernel/platform.ts';
import { EVENTS } from '../machine/ledger.ts';
import type { Machine } from '../machine/machine.ts';
import { CR3 } from '../machine/state.ts';
import { KERNEL_BASE } from './layout.ts';
import { type LocalTable, withDescriptor } from './ldt.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const DIRTY = 0x40;
/** More changed pages than this and one flush is cheaper than dropping them one by one (as Linux decides it). */
const FLUSH_CEILING = 33;

export class HostSpace implements Space {
  /** Physical address of the page directory. */
  readonly directory: number;
  private readonly machine: Machine;
  private readonly frames: Frames;

  /** The LDT; a change puts another object here. */
  ldt: LocalTable | undefined;
  private readonly leave: () => void;

  /** `frame` becomes the page directory and belongs to the space from now on; `leave` is called before it is freed. */
  constructor(machine: Machine, frames: Frames, kernelTable: number, frame: number, leave: () => void) {
    this.leave = leave;
    this.machine = machine;
    this.frames = frames;
    this.directory = frame << 12;
    machine.memory.fill(this.directory, 0, 4096);
    machine.memory.store32(this.directory + ((KERNEL_BASE >>> 22) << 2), kernelTable | PRESENT | WRITABLE);
  }

  map(page: number, frame: number, rights: number): boolean {
    const memory = this.machine.memory;
    const slot = this.directory + ((page >>> 10) << 2);
    let entry = memory.load32(slot);
    if ((entry & PRESENT) === 0) {
      const table = this.frames.allocate();
      if (table < 0) return false;
      memory.fill(table << 12, 0, 4096);
      entry = (table << 12) | PRESENT | WRITABLE | USER;
      memory.store32(slot, entry);
    }
    const at = ((entry & ~0xfff) >>> 0) + ((page & 0x3ff) << 2);
    const before = memory.load32(at);
    memory.store32(at, (frame << 12) | PRESENT | USER | ((rights & WRITE) !== 0 ? WRITABLE : 0));
    // An absent page is in no TLB.
    this.machine.ledger.count(EVENTS.mapOperation, page);
    if ((before & PRESENT) !== 0 && this.current) this.machine.cpu.paging.invalidate(page << 12);
    return true;
  }

  unmap(page: number, count: number): void {
    this.change(page, count, 0);
  }

  writeProtect(page: number, count: number): void {
    this.change(page, count, ~WRITABLE);
  }

  dirty(page: number): boolean | undefined {
    const at = this.entryOf(page);
    return at !== 0 && (this.machine.memory.load32(at) & (PRESENT | DIRTY)) === (PRESENT | DIRTY);
  }

  setDescriptor(entry: number, low: number, high: number): boolean {
    const { machine, frames } = this;
    const changed = withDescriptor(machine.memory, frames, this.ldt, entry, low, high);
    if (!changed) return false;
    this.ldt = changed;
    return true;
  }

  destroy(): void {
    const memory = this.machine.memory;
    this.leave();
    for (const frame of this.ldt?.frames ?? []) this.frames.release(frame);
    const last = KERNEL_BASE >>> 22;
    for (let i = 0; i < last; i++) {
      const entry = memory.load32(this.directory + (i << 2));
      if ((entry & PRESENT) !== 0) this.frames.release(entry >>> 12);
    }
    this.frames.release(this.directory >>> 12);
  }

  audit(books: Books, name: string, visit: (page: number, frame: number, writable: boolean) => void): void {
    const { memory } = this.machine;
    books.holds('frame', this.directory >>> 12, `the page directory of ${name}`);
    for (let i = 0; i < KERNEL_BASE >>> 22; i++) {
      const table = memory.load32(this.directory + (i << 2));
      if ((table & PRESENT) === 0) continue;
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
    let changed = 0;
    for (let p = page; p < page + count; p++) {
      const at = this.entryOf(p);
      if (at === 0) {
        p |= 0x3ff;
        continue;
      }
      const entry = memory.load32(at);
      if ((entry & PRESENT) === 0 || (entry & keep) === entry) continue;
      memory.store32(at, entry & keep);
      this.machine.ledger.count(EVENTS.mapOperation, p);
      if (this.current && ++changed <= FLUSH_CEILING) this.machine.cpu.paging.invalidate(p << 12);
    }
    if (changed > FLUSH_CEILING) this.machine.cpu.paging.flush(false);
  }

  /** Physical address of a page's entry, 0 where there is no table for it. */
  private entryOf(page: number): number {
    const entry = this.machine.memory.load32(this.directory + ((page >>> 10) << 2));
    return (entry & PRESENT) === 0 ? 0 : ((entry & ~0xfff) >>> 0) + ((page & 0x3ff) << 2);
  }
}
