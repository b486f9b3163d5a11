/** Segment registers: loading them, and what the rest of the processor derives from them (SDM 3A, chapters 3 and 5). */
import type { Cpu } from './cpu.ts';
import {
  BIG,
  CODE,
  type Descriptor,
  EXPAND_DOWN,
  isNull,
  markAccessed,
  NONSYSTEM,
  needDescriptor,
  PRESENT,
  selectorError,
  WRITABLE,
} from './descriptors.ts';
import { GP, NP, SS_FAULT } from './fault.ts';
import { ACFLAG, VM } from './flags.ts';
import { EVENTS } from './ledger.ts';
import * as st from './state.ts';
import { STOP_RING0 } from './stop.ts';
import { dataAttr, dataLimit } from './system/flat.ts';
import { SUPERVISOR } from './system/supervisor.ts';

const CR0_PE = 1;
const CR0_AM = 0x40000;
const TOP = 2 ** 32;
/** Attributes of segments that real-address and virtual-8086 mode load: present read/write data. */
const REAL_DATA = PRESENT | NONSYSTEM | WRITABLE | 1;
const PLAIN_MASK = PRESENT | NONSYSTEM | CODE | EXPAND_DOWN | WRITABLE;
const PLAIN = PRESENT | NONSYSTEM | WRITABLE;

/** True in protected mode proper: CR0.PE set and EFLAGS.VM clear. */
export function isProtected(cpu: Cpu): boolean {
  return (cpu.s[st.CR0] & CR0_PE) !== 0 && (cpu.s[st.FLAGS] & VM) === 0;
}

/** True in virtual-8086 mode. */
export function isVirtual8086(cpu: Cpu): boolean {
  return (cpu.s[st.FLAGS] & VM) !== 0;
}

/**
 * Recomputes what is derived from CS, the segment caches, CPL, CR0 and EFLAGS.AC: `big`, `flat`, `bound`, and the TLB
 * bank. Every change of those ends here. Entries beyond a lower bound are put aside.
 */
export function updateMode(cpu: Cpu): void {
  const s = cpu.s;
  cpu.big = (s[st.ATTR + st.CS] & BIG) !== 0;
  cpu.flat =
    isPlain(s, st.SS) &&
    isPlain(s, st.DS) &&
    isPlain(s, st.ES) &&
    s[st.BASE + st.CS] === 0 &&
    (s[st.ATTR + st.SS] & BIG) !== 0 &&
    isProtected(cpu);
  let bound = TOP;
  if (cpu.flat) bound = Math.min(s[st.LIMIT + st.SS] >>> 0, s[st.LIMIT + st.DS] >>> 0, s[st.LIMIT + st.ES] >>> 0) + 1;
  // Only entries of users are put aside: limits in inner rings, which are rare, are checked at each access.
  if (bound !== TOP && s[st.CPL] !== 3) {
    cpu.flat = false;
    bound = TOP;
  }
  if (bound !== cpu.bound) cpu.paging.rebound(bound, cpu.bound);
  cpu.bound = bound;
  if (s[st.CPL] !== 3) cpu.tlb = SUPERVISOR;
  else if ((s[st.CR0] & CR0_AM) !== 0 && (s[st.FLAGS] & ACFLAG) !== 0) cpu.tlb = st.TLB + st.TLB_STRICT;
  else cpu.tlb = st.TLB;
}

/** A writable, present, expand-up data segment at base 0. */
function isPlain(s: Int32Array, seg: number): boolean {
  return s[st.BASE + seg] === 0 && (s[st.ATTR + seg] & PLAIN_MASK) === PLAIN;
}

/**
 * Gives CPL a value: the one place where rings change. Counts the crossing under `cause` (one of EVENTS.crossing*), with
 * `detail` for the trace, and asks for STOP_RING0 where a host kernel lives in ring 0. The caller ends with `updateMode`.
 */
export function setCpl(cpu: Cpu, cpl: number, cause: number, detail: number): void {
  const s = cpu.s;
  if (s[st.CPL] === cpl) return;
  s[st.CPL] = cpl;
  cpu.ledger.count(cause, detail);
  if (cpl === 0 && cpu.stopAtRing0) {
    cpu.stop = STOP_RING0;
    cpu.attention = true;
  }
}

/** Fills a segment register and its cache: the one place where descriptors are loaded. No checks, no `updateMode`. */
export function setSegment(cpu: Cpu, seg: number, selector: number, base: number, limit: number, attr: number): void {
  const s = cpu.s;
  // The fetch cache has checked the limit of CS when it was filled.
  if (seg === st.CS && (s[st.LIMIT + seg] !== (limit | 0) || s[st.BASE + seg] !== base)) cpu.code.forgetPages();
  s[st.SELECTOR + seg] = selector;
  s[st.BASE + seg] = base;
  s[st.LIMIT + seg] = limit;
  s[st.ATTR + seg] = attr;
  cpu.ledger.count(EVENTS.segmentLoad, selector);
}

