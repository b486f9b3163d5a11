/**
 * Paging and the TLB (SDM vol. 3A, chapter 4): two-level tables with 4 KiB and 4 MiB pages, PAE with NX where enabled.
 *
 * The fast path (cpu.ts, hot.ts) compares a tag and adds a delta. Everything else comes here: misses, page-crossing
 * operands, stores to frames with decoded code, watched pages, addresses beyond the segment bound or beyond memory.
 */
import { Aside } from './aside.ts';
import type { Cpu } from './cpu.ts';
import { AC, PF } from './fault.ts';
import { ACFLAG } from './flags.ts';
import { EVENTS } from './ledger.ts';
import type { Memory } from './memory.ts';
import { SideTable } from './side-table.ts';
import * as st from './state.ts';

/** Page-table entry bits. */
const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
const GLOBAL = 0x100;
/** CR0 and CR4 bits. */
const CR0_WP = 0x10000;
const CR0_AM = 0x40000;
const CR0_PG = 0x80000000 | 0;
const CR4_PSE = 0x10;
const CR4_PAE = 0x20;
const CR4_PGE = 0x80;
/** Page-fault error code bits. */
const PF_PRESENT = 1;
const PF_WRITE = 2;
const PF_USER = 4;
const PF_RESERVED = 8;
const PF_FETCH = 16;

export type Access = 0 | 1 | 2;
export const READ: Access = 0;
export const WRITE: Access = 1;
export const FETCH: Access = 2;

const PAGE_MASK = ~0xfff;
/** Filled entries that a flush empties one by one; beyond, it goes through the tables. */
const FILLED_MAX = 1024;

