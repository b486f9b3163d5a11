/** Descriptor tables as each thread is to see them, and the data segment registers that lead into them. */
import { EVENTS } from '../abi/events.ts';
import * as reg from '../kernel/platform.ts';
import type { Machine } from '../machine/machine.ts';
import { fillSegment, setSegment, updateMode } from '../machine/segments.ts';
import * as st from '../machine/state.ts';
import type { HostContext } from './context.ts';
import { GDT, KERNEL_BASE, TLS_ENTRY, USER_CS, USER_DS } from './layout.ts';
import { type LocalTable, loadTable } from './ldt.ts';
import { bounded, type Half, UNLIMITED } from './limit.ts';
import type { HostSpace } from './space.ts';
import type { KernelPages } from './tables.ts';

/** Bit of a selector that names the LDT. */
const LOCAL = 4;
const TLS_WORDS = 6;
/** The last address that pages let an application reach: only limits below it concern its own descriptors. */
const USER_LAST = (KERNEL_BASE >>> 0) - 1;
const LIMIT_BITS = 0xf0000;
/** Bits of a selector that tell the ring. */
const RING = 3;

/** Whether a thread can be in ring 1, where pages of the host kernel can be accessed, before this kernel sees it again. */
function nearsInner({ gate, regs }: HostContext): boolean {
  return gate !== undefined || (regs[reg.CS] & RING) !== RING;
}

/** The last address that segments of a thread reach: in ring 1 never one of the host kernel's. */
function limitOf(context: HostContext): number {
  return nearsInner(context) ? Math.min(context.limit, USER_LAST) : context.limit;
}

/** Whether its own descriptors must be looked at. */
function isBounded(context: HostContext): boolean {
  return context.limit < USER_LAST || nearsInner(context);
}

export class SegmentTables {
  /** A descriptor in use is one half of a segment that was cut in two. */
  split = false;
  private readonly machine: Machine;
  private readonly pages: KernelPages;
  /** The limit of the flat descriptors, and whether it became that since segment registers were loaded last. */
  private limit = UNLIMITED;
  private limitChanged = false;
  /** The same of the LDT. */
  private ldt: LocalTable | undefined;
  private ldtChanged = false;
  /** TLS descriptors cut down to a limit, and of what they are made. */
  private readonly tls = new Int32Array(TLS_WORDS);
  private readonly known = new Int32Array(TLS_WORDS);
  private knownLimit = UNLIMITED;
  private knownHalf: Half = 'up';
  private knownSplit = false;

  constructor(machine: Machine, pages: KernelPages) {
    this.machine = machine;
    this.pages = pages;
  }

  /** Makes the flat descriptors and the LDT those of a thread. */
  choose(space: HostSpace, context: HostContext): void {
    const limit = limitOf(context);
    this.split = false;
    let table = space.ldt;
    if (table !== undefined && isBounded(context)) {
      const limited = space.tableFor(limit, context.half);
      table = limited?.table;
      this.split = limited?.split === true;
    }
    if (this.ldt !== table) {
      this.ldt = table;
      this.ldtChanged = true;
      loadTable(this.machine.cpu, this.machine.memory, this.pages, table);
    }
    if (this.limit !== limit) this.changeLimit(limit);
  }

  /** Writes changed TLS descriptors, then loads the data segment registers whose selector or descriptor differs. */
  load(context: HostContext): void {
    const { cpu, memory } = this.machine;
    const { regs } = context;
    const tls = isBounded(context) ? this.boundedTls(context) : context.tls;
    const table = this.pages.tables + TLS_ENTRY * 8;
    let changed = false;
    for (let i = 0; i < TLS_WORDS; i++) {
      if (memory.load32(table + i * 4) === tls[i]) continue;
      memory.store32(table + i * 4, tls[i]);
      changed = true;
    }
    // All that the kernel changes on one way out is one change.
    if (changed || this.limitChanged) cpu.ledger.count(EVENTS.segmentChange, GDT + TLS_ENTRY * 8);
    let loaded = this.loadRegister(st.DS, regs[reg.DS], changed);
    loaded = this.loadRegister(st.ES, regs[reg.ES], changed) || loaded;
    loaded = this.loadRegister(st.FS, regs[reg.FS], changed) || loaded;
    loaded = this.loadRegister(st.GS, regs[reg.GS], changed) || loaded;
    if (loaded) updateMode(cpu);
    this.ldtChanged = false;
    this.limitChanged = false;
  }

  private changeLimit(limit: number): void {
    const { memory } = this.machine;
    this.limit = limit;
    this.limitChanged = true;
    const pages = limit >>> 12;
    for (const selector of [USER_CS, USER_DS]) {
      const at = this.pages.tables + (selector & ~7);
      memory.store32(at, pages & 0xffff);
      memory.store32(at + 4, (memory.load32(at + 4) & ~LIMIT_BITS) | (pages & LIMIT_BITS));
    }
  }

  /** What the thread's limit leaves of its TLS descriptors; the same as long as these are. */
  private boundedTls(context: HostContext): Int32Array {
    const { known } = this;
    const { tls, half } = context;
    const limit = limitOf(context);
    let same = this.knownLimit === limit && this.knownHalf === half;
    for (let i = 0; i < TLS_WORDS; i++) same &&= known[i] === tls[i];
    if (!same) {
      known.set(tls);
      this.knownLimit = limit;
      this.knownHalf = half;
      this.knownSplit = false;
      for (let i = 0; i < TLS_WORDS; i += 2) {
        const part = bounded(tls[i], tls[i + 1], limit, half);
        this.tls[i] = part.low;
        this.tls[i + 1] = part.high;
        this.knownSplit ||= part.split;
      }
    }
    this.split ||= this.knownSplit;
    return this.tls;
  }

  /** Returns whether it was necessary; `updateMode` is left to the caller then. */
  private loadRegister(seg: number, selector: number, changed: boolean): boolean {
    const { cpu } = this.machine;
    const wanted = selector & 0xffff;
    const isThread = wanted >> 3 >= TLS_ENTRY && wanted >> 3 < TLS_ENTRY + 3;
    const stale = (wanted & LOCAL) === 0 ? this.limitChanged || (changed && isThread) : this.ldtChanged;
    if (cpu.s[st.SELECTOR + seg] === wanted && !(stale && wanted > 3)) return false;
    try {
      fillSegment(cpu, seg, wanted);
    } catch (thrown) {
      // As Linux does it: a selector that cannot be loaded becomes null.
      if (thrown !== cpu.pending) throw thrown;
      setSegment(cpu, seg, 0, 0, 0, 0);
    }
    return true;
  }
}
