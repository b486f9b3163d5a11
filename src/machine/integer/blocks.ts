/** REP MOVS and REP STOS by whole pieces of pages, with the result of the element-by-element loop. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { ATTR, BASE, EAX, EDI, ES, ESI, LIMIT, TLB, TLB_STRICT, TLB_WRITE } from '../state.ts';

/** Below this many bytes a loop is faster than a call of copyWithin or fill. */
const SMALL = 32;
/** Attribute bits: code segment or expand-down data (bits 3 and 2), and writable. */
const CODE_OR_DOWN = 0xc;
const WRITABLE = 2;

/**
 * Elements, at most `wanted`, that lie in one page at `offset` in a plain data segment, above which nothing wraps or
 * breaks the limit; 0 when the general way has to look.
 */
function within(cpu: Cpu, seg: number, offset: number, size: number, wanted: number, write: boolean): number {
  const { s } = cpu;
  const attr = s[ATTR + seg];
  // With alignment checks every element has to go the general way.
  if (cpu.tlb === TLB + TLB_STRICT) return 0;
  if (attr === 0 || (attr & CODE_OR_DOWN) !== 0 || (write && (attr & WRITABLE) === 0)) return 0;
  const room = (s[LIMIT + seg] >>> 0) - (offset >>> 0) + 1;
  const inPage = 0x1000 - ((s[BASE + seg] + offset) & 0xfff);
  const elements = Math.floor(Math.min(room, inPage) / size);
  return Math.min(elements, wanted);
}

/** Byte index into the machine's memory of a linear address, or -1 when the TLB has no way to it. */
function translate(cpu: Cpu, linear: number, write: boolean): number {
  const e = cpu.tlb + (write ? TLB_WRITE : 0) + ((linear >>> 11) & 0x7fe);
  return cpu.s[e] === (linear & ~0xfff) ? (linear + cpu.s[e + 1]) | 0 : -1;
}

/**
 * Copies up to `left` elements from insn.seg:ESI to ES:EDI upwards, as many as lie in one page at both ends. Returns
 * how many; 0 when the next element has to go the general way. Registers stay; faults are those of the first element.
 */
export function copyChunk(cpu: Cpu, insn: Insn, left: number): number {
  const { s } = cpu;
  const size = insn.size;
  const readable = within(cpu, insn.seg, s[ESI], size, left, false);
  const n = within(cpu, ES, s[EDI], size, readable, true);
  if (n < 2) return 0;
  const source = (s[BASE + insn.seg] + s[ESI]) | 0;
  const target = (s[BASE + ES] + s[EDI]) | 0;
  cpu.paging.check(source, false);
  cpu.paging.check(target, true);
  const from = translate(cpu, source, false);
  const to = translate(cpu, target, true);
  if (from < 0 || to < 0) return 0;
  const length = n * size;
  if (to > from && to < from + length) return replicate(cpu, from, to, size, n);
  if (length >= SMALL) cpu.u8.copyWithin(to, from, from + length);
  else for (let i = 0; i < length; i++) cpu.u8[to + i] = cpu.u8[from + i];
  return n;
}

/** Copies upwards into the source's own tail, which repeats it: the ascending order is what counts. */
function replicate(cpu: Cpu, from: number, to: number, size: number, n: number): number {
  const length = n * size;
  // Closer than one element, an element's own bytes overlap: they are all read before any is written.
  if (to - from < size) return 0;
  for (let i = 0; i < length; i++) cpu.u8[to + i] = cpu.u8[from + i];
  return n;
}

/** Fills up to `left` elements at ES:EDI upwards with the accumulator, in one page. Returns how many, as copyChunk. */
export function fillChunk(cpu: Cpu, insn: Insn, left: number): number {
  const { s } = cpu;
  const size = insn.size;
  const n = within(cpu, ES, s[EDI], size, left, true);
  if (n < 2) return 0;
  const target = (s[BASE + ES] + s[EDI]) | 0;
  cpu.paging.check(target, true);
  const to = translate(cpu, target, true);
  if (to < 0) return 0;
  const value = s[EAX];
  if (size === 1) cpu.u8.fill(value, to, to + n);
  else if (size === 4 && (to & 3) === 0) s.fill(value, to >> 2, (to >> 2) + n);
  else if (size === 4) for (let i = 0; i < n; i++) cpu.view.setInt32(to + 4 * i, value, true);
  else for (let i = 0; i < n; i++) cpu.view.setInt16(to + 2 * i, value, true);
  return n;
}
