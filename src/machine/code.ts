/**
 * Decoded code, keyed by physical page and code mode, so that every address space that maps a frame shares its
 * decoding. Stores to such a frame come here (paging.ts keeps it out of the write TLB) and drop what they overlap.
 */
import type { Cpu } from './cpu.ts';
import { decode, MAX_LENGTH } from './decode.ts';
import { GP } from './fault.ts';
import { HOT_DENIED, HOT_LONE, HOT_STALE, specialize } from './hot/specialize.ts';
import { Insn } from './insn.ts';
import type { Row } from './opcodes/row.ts';
import { FETCH } from './paging.ts';
import * as st from './state.ts';

/** Slots of the fetch cache: user pages, then supervisor pages. */
const SLOTS = 1024;
/** After so many stores into a page its decoded code is dropped as a whole, so that plain data becomes fast again. */
const PATIENCE = 64;
/** Slots of the fetch cache that are emptied one by one; beyond, all of them are. */
const FILLED_MAX = 64;

const NO_ROW: Row = { code: '', name: '', operands: '', run: () => {} };

/** Whether an instruction may be linked to: it stays what it is, at its place. */
function linkable(insn: Insn): boolean {
  return insn.hot !== HOT_LONE && insn.hot !== HOT_DENIED;
}

/** The decoded instructions of one frame: by mode (32-bit code, flat data), then by offset. */
export class CodePage {
  readonly frame: number;
  readonly modes: (Array<Insn | null> | null)[] = [null, null, null, null];
  stores = 0;
  constructor(frame: number) {
    this.frame = frame;
  }
}

