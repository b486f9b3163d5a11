/** FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR in all their forms; the operation is ModRM.reg. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { FCW } from '../state.ts';
import { add } from './add.ts';
import { divide } from './divide.ts';
import { SIGN } from './extended.ts';
import { multiply } from './multiply.ts';
import { note, readDouble, readInteger, readSingle, wait } from './operand.ts';
import { isEmpty, pop, settle, st, TEMP, underflow } from './stack.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const CONTROL = FCW;
const OPERAND = TEMP;
const MINUS = SIGN;

/** Slot `d` = `a` op `b`, where `a` is ST(0) in every encoding; returns what the operation returns. */
function compute(op: number, m: Int32Array, d: number, a: number, b: number, pending: number): number {
  const control = m[CONTROL];
  switch (op) {
    case 0:
      return add(m, d, a, b, 0, control, pending);
    case 1:
      return multiply(m, d, a, b, control, pending);
    case 4:
      return add(m, d, a, b, MINUS, control, pending);
    case 5:
      return add(m, d, b, a, MINUS, control, pending);
    case 6:
      return divide(m, d, a, b, control, pending);
    default:
      return divide(m, d, b, a, control, pending);
  }
}

function withTemp(m: Int32Array, op: number, pending: number): void {
  if (isEmpty(m, 0)) {
    underflow(m, 0);
    return;
  }
  const top = st(m, 0);
  settle(m, compute(op, m, top, top, OPERAND, pending));
}

/** ST(0) op= m32fp. */
export function arithmeticSingle(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  withTemp(m, insn.reg, readSingle(cpu, insn));
}

/** ST(0) op= m64fp. */
export function arithmeticDouble(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  withTemp(m, insn.reg, readDouble(cpu, insn));
}

/** ST(0) op= m32int. */
export function arithmeticInteger32(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 4);
  withTemp(m, insn.reg, 0);
}

/** ST(0) op= m16int. */
export function arithmeticInteger16(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 2);
  withTemp(m, insn.reg, 0);
}

/** ST(0) = ST(0) op ST(i). */
export function arithmeticTop(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  const i = insn.rm;
  if (isEmpty(m, 0) || isEmpty(m, i)) {
    underflow(m, 0);
    return;
  }
  const top = st(m, 0);
  settle(m, compute(insn.reg, m, top, top, st(m, i), 0));
}

function toRegister(cpu: Cpu, insn: Insn): boolean {
  const m = wait(cpu);
  note(cpu, insn);
  const i = insn.rm;
  if (isEmpty(m, 0) || isEmpty(m, i)) return underflow(m, i);
  const d = st(m, i);
  return settle(m, compute(insn.reg, m, d, st(m, 0), d, 0));
}

/** ST(i) = ST(0) op ST(i); the opcode map names it the other way round (DC E0+i is FSUBR). */
export function arithmeticRegister(cpu: Cpu, insn: Insn): void {
  toRegister(cpu, insn);
}

/** The same, then pop. */
export function arithmeticPop(cpu: Cpu, insn: Insn): void {
  if (toRegister(cpu, insn)) pop(cpu.s);
}
