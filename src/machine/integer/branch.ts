/** Near transfers of control. EIP holds the address of the next instruction when these run; see Row.ends. */
import type { Cpu } from '../cpu.ts';
import { BR, GP, UD } from '../fault.ts';
import { condition } from '../flags.ts';
import type { Insn } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import { CS, ECX, EIP, ESP, FRES, LIMIT } from '../state.ts';
import { getE, getRegister, load, signed } from './operands.ts';
import { peek, push, setStackPointer } from './stack.ts';

/** EIP cut to the operand size; #GP(0) when it lies beyond the code segment's limit. */
function checked(cpu: Cpu, target: number, size: number): number {
  const eip = size === 2 ? target & 0xffff : target | 0;
  if (eip >>> 0 > cpu.s[LIMIT + CS] >>> 0) cpu.fault(GP);
  return eip;
}

function branch(cpu: Cpu, insn: Insn): void {
  cpu.s[EIP] = checked(cpu, cpu.s[EIP] + insn.imm, insn.size);
}

export const jmpJ: Run = branch;

export const jcc: Run = (cpu, insn) => {
  if (condition(cpu.s, insn.opcode & 15)) branch(cpu, insn);
};

export const jmpE: Run = (cpu, insn) => {
  cpu.s[EIP] = checked(cpu, getE(cpu, insn, insn.size), insn.size);
};

function call(cpu: Cpu, target: number, size: number): void {
  const eip = checked(cpu, target, size);
  push(cpu, cpu.s[EIP], size);
  cpu.s[EIP] = eip;
}

export const callJ: Run = (cpu, insn) => call(cpu, cpu.s[EIP] + insn.imm, insn.size);
export const callE: Run = (cpu, insn) => call(cpu, getE(cpu, insn, insn.size), insn.size);

/** RET, and RET with a number of argument bytes to drop. */
export const ret: Run = (cpu, insn) => {
  cpu.s[EIP] = checked(cpu, peek(cpu, 0, insn.size), insn.size);
  setStackPointer(cpu, cpu.s[ESP] + insn.size + insn.imm);
};

/** Counts (E)CX down by the address size; whether it is not 0 yet. */
function countDown(cpu: Cpu, insn: Insn, also: boolean): void {
  const { s } = cpu;
  const count = (getRegister(cpu, ECX, insn.asize) - 1) & (insn.asize === 4 ? -1 : 0xffff);
  if (count !== 0 && also) branch(cpu, insn);
  if (insn.asize === 4) s[ECX] = count;
  else cpu.setReg16(ECX, count);
}

export const loop: Run = (cpu, insn) => countDown(cpu, insn, true);
export const loope: Run = (cpu, insn) => countDown(cpu, insn, cpu.s[FRES] === 0);
export const loopne: Run = (cpu, insn) => countDown(cpu, insn, cpu.s[FRES] !== 0);

/** JCXZ, JECXZ by the address size. */
export const jcxz: Run = (cpu, insn) => {
  if (getRegister(cpu, ECX, insn.asize) === 0) branch(cpu, insn);
};

/** BOUND: #BR when the signed index lies outside the pair of bounds in memory. */
export const bound: Run = (cpu, insn) => {
  const size = insn.size;
  const offset = cpu.ea(insn);
  const index = signed(getRegister(cpu, insn.reg, size), size);
  const lower = signed(load(cpu, insn.seg, offset, size), size);
  const next = (offset + size) & (insn.asize === 4 ? -1 : 0xffff);
  const upper = signed(load(cpu, insn.seg, next, size), size);
  if (index < lower || index > upper) cpu.fault(BR);
};

/** UD0, UD2. */
export const undefinedOpcode: Run = (cpu) => cpu.fault(UD);