export class Code {
  private readonly cpu: Cpu;
  private readonly pages: (CodePage | null)[];
  private readonly tags = new Int32Array(2 * SLOTS).fill(st.TLB_EMPTY);
  private readonly cached: CodePage[] = [];
  private readonly buffer = new Uint8Array(16);
  private readonly none = new CodePage(-1);
  /** Stands for an instruction that cannot be fetched, with the page fault pending: thrown it would cost some 3 us. */
  private readonly denied = new Insn(NO_ROW);
  /** Slots of the fetch cache that were filled since it was emptied; too many: unknown. */
  private readonly filled = new Int32Array(FILLED_MAX);
  private filledCount = 0;
  /** True while a fetch is under way that may fault: EIP is then already where the fault belongs. */
  fetching = false;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    this.pages = new Array(cpu.memory.size >>> 12).fill(null);
    for (let i = 0; i < 2 * SLOTS; i++) this.cached.push(this.none);
    this.denied.hot = HOT_DENIED;
    cpu.memory.codeWritten = (address, length) => this.written(address, length);
  }

  /** Forgets which linear page leads to which frame: after every change of CR3, of privilege rights, of the tables. */
  forgetPages(): void {
    const { tags, filled, filledCount } = this;
    if (filledCount > FILLED_MAX) tags.fill(st.TLB_EMPTY);
    else for (let n = 0; n < filledCount; n++) tags[filled[n]] = st.TLB_EMPTY;
    this.filledCount = 0;
  }

  /** As `forgetPages`, for the page of one linear address. */
  forgetPage(linear: number): void {
    const slot = (linear >>> 12) & (SLOTS - 1);
    this.tags[slot] = st.TLB_EMPTY;
    this.tags[slot | SLOTS] = st.TLB_EMPTY;
  }

  /**
   * The instruction at CS:EIP, decoded; sets CODE_BASE. Raises #PF or #GP(0) as fetching does.
   * What it returns stays linked and cached, except for instructions that do not lie in one fully accessible page. An
   * instruction with HOT_DENIED: a page fault is pending, to be delivered with EIP as it is.
   */
  fetch(): Insn {
    const cpu = this.cpu;
    const s = cpu.s;
    const eip = s[st.EIP];
    const linear = (s[st.BASE + st.CS] + eip) | 0;
    const page = linear & ~0xfff;
    const offset = linear & 0xfff;
    const slot = ((linear >>> 12) & (SLOTS - 1)) | (s[st.CPL] === 3 ? 0 : SLOTS);
    s[st.CODE_BASE] = (eip - offset) | 0;
    let codePage: CodePage;
    if (this.tags[slot] === page) codePage = this.cached[slot];
    else {
      this.fetching = true;
      const found = this.lookup(linear, slot);
      if (found === null) return this.alone(linear, eip);
      this.fetching = false;
      if (found === this.none) return this.denied;
      codePage = found;
    }
    const mode = (cpu.big ? 1 : 0) | (cpu.flat ? 2 : 0);
    let insns = codePage.modes[mode];
    if (insns === null) {
      insns = new Array<Insn | null>(4096).fill(null);
      codePage.modes[mode] = insns;
    }
    const insn = insns[offset];
    if (insn !== null) return insn;
    return this.decodeInto(codePage, insns, linear, eip);
  }

  /**
   * The code page of a linear page, put into the fetch cache; null when the CS limit cuts through it or no memory answers,
   * `none` when a page fault is pending.
   */
  private lookup(linear: number, slot: number): CodePage | null {
    const cpu = this.cpu;
    const s = cpu.s;
    const eip = s[st.EIP];
    const limit = s[st.LIMIT + st.CS] >>> 0;
    if (eip >>> 0 > limit) cpu.fault(GP, 0);
    if (cpu.paging.denied(linear, 1, false)) return this.none;
    const at = cpu.paging.locate(linear, FETCH);
    if (at < 0) return null;
    const first = eip - (linear & 0xfff);
    if (first < 0 && eip >= 0 ? true : (first >>> 0) + 0xfff > limit) return null;
    const frame = (at - st.RAM) >>> 12;
    let codePage = this.pages[frame];
    if (codePage === null) {
      codePage = new CodePage(frame);
      this.pages[frame] = codePage;
    }
    this.protect(frame);
    this.tags[slot] = linear & ~0xfff;
    this.cached[slot] = codePage;
    if (this.filledCount < FILLED_MAX) this.filled[this.filledCount] = slot;
    this.filledCount++;
    return codePage;
  }

  /** Lets `body` use the first `count` frames as it likes: what is known of code is afterwards as before. */
  apart(count: number, body: () => void): void {
    const { pages, tags, cached } = this;
    const { hasCode } = this.cpu.memory;
    const before = [pages.slice(0, count), tags.slice(), cached.slice(), hasCode.slice(0, count)] as const;
    pages.fill(null, 0, count);
    tags.fill(st.TLB_EMPTY);
    hasCode.fill(0, 0, count);
    body();
    for (let frame = 0; frame < count; frame++) pages[frame] = before[0][frame];
    tags.set(before[1]);
    for (let slot = 0; slot < cached.length; slot++) cached[slot] = before[2][slot];
    hasCode.set(before[3]);
    this.filledCount = FILLED_MAX + 1;
  }

  /** From now on stores to the frame come to `written`. */
  protect(frame: number): void {
    if (this.cpu.memory.hasCode[frame] !== 0) return;
    this.cpu.memory.hasCode[frame] = 1;
    this.cpu.paging.protectFrame(frame);
  }

  private decodeInto(codePage: CodePage, insns: (Insn | null)[], linear: number, eip: number): Insn {
    const cpu = this.cpu;
    const offset = linear & 0xfff;
    const available = Math.min(MAX_LENGTH + 1, 4096 - offset);
    const from = st.RAM + codePage.frame * 4096 + offset;
    for (let i = 0; i < available; i++) this.buffer[i] = cpu.u8[from + i];
    const insn = decode(cpu.model, this.buffer, available, cpu.big);
    // Bytes of the next page belong to another frame: such an instruction is decoded anew each time it is met.
    if (insn === null) return this.alone(linear, eip);
    insn.end = offset + insn.end;
    insn.start = offset;
    specialize(insn, cpu.flat && cpu.forms, cpu.big);
    insns[offset] = insn;
    return insn;
  }

  /** Decodes an instruction that cannot be cached, checking fetch rights and the CS limit byte by byte. */
  private alone(linear: number, eip: number): Insn {
    const cpu = this.cpu;
    const limit = cpu.s[st.LIMIT + st.CS] >>> 0;
    const buffer = this.buffer;
    this.fetching = true;
    let insn: Insn | null = null;
    for (let length = 0; insn === null; length++) {
      // A sixteenth byte is not even fetched.
      if (length >= MAX_LENGTH) cpu.fault(GP, 0);
      if ((eip >>> 0) + length > limit) cpu.fault(GP, 0);
      const at = cpu.paging.locate((linear + length) | 0, FETCH);
      buffer[length] = at < 0 ? 0xff : cpu.u8[at];
      insn = decode(cpu.model, buffer, length + 1, cpu.big);
    }
    const offset = linear & 0xfff;
    insn.start = offset;
    insn.end = offset + insn.end;
    insn.hot = HOT_LONE;
    this.fetching = false;
    return insn;
  }

  /** The frame that holds the instruction at CS:EIP, or -1 where no memory answers; #PF as a fetch. */
  frameAt(eip: number): number {
    const at = this.cpu.paging.locate((this.cpu.s[st.BASE + st.CS] + eip) | 0, FETCH);
    return at < 0 ? -1 : (at - st.RAM) >>> 12;
  }

  /** The instruction that follows `insn`, linked to it when it lies in the same page. */
  follow(insn: Insn): Insn {
    this.cpu.s[st.EIP] = (this.cpu.s[st.CODE_BASE] + insn.end) | 0;
    const next = this.fetch();
    if (insn.end < 4096 && linkable(next) && insn.hot !== HOT_LONE) insn.next = next;
    return next;
  }

  /** The target `eip` of a direct branch, linked when it lies in the same page. */
  branch(insn: Insn, eip: number): Insn {
    const s = this.cpu.s;
    this.check(eip);
    const from = s[st.CODE_BASE];
    s[st.EIP] = eip;
    const target = this.fetch();
    if (s[st.CODE_BASE] === from && linkable(target)) insn.target = target;
    return target;
  }

  /** #GP(0) for a branch target beyond the CS limit; the branch itself is the faulting instruction. */
  check(eip: number): void {
    if (eip >>> 0 > this.cpu.s[st.LIMIT + st.CS] >>> 0) this.cpu.fault(GP, 0);
  }

  /** The instruction at a (checked) address made at run time. */
  jump(eip: number): Insn {
    this.cpu.s[st.EIP] = eip;
    return this.fetch();
  }

  /** Called after a store into a frame with decoded code. */
  private written(address: number, length: number): void {
    this.cpu.natives.remove(address >>> 12);
    const codePage = this.pages[address >>> 12];
    if (codePage === null) return;
    const from = address & 0xfff;
    if (length >= 4096 || ++codePage.stores > PATIENCE) {
      this.discard(codePage);
      return;
    }
    for (const insns of codePage.modes) {
      if (insns === null) continue;
      for (let offset = Math.max(0, from - MAX_LENGTH); offset < from + length; offset++) {
        const insn = insns[offset];
        if (insn !== null && insn.end > from) {
          insn.hot = HOT_STALE;
          insns[offset] = null;
        }
      }
    }
  }

  /** Drops all decoded code of a frame. Links to it find stale instructions and fetch again. */
  private discard(codePage: CodePage): void {
    for (const insns of codePage.modes)
      if (insns !== null) for (const insn of insns) if (insn !== null) insn.hot = HOT_STALE;
    codePage.modes.fill(null);
    codePage.stores = 0;
    this.pages[codePage.frame] = null;
    this.cpu.memory.hasCode[codePage.frame] = 0;
    for (let i = 0; i < 2 * SLOTS; i++) if (this.cached[i] === codePage) this.tags[i] = st.TLB_EMPTY;
  }
}
