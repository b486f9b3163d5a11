/** Implicit accesses of the processor: descriptor tables and the TSS, with supervisor rights whatever CPL is (SDM 3A, 4.6.1). */
import type { Cpu } from '../cpu.ts';
import { TLB, TLB_SUPERVISOR } from '../state.ts';

/** The TLB bank of supervisor accesses, as a value of `cpu.tlb`. */
export const SUPERVISOR = TLB + TLB_SUPERVISOR;

/** Reads the byte at a linear address, unsigned; #PF as a supervisor read. */
export function readSystem8(cpu: Cpu, linear: number): number {
  const bank = cpu.tlb;
  cpu.tlb = SUPERVISOR;
  try {
    return cpu.read8(linear);
  } finally {
    cpu.tlb = bank;
  }
}

/** Reads the 16-bit word at a linear address, unsigned; #PF as a supervisor read. */
export function readSystem16(cpu: Cpu, linear: number): number {
  const bank = cpu.tlb;
  cpu.tlb = SUPERVISOR;
  try {
    return cpu.read16(linear);
  } finally {
    cpu.tlb = bank;
  }
}

/** Reads the 32-bit word at a linear address, signed; #PF as a supervisor read. */
export function readSystem32(cpu: Cpu, linear: number): number {
  const bank = cpu.tlb;
  cpu.tlb = SUPERVISOR;
  try {
    return cpu.read32(linear);
  } finally {
    cpu.tlb = bank;
  }
}

/** Writes the low `size` bytes (1, 2 or 4) of `value` at a linear address; #PF as a supervisor write. */
export function writeSystem(cpu: Cpu, linear: number, value: number, size: number): void {
  const bank = cpu.tlb;
  cpu.tlb = SUPERVISOR;
  try {
    if (size === 4) cpu.write32(linear, value);
    else if (size === 2) cpu.write16(linear, value & 0xffff);
    else cpu.write8(linear, value & 0xff);
  } finally {
    cpu.tlb = bank;
  }
}

/** Raises the #PF, if any, that writing `length` bytes (at most a page) at a linear address would raise. */
export function checkSystemWrite(cpu: Cpu, linear: number, length: number): void {
  const bank = cpu.tlb;
  cpu.tlb = SUPERVISOR;
  try {
    cpu.paging.check(linear, true);
    cpu.paging.check((linear + length - 1) | 0, true);
  } finally {
    cpu.tlb = bank;
  }
}
