/**
 * Operands of integer instructions by the SDM's letters: E (register or memory), G (register by ModRM.reg).
 *
 * Values of 1 and 2 bytes are unsigned, values of 4 bytes are signed.
 */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';

/** Register `n` of `size` bytes. */
export function getRegister(cpu: Cpu, n: number, size: number): number {
  switch (size) {
    case 1:
      return cpu.reg8(n);
    case 2:
      return cpu.reg16(n);
    default:
      return cpu.s[n];
  }
}

/** Changes the low `size` bytes of register `n` (for size 1, of the byte register `n`). */
export function setRegister(cpu: Cpu, n: number, value: number, size: number): void {
  switch (size) {
    case 1:
      cpu.setReg8(n, value);
      return;
    case 2:
      cpu.setReg16(n, value);
      return;
    default:
      cpu.s[n] = value;
  }
}

/** The `size` bytes at `offset` in a segment. */
export function load(cpu: Cpu, seg: number, offset: number, size: number): number {
  switch (size) {
    case 1:
      return cpu.load8(seg, offset);
    case 2:
      return cpu.load16(seg, offset);
    default:
      return cpu.load32(seg, offset);
  }
}

/** Stores `size` bytes at `offset` in a segment. */
export function store(cpu: Cpu, seg: number, offset: number, value: number, size: number): void {
  switch (size) {
    case 1:
      cpu.store8(seg, offset, value);
      return;
    case 2:
      cpu.store16(seg, offset, value);
      return;
    default:
      cpu.store32(seg, offset, value);
  }
}

/** The `size` bytes at a linear address. */
export function read(cpu: Cpu, linear: number, size: number): number {
  switch (size) {
    case 1:
      return cpu.read8(linear);
    case 2:
      return cpu.read16(linear);
    default:
      return cpu.read32(linear);
  }
}

/** Writes `size` bytes at a linear address. */
export function write(cpu: Cpu, linear: number, value: number, size: number): void {
  switch (size) {
    case 1:
      cpu.write8(linear, value);
      return;
    case 2:
      cpu.write16(linear, value);
      return;
    default:
      cpu.write32(linear, value);
  }
}

/** The E operand, `size` bytes of it. */
export function getE(cpu: Cpu, insn: Insn, size: number): number {
  return insn.mem ? load(cpu, insn.seg, cpu.ea(insn), size) : getRegister(cpu, insn.rm, size);
}

/** Stores into the E operand. */
export function setE(cpu: Cpu, insn: Insn, value: number, size: number): void {
  if (insn.mem) store(cpu, insn.seg, cpu.ea(insn), value, size);
  else setRegister(cpu, insn.rm, value, size);
}

/** `value` of `size` bytes, sign-extended to 32 bits. */
export function signed(value: number, size: number): number {
  const up = 32 - (size << 3);
  return (value << up) >> up;
}

/** `value` cut to `size` bytes, as the operands above are: unsigned below 4 bytes. */
export function cut(value: number, size: number): number {
  return size === 4 ? value | 0 : value & ((1 << (size << 3)) - 1);
}