/** Fills a segment register from a checked descriptor whose accessed bit is already set. */
export function setFromDescriptor(cpu: Cpu, seg: number, selector: number, descriptor: Descriptor): void {
  setSegment(cpu, seg, selector, descriptor.base, descriptor.limit, descriptor.attr | 1);
}

/** Makes a segment register unusable, keeping the null selector that was loaded. */
export function setNull(cpu: Cpu, seg: number, selector: number): void {
  setSegment(cpu, seg, selector, 0, 0, 0);
}

/** Loads a data segment register as real-address mode does: the base is the selector times 16; limit and rights stay. */
export function setReal(cpu: Cpu, seg: number, selector: number): void {
  const s = cpu.s;
  setSegment(cpu, seg, selector, selector << 4, s[st.LIMIT + seg], s[st.ATTR + seg]);
}

/** Loads a segment register as virtual-8086 mode does: 64 KiB, present, writable, DPL 3. */
export function setVirtual8086(cpu: Cpu, seg: number, selector: number): void {
  setSegment(cpu, seg, selector, selector << 4, 0xffff, REAL_DATA | 0x60);
}

/**
 * Loads ES, SS, DS, FS or GS as MOV, POP and LDS do (SDM 2B, MOV; 3A, 5.6-5.7): #GP, #SS or #NP with the selector as
 * error code, nothing changed then. Loads of CS are far transfers.
 */
export function loadSegment(cpu: Cpu, seg: number, selector: number): void {
  fillSegment(cpu, seg, selector);
  updateMode(cpu);
}

/** As `loadSegment`, for who loads several: the caller ends with `updateMode`. */
export function fillSegment(cpu: Cpu, seg: number, selector: number): void {
  if (!isProtected(cpu)) {
    if (isVirtual8086(cpu)) setVirtual8086(cpu, seg, selector);
    else setReal(cpu, seg, selector);
  } else if (isNull(selector)) {
    if (seg === st.SS) cpu.fault(GP, 0);
    setNull(cpu, seg, selector);
  } else if (seg === st.SS || !fillShort(cpu, seg, selector)) {
    const descriptor = needDescriptor(cpu, selector, GP, 0);
    if (seg === st.SS) checkStackSegment(cpu, descriptor, cpu.s[st.CPL], GP, 0);
    else checkDataSegment(cpu, descriptor);
    markAccessed(cpu, descriptor);
    setFromDescriptor(cpu, seg, selector, descriptor);
  }
}

/** Fills DS, ES, FS or GS with flat data of ring 3, which every ring may use; false: go the long way. */
function fillShort(cpu: Cpu, seg: number, selector: number): boolean {
  const limit = dataLimit(cpu, selector, 3);
  if (limit === undefined) return false;
  setSegment(cpu, seg, selector, 0, limit, dataAttr(3));
  return true;
}

/**
 * Raises what is wrong with a descriptor as the stack of ring `cpl`: `vector` (#GP, or #TS for a stack out of a TSS) for
 * privilege and type, #SS when it is not present.
 */
export function checkStackSegment(cpu: Cpu, descriptor: Descriptor, cpl: number, vector: number, ext: number): void {
  const error = selectorError(descriptor.selector, ext);
  if (descriptor.rpl !== cpl || descriptor.dpl !== cpl || !descriptor.isWritableData) cpu.fault(vector, error);
  if (!descriptor.present) cpu.fault(SS_FAULT, error);
}

/** Raises what is wrong with a descriptor for DS, ES, FS or GS at the current privilege. */
function checkDataSegment(cpu: Cpu, descriptor: Descriptor): void {
  const error = selectorError(descriptor.selector, 0);
  if (!descriptor.isReadable) cpu.fault(GP, error);
  if (!descriptor.isConforming && (descriptor.rpl > descriptor.dpl || cpu.s[st.CPL] > descriptor.dpl))
    cpu.fault(GP, error);
  if (!descriptor.present) cpu.fault(NP, error);
}

/**
 * After a return to an outer ring: nulls the data segment registers whose descriptors the new CPL may not use (SDM 2A,
 * IRET, RETURN-TO-OUTER-PRIVILEGE-LEVEL).
 */
export function dropInnerSegments(cpu: Cpu): void {
  const s = cpu.s;
  for (let n = 0; n < OUTER_CHECKED.length; n++) {
    const seg = OUTER_CHECKED[n];
    const attr = s[st.ATTR + seg];
    const conforming = (attr & (CODE | EXPAND_DOWN)) === (CODE | EXPAND_DOWN);
    if (attr !== 0 && !conforming && ((attr >> 5) & 3) < s[st.CPL]) setNull(cpu, seg, 0);
  }
}
const OUTER_CHECKED: readonly number[] = [st.ES, st.FS, st.GS, st.DS];
