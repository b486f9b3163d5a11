/** Bit tests and scans, BSWAP. */
import type { Cpu } from '../cpu.ts';
import { setCarry } from '../flags.ts';
import type { Insn } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import { FCAR, FRES } from '../state.ts';
import { getE, getRegister, load, setRegister, signed, write } from './operands.ts';

/** Offset in its segment of the word that holds bit `bit` of a bit string in memory; `bit` may be negative. */
function bitOffset(cpu: Cpu, insn: Insn, bit: number): number {
  const size = insn.size;
  const words = signed(bit, size) >> (size === 4 ? 5 : 4);
  const offset = (cpu.ea(insn) + words * size) | 0;
  return insn.asize === 4 ? offset : offset & 0xffff;
}

/** Bit tested: G reaches beyond the operand in memory, an immediate does not. */
type Source = 'register' | 'immediate';

/** BT. */
export function bitTest(source: Source): Run {
  return (cpu, insn) => {
    const size = insn.size;
    const bit = source === 'register' ? getRegister(cpu, insn.reg, size) : insn.imm;
    const value =
      insn.mem && source === 'register' ? load(cpu, insn.seg, bitOffset(cpu, insn, bit), size) : getE(cpu, insn, size);
    setCarry(cpu.s, (value >>> (bit & ((size << 3) - 1))) & 1);
  };
}

/** What BTS, BTR and BTC make of a value and the mask of the tested bit. */
type Change = (value: number, mask: number) => number;
export const setBit: Change = (value, mask) => value | mask;
export const resetBit: Change = (value, mask) => value & ~mask;
export const complementBit: Change = (value, mask) => value ^ mask;

/** BTS, BTR, BTC. */
export function bitChange(change: Change, source: Source): Run {
  return (cpu, insn) => {
    const size = insn.size;
    const bit = source === 'register' ? getRegister(cpu, insn.reg, size) : insn.imm;
    const shift = bit & ((size << 3) - 1);
    let value: number;
    if (insn.mem) {
      const offset = source === 'register' ? bitOffset(cpu, insn, bit) : cpu.ea(insn);
      const linear = cpu.modify(insn.seg, offset, size);
      value = cpu.readBack(linear, size);
      write(cpu, linear, change(value, 1 << shift), size);
    } else {
      value = getRegister(cpu, insn.rm, size);
      setRegister(cpu, insn.rm, change(value, 1 << shift), size);
    }
    setCarry(cpu.s, (value >>> shift) & 1);
  };
}

/** ZF says whether the source was 0; the other flags are undefined and become those of the source's test. */
function setScanned(s: Int32Array, value: number): void {
  s[FRES] = value === 0 ? 0 : 1;
  s[FCAR] = 0;
}

/** BSF: a source of 0 leaves the destination as it was. */
export const bsf: Run = (cpu, insn) => {
  const value = getE(cpu, insn, insn.size);
  if (value !== 0) setRegister(cpu, insn.reg, 31 - Math.clz32(value & -value), insn.size);
  setScanned(cpu.s, value);
};

/** BSR: a source of 0 leaves the destination as it was. */
export const bsr: Run = (cpu, insn) => {
  const value = getE(cpu, insn, insn.size);
  if (value !== 0) setRegister(cpu, insn.reg, 31 - Math.clz32(value), insn.size);
  setScanned(cpu.s, value);
};

/** BSWAP; on 16 bits, where the SDM leaves the result undefined, processors give 0. */
export const bswap: Run = (cpu, insn) => {
  const v = cpu.s[insn.rm];
  if (insn.size === 2) cpu.setReg16(insn.rm, 0);
  else cpu.s[insn.rm] = (v << 24) | ((v & 0xff00) << 8) | ((v >>> 8) & 0xff00) | (v >>> 24);
};
