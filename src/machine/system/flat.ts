/**
 * Flat descriptors, known by their two words: of segments that begin at 0, have pages as their unit and were used before.
 * Every word is read each time, through the TLB; where that does not know the page the answer is that this is not one.
 */
import type { Cpu } from '../cpu.ts';
import * as st from '../state.ts';
import { SUPERVISOR } from './supervisor.ts';

/** Present, accessed, 32-bit, page-granular, base 0: second words of flat code and data of ring 0; DPL from bit 13 on. */
const CODE_WORD = 0x00cf9b00;
const DATA_WORD = 0x00cf9300;
const DPL_SHIFT = 13;
/** Attributes of the same as descriptor caches hold them; DPL from bit 5 on. */
const CODE_ATTR = 0xc09b;
const DATA_ATTR = 0xc093;
const DPL_ATTR_SHIFT = 5;
const LIMIT_BITS = 0xf0000;

/**
 * Offset in the machine's words of `length` bytes for ring 0, or -1 when the TLB does not know the page or they are not
 * aligned, which kernels do not do to themselves.
 */
export function locate(cpu: Cpu, linear: number, length: number, table: number): number {
  const { s } = cpu;
  const e = SUPERVISOR + table + ((linear >>> 11) & 0x7fe);
  return s[e] === ((linear + length - 1) & ~0xfff) && (linear & 3) === 0 ? ((linear + s[e + 1]) | 0) >> 2 : -1;
}

/** Attributes of flat code and data of a ring, as descriptor caches hold them. */
export function codeAttr(ring: number): number {
  return CODE_ATTR | (ring << DPL_ATTR_SHIFT);
}
export function dataAttr(ring: number): number {
  return DATA_ATTR | (ring << DPL_ATTR_SHIFT);
}

/**
 * The limit of the flat code segment of `ring` that a selector (its RPL taken off) names: its last byte as a register
 * holds it, undefined for any other descriptor. `dataLimit` is the same of writable data.
 */
export function codeLimit(cpu: Cpu, selector: number, ring: number): number | undefined {
  return limitOf(cpu, selector, CODE_WORD | (ring << DPL_SHIFT));
}
export function dataLimit(cpu: Cpu, selector: number, ring: number): number | undefined {
  return limitOf(cpu, selector, DATA_WORD | (ring << DPL_SHIFT));
}

function limitOf(cpu: Cpu, selector: number, high: number): number | undefined {
  const offset = selector & 0xfff8;
  if ((selector & 4) !== 0 || offset === 0 || offset + 7 > cpu.s[st.GDTR_LIMIT]) return undefined;
  const at = locate(cpu, (cpu.s[st.GDTR_BASE] + offset) | 0, 8, 0);
  if (at < 0) return undefined;
  const low = cpu.s[at];
  const found = cpu.s[at + 1];
  if (low >>> 16 !== 0 || (found & ~LIMIT_BITS) !== (high & ~LIMIT_BITS)) return undefined;
  return (((low & 0xffff) | (found & LIMIT_BITS)) << 12) | 0xfff;
}
