/**
 * Flat descriptors, known by their two words: of segments that begin at 0, have pages as their unit and were used before.
 * Every word is read each time, through the TLB; where that does not know the page the answer is that this is not one.
 */
import type { Cpu } from '../cpu.ts';
import * as st from '../state.ts';
import { SUPERVISOR } from './supervisor.ts';

/** Present, accessed, 32-bit, page-granular, base 0, limit 4 GiB: the second and first word of flat descriptors. */
const FLAT_LOW = 0xffff;
export const CODE0 = 0x00cf9b00;
export const DATA0 = 0x00cf9300;
export const CODE3 = 0x00cffb00;
export const DATA3 = 0x00cff300;
/** Attributes of the same as descriptor caches hold them. */
export const CODE0_ATTR = 0xc09b;
export const DATA0_ATTR = 0xc093;
export const CODE3_ATTR = 0xc0fb;
export const DATA3_ATTR = 0xc0f3;
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

/** Whether the GDT entry of a selector (RPL taken off) holds exactly the flat descriptor with this second word. */
export function holdsFlat(cpu: Cpu, selector: number, high: number): boolean {
  const offset = selector & 0xfff8;
  if ((selector & 4) !== 0 || offset === 0 || offset + 7 > cpu.s[st.GDTR_LIMIT]) return false;
  const at = locate(cpu, (cpu.s[st.GDTR_BASE] + offset) | 0, 8, 0);
  return at >= 0 && cpu.s[at] === FLAT_LOW && cpu.s[at + 1] === high;
}

/** As `holdsFlat`, whatever the limit: its last byte as a register holds it, undefined for any other descriptor. */
export function limitOf(cpu: Cpu, selector: number, high: number): number | undefined {
  const offset = selector & 0xfff8;
  if ((selector & 4) !== 0 || offset === 0 || offset + 7 > cpu.s[st.GDTR_LIMIT]) return undefined;
  const at = locate(cpu, (cpu.s[st.GDTR_BASE] + offset) | 0, 8, 0);
  if (at < 0) return undefined;
  const low = cpu.s[at];
  const found = cpu.s[at + 1];
  if (low >>> 16 !== 0 || (found & ~LIMIT_BITS) !== (high & ~LIMIT_BITS)) return undefined;
  return (((low & 0xffff) | (found & LIMIT_BITS)) << 12) | 0xfff;
}
