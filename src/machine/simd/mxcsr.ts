/** The SSE control and status register, and what becomes of the exceptions that an instruction meets. */
import type { Cpu } from '../cpu.ts';
import { GP, UD, XM } from '../fault.ts';
import type { Run } from '../opcodes/row.ts';
import { CR4, MXCSR } from '../state.ts';
import { enterSse } from './registers.ts';

/**
 * Exception flags (bits 5..0; their masks are 7 bits higher):
 *
 *   15  | 14 13 | 12 11 10 9  8  7  | 6   | 5  4  3  2  1  0
 *   FTZ | RC    | PM UM OM ZM DM IM | DAZ | PE UE OE ZE DE IE
 */
export const IE = 0x01;
export const DE = 0x02;
export const ZE = 0x04;
export const OE = 0x08;
export const UE = 0x10;
export const PE = 0x20;
export const DAZ = 0x40;
export const FTZ = 0x8000;
export const OVERFLOW_MASK = OE << 7;
export const UNDERFLOW_MASK = UE << 7;
/** Rounding control and its values: to nearest even, down, up, toward zero. */
export const RC = 0x6000;
export const DOWN = 0x2000;
export const UP = 0x4000;
export const ZERO = 0x6000;

/** The exceptions found before the computation; unmasked, they keep it from happening. */
const BEFORE = IE | DE | ZE;
const CR4_OSXMMEXCPT = 0x400;

/**
 * The instruction under way: its MXCSR, the exceptions met so far, and whether plain results of the host's arithmetic
 * will do, because nothing but a precision exception that is masked and already flagged can come of them.
 */
export const status = { mxcsr: 0, flags: 0, plain: false };

/** Starts an instruction that may raise SIMD floating-point exceptions, after the checks of every SSE instruction. */
export function begin(cpu: Cpu): void {
  enterSse(cpu);
  const mxcsr = cpu.s[MXCSR];
  status.mxcsr = mxcsr;
  status.flags = 0;
  status.plain = (mxcsr & (RC | PE | (PE << 7))) === (PE | (PE << 7));
}

/**
 * Ends the computation: flags go to MXCSR, and an unmasked one raises #XM (#UD where the system takes none) before any
 * result is stored (SDM 1, 11.5.3).
 */
export function settle(cpu: Cpu): void {
  const { mxcsr, flags } = status;
  if (flags === 0) return;
  const unmasked = flags & ~(mxcsr >> 7);
  if ((unmasked & BEFORE) !== 0) cpu.s[MXCSR] |= flags & BEFORE;
  else cpu.s[MXCSR] |= flags;
  if (unmasked !== 0) cpu.fault((cpu.s[CR4] & CR4_OSXMMEXCPT) !== 0 ? XM : UD);
}

/** LDMXCSR: reserved bits are #GP(0). */
export const ldmxcsr: Run = (cpu, insn) => {
  enterSse(cpu);
  const value = cpu.load32(insn.seg, cpu.ea(insn));
  if ((value & 0xffff0000) !== 0) cpu.fault(GP);
  cpu.s[MXCSR] = value;
};

export const stmxcsr: Run = (cpu, insn) => {
  enterSse(cpu);
  cpu.store32(insn.seg, cpu.ea(insn), cpu.s[MXCSR]);
};