export class Paging {
  private readonly cpu: Cpu;
  private readonly s: Int32Array;
  private readonly memory: Memory;
  /** Pages that were fetched from, and writable pages whose frames hold decoded code. */
  private readonly fetches = new SideTable();
  private readonly codeWrites = new SideTable();
  private readonly aside: Aside;
  /** 1 for a TLB slot (by word offset / 2) that was filled from a global page. */
  private readonly global = new Uint8Array(st.TLB_WORDS >> 1);
  /** Word offsets of the entries filled since the last flush, so that a flush costs what was filled; too many: unknown. */
  private readonly filled = new Int32Array(FILLED_MAX);
  private filledCount = 0;
  /** 1 for 4 MiB of linear addresses where a large page was walked since all entries were dropped. */
  private readonly large = new Uint8Array(1024);
  private anyLarge = false;
  /** Set by the walk: the page that it ended in is global. */
  private walkedGlobal = false;
  /** Enables NX in PAE entries (EFER.NXE of later processors). */
  nx = false;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    this.s = cpu.s;
    this.memory = cpu.memory;
    this.aside = new Aside(cpu.s);
  }

  /** Flat segments end at another linear address than before, below 4 GiB or up to there. */
  rebound(bound: number, before: number): void {
    if (bound < before) this.aside.lower(bound);
    else this.aside.raise(bound);
  }

  /** Drops every TLB entry; global ones only when `all`. */
  flush(all: boolean): void {
    this.cpu.ledger.count(EVENTS.tlbFlush, all ? 1 : 0);
    this.empty(all || (this.s[st.CR4] & CR4_PGE) === 0);
  }

  private empty(all: boolean): void {
    if (this.filledCount <= FILLED_MAX) this.emptyFilled(all);
    else this.emptyTables(all);
    if (all && this.anyLarge) {
      this.large.fill(0);
      this.anyLarge = false;
    }
    this.fetches.empty(all);
    this.codeWrites.empty(all);
    this.aside.empty();
    this.cpu.code.forgetPages();
  }

  /** Few entries were filled since the last flush: empties just these. */
  private emptyFilled(all: boolean): void {
    const { s, filled, global } = this;
    let kept = 0;
    for (let i = 0; i < this.filledCount; i++) {
      const e = filled[i];
      if (all || global[(e - st.TLB) >> 1] === 0) s[e] = st.TLB_EMPTY;
      else filled[kept++] = e;
    }
    this.filledCount = kept;
  }

  /** Goes through all entries, and notes the global ones that stay. */
  private emptyTables(all: boolean): void {
    const { s, filled, global } = this;
    let kept = 0;
    for (let e = st.TLB; e < st.TLB + st.TLB_STRICT; e += 2) {
      if (s[e] === st.TLB_EMPTY) continue;
      if (all || global[(e - st.TLB) >> 1] === 0) s[e] = st.TLB_EMPTY;
      else if (kept++ < FILLED_MAX) filled[kept - 1] = e;
    }
    this.filledCount = kept;
  }

  /** Drops the entries of one page (INVLPG). */
  invalidate(linear: number): void {
    this.cpu.ledger.count(EVENTS.tlbInvalidate, linear);
    // A large page has been filled in pieces: all of them go.
    if (this.large[linear >>> 22] !== 0) this.dropLarge(linear >>> 22);
    else this.drop(linear);
  }

  /** Drops the entries of 4 MiB. */
  private dropLarge(region: number): void {
    const { s, filled } = this;
    if (this.filledCount <= FILLED_MAX) {
      for (let i = 0; i < this.filledCount; i++) if (s[filled[i]] >>> 22 === region) s[filled[i]] = st.TLB_EMPTY;
    } else for (let e = st.TLB; e < st.TLB + st.TLB_STRICT; e += 2) if (s[e] >>> 22 === region) s[e] = st.TLB_EMPTY;
    if (!this.aside.isEmpty) this.aside.drop((page) => page >>> 22 === region);
    this.fetches.dropLarge(region);
    this.codeWrites.dropLarge(region);
    this.cpu.code.forgetPages();
    this.large[region] = 0;
  }

  private drop(linear: number): void {
    const slot = (linear >>> 11) & 0x7fe;
    if (!this.aside.isEmpty) this.aside.drop((page) => page === (linear & PAGE_MASK));
    for (let table = 0; table < st.TLB_STRICT; table += st.TLB_TABLE) this.s[st.TLB + table + slot] = st.TLB_EMPTY;
    this.fetches.drop(slot);
    this.codeWrites.drop(slot);
    this.cpu.code.forgetPage(linear);
  }

  /** A frame got decoded code: no write entry may lead to it any more. */
  protectFrame(frame: number): void {
    const s = this.s;
    const base = st.RAM + frame * 4096;
    if (!this.aside.isEmpty) this.aside.drop((_page, at) => at === (base | 0));
    for (const table of [st.TLB + st.TLB_WRITE, st.TLB + st.TLB_SUPERVISOR + st.TLB_WRITE]) {
      for (let e = table; e < table + st.TLB_TABLE; e += 2) {
        if (s[e] !== st.TLB_EMPTY && ((s[e] + s[e + 1]) | 0) === base) s[e] = st.TLB_EMPTY;
      }
    }
  }

  /** The current bank counts as user: CPL 3 and no supervisor access under way. */
  private get user(): boolean {
    const tlb = this.cpu.tlb;
    return tlb === st.TLB || (tlb === st.TLB + st.TLB_STRICT && this.s[st.CPL] === 3);
  }

  /** Reads `size` bytes (1, 2 or 4) the slow way; 4 bytes come signed. */
  read(linear: number, size: number): number {
    this.checkAlignment(linear, size);
    const view = this.cpu.view;
    if ((linear & 0xfff) + size > 0x1000) {
      let value = 0;
      for (let i = 0; i < size; i++) value |= this.byteAt(this.locate((linear + i) | 0, READ)) << (i << 3);
      this.watch(linear, size, false);
      return value;
    }
    const at = this.locate(linear, READ);
    this.watch(linear, size, false);
    if (at < 0) return size === 4 ? -1 : (1 << (size << 3)) - 1;
    return size === 4 ? view.getInt32(at, true) : size === 2 ? view.getUint16(at, true) : this.cpu.u8[at];
  }

  /** Writes the low `size` bytes of `value` the slow way. */
  write(linear: number, value: number, size: number): void {
    this.checkAlignment(linear, size);
    if ((linear & 0xfff) + size > 0x1000) {
      this.locate(linear, WRITE);
      this.locate((linear + size - 1) & PAGE_MASK, WRITE);
      for (let i = 0; i < size; i++) this.put(this.locate((linear + i) | 0, WRITE), value >>> (i << 3), 1);
    } else this.put(this.locate(linear, WRITE), value, size);
    this.watch(linear, size, true);
  }

  /** Raises the fault that a one-byte access at `linear` would raise, if any. */
  check(linear: number, write: boolean): void {
    const e = this.cpu.tlb + (write ? st.TLB_WRITE : 0) + ((linear >>> 11) & 0x7fe);
    if (this.s[e] !== (linear & PAGE_MASK)) this.locate(linear, write ? WRITE : READ);
  }

  /**
   * Whether an access of `size` bytes in ring 3 that is not in the TLB faults; the page fault is then pending, but not
   * thrown. False where that is not quickly known: the access itself will tell.
   */
  denied(linear: number, size: number, write: boolean): boolean {
    const { cpu, s } = this;
    if (cpu.tlb !== st.TLB || (linear >>> 0) + size > cpu.bound || (s[st.CR4] & CR4_PAE) !== 0) return false;
    if ((s[st.CR0] & CR0_PG) === 0 || (linear & 0xfff) + size > 0x1000) return false;
    const pde = this.entry((s[st.CR3] & PAGE_MASK) + ((linear >>> 20) & 0xffc));
    let rights = pde;
    if ((pde & PRESENT) !== 0) {
      if ((pde & LARGE) !== 0) return false;
      rights &= this.entry(((pde & PAGE_MASK) >>> 0) + ((linear >>> 10) & 0xffc));
    }
    const present = (rights & PRESENT) !== 0;
    if (present && (rights & USER) !== 0 && !(write && (rights & WRITABLE) === 0)) return false;
    this.pend(linear, write ? WRITE : READ, true, present ? PF_PRESENT : 0);
    return true;
  }

  private byteAt(at: number): number {
    return at < 0 ? 0xff : this.cpu.u8[at];
  }

  private put(at: number, value: number, size: number): void {
    if (at < 0) return;
    const physical = at - st.RAM;
    if (size === 4) this.memory.store32(physical, value);
    else if (size === 2) this.memory.store16(physical, value);
    else this.memory.store8(physical, value);
  }

  /**
   * Byte offset in the machine's memory of a linear address, or -1 where no memory answers; fills the TLB.
   * Raises #PF (and #GP or #SS where a flat access lies beyond the segment bound is raised by the caller's segment check).
   */
  locate(linear: number, access: Access): number {
    const s = this.s;
    const user = this.user;
    const page = linear & PAGE_MASK;
    const bank = user ? st.TLB : st.TLB + st.TLB_SUPERVISOR;
    const slot = (linear >>> 11) & 0x7fe;
    const e = bank + (access === WRITE ? st.TLB_WRITE : 0) + slot;
    const c = (user ? 0 : st.TLB_TABLE) + slot;
    if (access === FETCH) {
      if (this.fetches.has(c, page)) return (linear + this.fetches.delta(c)) | 0;
    } else if (s[e] === page) return (linear + s[e + 1]) | 0;
    if (access === WRITE && this.codeWrites.has(c, page)) {
      const at = (linear + this.codeWrites.delta(c)) | 0;
      if (this.memory.hasCode[(at - st.RAM) >>> 12] !== 0) return at;
    }
    const physical = this.walk(linear, access, user);
    this.cpu.ledger.count(EVENTS.tlbMiss, page);
    const framePage = physical - (linear & 0xfff);
    if (framePage < 0 || framePage >= this.memory.size) return -1;
    const delta = (st.RAM + framePage - page) | 0;
    if (access === FETCH) this.fetches.fill(c, page, delta, this.walkedGlobal);
    else if (access === WRITE && this.memory.hasCode[framePage >>> 12] !== 0)
      this.codeWrites.fill(c, page, delta, this.walkedGlobal);
    else if (this.fillable(page, user)) {
      s[e] = page;
      s[e + 1] = delta;
      if (user) this.aside.filled(e, page);
      this.global[(e - st.TLB) >> 1] = this.walkedGlobal ? 1 : 0;
      if (this.filledCount < FILLED_MAX) this.filled[this.filledCount] = e;
      this.filledCount++;
    }
    return st.RAM + physical;
  }

  /** Whether an entry for this page may go into the fast tables; in inner rings a bound makes segments count as not flat. */
  private fillable(page: number, user: boolean): boolean {
    return (!user || !this.cpu.flat || (page >>> 0) + 4096 <= this.cpu.bound) && !this.watched(page);
  }

  /**
   * Walks the page tables: physical address (a number below 2^32, or below 2^36 with PAE); sets accessed and dirty
   * bits; raises #PF with the error code of SDM 3A, 4.7.
   */
  private walk(linear: number, access: Access, user: boolean): number {
    const s = this.s;
    this.walkedGlobal = false;
    if ((s[st.CR0] & CR0_PG) === 0) return linear >>> 0;
    if ((s[st.CR4] & CR4_PAE) !== 0) return this.walkPae(linear, access, user);
    const memory = this.memory;
    const directory = (s[st.CR3] & PAGE_MASK) + ((linear >>> 20) & 0xffc);
    const pde = this.entry(directory);
    if ((pde & PRESENT) === 0) return this.pageFault(linear, access, user, 0);
    if ((pde & LARGE) !== 0 && (s[st.CR4] & CR4_PSE) !== 0) {
      this.noteLarge(linear);
      if ((pde & 0x3fe000) !== 0) return this.pageFault(linear, access, user, PF_PRESENT | PF_RESERVED);
      this.checkRights(linear, access, user, pde);
      const marks = ACCESSED | (access === WRITE ? DIRTY : 0);
      if ((pde & marks) !== marks) memory.store32(directory, pde | marks);
      this.walkedGlobal = (pde & GLOBAL) !== 0 && (s[st.CR4] & CR4_PGE) !== 0;
      return ((pde & 0xffc00000) >>> 0) + (linear & 0x3fffff);
    }
    const table = ((pde & PAGE_MASK) >>> 0) + ((linear >>> 10) & 0xffc);
    const pte = this.entry(table);
    if ((pte & PRESENT) === 0) return this.pageFault(linear, access, user, 0);
    this.checkRights(linear, access, user, pde & pte);
    if ((pde & ACCESSED) === 0) memory.store32(directory, pde | ACCESSED);
    const marks = ACCESSED | (access === WRITE ? DIRTY : 0);
    if ((pte & marks) !== marks) memory.store32(table, pte | marks);
    this.walkedGlobal = (pte & GLOBAL) !== 0 && (s[st.CR4] & CR4_PGE) !== 0;
    return ((pte & PAGE_MASK) >>> 0) + (linear & 0xfff);
  }

  private noteLarge(linear: number): void {
    this.large[linear >>> 22] = 1;
    this.anyLarge = true;
  }

  /** Three levels of 8-byte entries; frames above 4 GiB hold no memory. Reserved high bits fault. */
  private walkPae(linear: number, access: Access, user: boolean): number {
    const s = this.s;
    const memory = this.memory;
    const top = (s[st.CR3] & ~0x1f) + ((linear >>> 27) & 0x18);
    const pdpte = this.entry(top);
    if ((pdpte & PRESENT) === 0) return this.pageFault(linear, access, user, 0);
    const directory = ((pdpte & PAGE_MASK) >>> 0) + ((linear >>> 18) & 0xff8);
    const pde = this.entry(directory);
    const pdeHigh = this.entry(directory + 4);
    if ((pde & PRESENT) === 0) return this.pageFault(linear, access, user, 0);
    const large = (pde & LARGE) !== 0;
    if (large) this.noteLarge(linear);
    if (this.reservedHigh(pdeHigh) || (large && (pde & 0x1fe000) !== 0)) {
      return this.pageFault(linear, access, user, PF_PRESENT | PF_RESERVED);
    }
    const table = large ? directory : ((pde & PAGE_MASK) >>> 0) + ((linear >>> 9) & 0xff8);
    const pte = large ? pde : this.entry(table);
    const pteHigh = large ? pdeHigh : this.entry(table + 4);
    if ((pte & PRESENT) === 0) return this.pageFault(linear, access, user, 0);
    if (this.reservedHigh(pteHigh)) return this.pageFault(linear, access, user, PF_PRESENT | PF_RESERVED);
    this.checkRights(linear, access, user, pde & pte);
    if (access === FETCH && this.nx && (pdeHigh | pteHigh) < 0) return this.pageFault(linear, access, user, PF_PRESENT);
    if ((pde & ACCESSED) === 0) memory.store32(directory, pde | ACCESSED);
    const marks = ACCESSED | (access === WRITE ? DIRTY : 0);
    if ((pte & marks) !== marks) memory.store32(table, pte | marks);
    this.walkedGlobal = (pte & GLOBAL) !== 0 && (s[st.CR4] & CR4_PGE) !== 0;
    const high = (pteHigh & 0xf) * 2 ** 32;
    return large
      ? high + ((pte & 0xffe00000) >>> 0) + (linear & 0x1fffff)
      : high + ((pte & PAGE_MASK) >>> 0) + (linear & 0xfff);
  }

  /** Bits 36..62 are reserved, and bit 63 where NX is off. */
  private reservedHigh(high: number): boolean {
    return (high & 0x7ffffff0) !== 0 || (high < 0 && !this.nx);
  }

  private entry(physical: number): number {
    const at = physical >>> 0;
    return at + 4 <= this.memory.size ? this.memory.load32(at) : -1;
  }

  /** U/S and R/W of both levels combined (SDM 3A, 4.6). */
  private checkRights(linear: number, access: Access, user: boolean, rights: number): void {
    if (user && (rights & USER) === 0) this.pageFault(linear, access, user, PF_PRESENT);
    if (access === WRITE && (rights & WRITABLE) === 0 && (user || (this.s[st.CR0] & CR0_WP) !== 0)) {
      this.pageFault(linear, access, user, PF_PRESENT);
    }
  }

  private pageFault(linear: number, access: Access, user: boolean, error: number): never {
    this.pend(linear, access, user, error);
    throw this.cpu.pending;
  }

  /** Makes a page fault the pending one. */
  private pend(linear: number, access: Access, user: boolean, error: number): void {
    const { pending, ledger } = this.cpu;
    ledger.count(EVENTS.pageFault, linear);
    const fetch = access === FETCH && this.nx && (this.s[st.CR4] & CR4_PAE) !== 0 ? PF_FETCH : 0;
    pending.vector = PF;
    pending.error = error | (access === WRITE ? PF_WRITE : 0) | (user ? PF_USER : 0) | fetch;
    pending.address = linear;
  }

  // ---- alignment and watchpoints: both keep pages out of the fast tables ----

  /** #AC(0) for an operand of `size` bytes (a power of two) that is misaligned, where alignment is checked. */
  checkAlignment(linear: number, size: number): void {
    const s = this.s;
    if (this.cpu.tlb !== st.TLB + st.TLB_STRICT || s[st.CPL] !== 3) return;
    if ((s[st.CR0] & CR0_AM) !== 0 && (s[st.FLAGS] & ACFLAG) !== 0 && (linear & (size - 1)) !== 0)
      this.cpu.fault(AC, 0);
  }

  /** Whether a data breakpoint lies in this page. */
  private watched(page: number): boolean {
    const dr7 = this.s[st.DR + 7];
    if ((dr7 & 0xff) === 0) return false;
    for (let n = 0; n < 4; n++) {
      if (((dr7 >> (n * 2)) & 3) !== 0 && ((dr7 >> (16 + n * 4)) & 3) !== 0 && (this.s[st.DR + n] & PAGE_MASK) === page)
        return true;
    }
    return false;
  }

  /** Notes data breakpoints hit by an access (SDM 3B, 17.2.4): R/W 1 = writes, 3 = reads and writes. */
  private watch(linear: number, size: number, write: boolean): void {
    const dr7 = this.s[st.DR + 7];
    if ((dr7 & 0xff) === 0) return;
    for (let n = 0; n < 4; n++) {
      const kind = (dr7 >> (16 + n * 4)) & 3;
      if (((dr7 >> (n * 2)) & 3) === 0 || kind === 0 || kind === 2 || (kind === 1 && !write)) continue;
      const length = ((dr7 >> (18 + n * 4)) & 3) + 1;
      const at = this.s[st.DR + n] & ~(length - 1);
      if (((linear - at) | 0) < length && ((at - linear) | 0) < size) {
        this.cpu.debugHits |= 1 << n;
        this.cpu.attention = true;
      }
    }
  }
}
