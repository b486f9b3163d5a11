/**
 * MMX and XMM registers as bytes of the machine's memory, and what every SIMD instruction does around its work.
 *
 * An MMX register is the mantissa of an x87 physical register. Operations work on byte offsets; an operand from memory
 * is first copied to a slot beside the registers, so that both kinds look the same.
 */
import type { Cpu } from '../cpu.ts';
import { GP, MF, NM, UD } from '../fault.ts';
import type { Insn } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import { BASE, CR0, CR4, FSW, FTW, TLB, TLB_STRICT, X87, X87_BYTES, XMM_BYTES } from '../state.ts';

/** Byte offsets of two slots behind the state's last register: an operand from memory, and a result on the way. */
export const OPERAND = 0x3c0;
export const RESULT = 0x3d0;

const CR0_EM = 4;
const CR0_TS = 8;
const CR4_OSFXSR = 0x200;
/** Exception summary in the x87 status word, and TOP. */
const SUMMARY = 0x80;
const TOP = 0x3800;

/** Byte offset of MMX register `n`. */
export function mm(n: number): number {
  return X87_BYTES + (n << 4);
}

/** Byte offset of XMM register `n`. */
export function xmm(n: number): number {
  return XMM_BYTES + (n << 4);
}

/** The checks before an MMX instruction: #UD, #NM, #MF (SDM 3A, 12.1 and 12.5). */
export function enterMmx(cpu: Cpu): void {
  const { s } = cpu;
  if ((s[CR0] & CR0_EM) !== 0) cpu.fault(UD);
  if ((s[CR0] & CR0_TS) !== 0) cpu.fault(NM);
  if ((s[FSW] & SUMMARY) !== 0) cpu.fault(MF);
}

/** The checks before an SSE instruction: #UD, #NM (SDM 3A, 13.1). */
export function enterSse(cpu: Cpu): void {
  const { s } = cpu;
  if ((s[CR0] & CR0_EM) !== 0 || (s[CR4] & CR4_OSFXSR) === 0) cpu.fault(UD);
  if ((s[CR0] & CR0_TS) !== 0) cpu.fault(NM);
}

/** What every MMX instruction but EMMS leaves: all registers in use, TOP 0 (SDM 1, 9.5.1). */
export function touchMmx(cpu: Cpu): void {
  cpu.s[FTW] = 0;
  cpu.s[FSW] &= ~TOP;
}

/** The same after a write to MMX register `n`, whose sign and exponent become ones. */
export function wroteMmx(cpu: Cpu, n: number): void {
  touchMmx(cpu);
  cpu.s[X87 + (n << 2) + 2] = 0xffff;
}

/**
 * Linear address of the memory operand of `bytes`: #GP(0) where `aligned` and not on 16 bytes, #AC(0) where alignment
 * checks are on and it is not on its size.
 */
function locate(cpu: Cpu, insn: Insn, bytes: number, aligned: boolean, write: boolean): number {
  const offset = cpu.ea(insn);
  // Before the segment's limit is looked at: beyond the end of SS, too, processors raise #GP.
  if (aligned && ((cpu.s[BASE + insn.seg] + offset) & 15) !== 0) cpu.fault(GP);
  const linear = cpu.linear(insn.seg, offset, bytes, write);
  if (cpu.tlb === TLB + TLB_STRICT && (linear & (bytes - 1)) !== 0) cpu.alignmentFault();
  return linear;
}

/** Copies `bytes` (a multiple of 4) from memory to the slot OPERAND. */
export function fetch(cpu: Cpu, insn: Insn, bytes: number, aligned: boolean): number {
  const linear = locate(cpu, insn, bytes, aligned, false);
  for (let i = 0; i < bytes; i += 4) cpu.s[(OPERAND + i) >> 2] = cpu.read32((linear + i) | 0);
  return OPERAND;
}

/** Stores `bytes` (a multiple of 4) from byte offset `from` to the memory operand, whole or not at all. */
export function storeBytes(cpu: Cpu, insn: Insn, from: number, bytes: number, aligned: boolean): void {
  const linear = locate(cpu, insn, bytes, aligned, true);
  cpu.paging.check(linear, true);
  if ((linear & 0xfff) + bytes > 0x1000) cpu.paging.check((linear + bytes - 1) & ~0xfff, true);
  for (let i = 0; i < bytes; i += 4) cpu.write32((linear + i) | 0, cpu.s[(from + i) >> 2]);
}

/** Byte offset of the Q operand; `bytes` of it when it is in memory. */
export function mmxSource(cpu: Cpu, insn: Insn, bytes: number): number {
  return insn.mem ? fetch(cpu, insn, bytes, false) : mm(insn.rm);
}

/** Byte offset of the W operand; in memory it is 4, 8 or 16 bytes, and 16 must be aligned. */
export function xmmSource(cpu: Cpu, insn: Insn, bytes: number): number {
  return insn.mem ? fetch(cpu, insn, bytes, bytes === 16) : xmm(insn.rm);
}

/** Copies `bytes` (a multiple of 4) from byte offset `from` to byte offset `to`. */
export function copy(s: Int32Array, to: number, from: number, bytes: number): void {
  for (let i = 0; i < bytes; i += 4) s[(to + i) >> 2] = s[(from + i) >> 2];
}

/**
 * An operation on registers: changes `bytes` (8 or 16) at offset `d` by those at offset `b` and an immediate.
 * `d` and `b` may be the same register.
 */
export type Packed = (v: DataView, d: number, b: number, bytes: number, imm: number) => void;

/** P = P op Q; the operand in memory has `bytes`. */
export function onMmx(op: Packed, bytes = 8): Run {
  return (cpu, insn) => {
    enterMmx(cpu);
    const b = mmxSource(cpu, insn, bytes);
    op(cpu.view, mm(insn.reg), b, 8, insn.imm);
    wroteMmx(cpu, insn.reg);
  };
}

/** V = V op W, all 16 bytes. */
export function onXmm(op: Packed): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    const b = xmmSource(cpu, insn, 16);
    op(cpu.view, xmm(insn.reg), b, 16, insn.imm);
  };
}

/** N = N op immediate. */
export function onMmxByImmediate(op: Packed): Run {
  return (cpu, insn) => {
    enterMmx(cpu);
    op(cpu.view, mm(insn.rm), 0, 8, insn.imm);
    wroteMmx(cpu, insn.rm);
  };
}

/** U = U op immediate. */
export function onXmmByImmediate(op: Packed): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    op(cpu.view, xmm(insn.rm), 0, 16, insn.imm);
  };
}
