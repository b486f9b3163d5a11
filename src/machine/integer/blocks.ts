/**
 * Repeated string instructions by whole pieces of pages, with the result of the element-by-element loop: up to `left`
 * elements upwards (DF clear, 32-bit addresses), as many as lie in one page at both ends. Each function moves the
 * registers and returns how many elements it did; 0 when the next has to go the general way. A fault is that of the
 * first element.
 */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { ATTR, BASE, EAX, ECX, EDI, ES, ESI, LIMIT, TLB, TLB_STRICT, TLB_WRITE } from '../state.ts';
import { sub } from './alu.ts';
import { cut } from './operands.ts';

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

/** REP MOVS. */
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
  // Closer than one element, an element's own bytes overlap: they are all read before any is written.
  if (to > from && to - from < size) return 0;
  // A copy upwards into the source's own tail repeats it: bytes in ascending order do the same.
  const repeats = to > from && to < from + length;
  if (length >= SMALL && !repeats) cpu.u8.copyWithin(to, from, from + length);
  else for (let i = 0; i < length; i++) cpu.u8[to + i] = cpu.u8[from + i];
  s[ESI] += length;
  s[EDI] += length;
  s[ECX] -= n;
  return n;
}

/** REP STOS. */
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
  s[EDI] += n * size;
  s[ECX] -= n;
  return n;
}

/** An element of memory, as an operand of its size is: unsigned below 4 bytes. */
function element(cpu: Cpu, at: number, size: number): number {
  return size === 1 ? cpu.u8[at] : size === 2 ? cpu.view.getUint16(at, true) : cpu.view.getInt32(at, true);
}

/** REPE (stops behind a difference) or REPNE (behind an equal element, `untilEqual`) SCAS; sets the flags. */
export function scanChunk(cpu: Cpu, insn: Insn, left: number, untilEqual: boolean): number {
  const { s } = cpu;
  const size = insn.size;
  const n = within(cpu, ES, s[EDI], size, left, false);
  if (n < 2) return 0;
  const target = (s[BASE + ES] + s[EDI]) | 0;
  cpu.paging.check(target, false);
  const at = translate(cpu, target, false);
  if (at < 0) return 0;
  const key = cut(s[EAX], size);
  let done = 0;
  let value = key;
  do value = element(cpu, at + size * done++, size);
  while (done < n && (value === key) !== untilEqual);
  s[EDI] += done * size;
  s[ECX] -= done;
  sub(s, key, value, size);
  return done;
}

/** REPE or REPNE CMPS, as scanChunk. */
export function compareChunk(cpu: Cpu, insn: Insn, left: number, untilEqual: boolean): number {
  const { s } = cpu;
  const size = insn.size;
  const n = within(cpu, ES, s[EDI], size, within(cpu, insn.seg, s[ESI], size, left, false), false);
  if (n < 2) return 0;
  const source = (s[BASE + insn.seg] + s[ESI]) | 0;
  const target = (s[BASE + ES] + s[EDI]) | 0;
  cpu.paging.check(target, false);
  cpu.paging.check(source, false);
  const from = translate(cpu, source, false);
  const to = translate(cpu, target, false);
  if (from < 0 || to < 0) return 0;
  let done = 0;
  let a = 0;
  let b = 0;
  do {
    a = element(cpu, from + size * done, size);
    b = element(cpu, to + size * done, size);
    done++;
  } while (done < n && (a === b) !== untilEqual);
  s[ESI] += done * size;
  s[EDI] += done * size;
  s[ECX] -= done;
  sub(s, a, b, size);
  return done;
}
