/** Moves, conversions and address arithmetic: no flags change. */

import type { Cpu } from '../cpu.ts';
import { condition } from '../flags.ts';
import type { Insn } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import { EAX, EBX, EDX } from '../state.ts';
import { getE, getRegister, load, setE, setRegister, signed, store } from './operands.ts';

/** MOV E, G. */
export const movEG: Run = (cpu, insn) => {
  setE(cpu, insn, getRegister(cpu, insn.reg, insn.size), insn.size);
};

/** MOV G, E. */
export const movGE: Run = (cpu, insn) => {
  setRegister(cpu, insn.reg, getE(cpu, insn, insn.size), insn.size);
};

/** MOV E, immediate, and MOV register, immediate. */
export const movEI: Run = (cpu, insn) => {
  setE(cpu, insn, insn.imm, insn.size);
};

/** MOV of the accumulator from an absolute offset: E is memory, G is register 0. */
export const movAccumulatorO: Run = (cpu, insn) => {
  setRegister(cpu, EAX, load(cpu, insn.seg, insn.disp, insn.size), insn.size);
};

/** MOV of the accumulator to an absolute offset. */
export const movOAccumulator: Run = (cpu, insn) => {
  store(cpu, insn.seg, insn.disp, getRegister(cpu, EAX, insn.size), insn.size);
};

export const lea: Run = (cpu, insn) => {
  setRegister(cpu, insn.reg, cpu.ea(insn), insn.size);
};

/** MOVZX from `from` bytes. */
export function movzx(from: number): Run {
  return (cpu, insn) => setRegister(cpu, insn.reg, getE(cpu, insn, from), insn.size);
}

/** MOVSX from `from` bytes. */
export function movsx(from: number): Run {
  return (cpu, insn) => setRegister(cpu, insn.reg, signed(getE(cpu, insn, from), from), insn.size);
}

/** CMOVcc reads its source, and may fault, whether the condition holds or not. */
export const cmov: Run = (cpu, insn) => {
  const value = getE(cpu, insn, insn.size);
  if (condition(cpu.s, insn.opcode & 15)) setRegister(cpu, insn.reg, value, insn.size);
};

export const setcc: Run = (cpu, insn) => {
  setE(cpu, insn, condition(cpu.s, insn.opcode & 15) ? 1 : 0, 1);
};

/** CBW, CWDE: AL into AX, AX into EAX. */
export const cbw: Run = (cpu, insn) => {
  const half = insn.size >> 1;
  setRegister(cpu, EAX, signed(getRegister(cpu, EAX, half), half), insn.size);
};

/** CWD, CDQ: the sign of (E)AX fills (E)DX. */
export const cwd: Run = (cpu, insn) => {
  setRegister(cpu, EDX, signed(getRegister(cpu, EAX, insn.size), insn.size) >> 31, insn.size);
};

export const xlat: Run = (cpu, insn) => {
  cpu.setReg8(EAX, cpu.load8(insn.seg, xlatOffset(cpu, insn)));
};

function xlatOffset(cpu: Cpu, insn: Insn): number {
  const offset = (cpu.s[EBX] + cpu.reg8(EAX)) | 0;
  return insn.asize === 4 ? offset : offset & 0xffff;
}

/** NOP, PAUSE and the hints that a Pentium II takes for NOPs: a memory operand is not touched. */
export const nop: Run = () => {};
