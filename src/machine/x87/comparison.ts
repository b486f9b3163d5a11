/** FCOM, FUCOM, FICOM, FTST, FXAM with results in C3, C2, C0; FCOMI, FUCOMI with results in EFLAGS. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import { CF, PFLAG, setArithmetic, ZF } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { FSW } from '../state.ts';
import { compare, examine, UNORDERED } from './compare.ts';
import { C0, C1, C2, C3, IE, put, SIGN } from './extended.ts';
import { note, readDouble, readInteger, readSingle, wait } from './operand.ts';
import { isEmpty, pop, SF, settle, st, TEMP } from './stack.ts';

/** Puts the result of a comparison into the condition bits; returns true where a pop may follow. */
function conclude(m: Int32Array, result: number): boolean {
  m[FSW] &= ~(C0 | C2 | C3);
  return settle(m, result);
}

/** Compares ST(0) with TEMP. */
function withTemp(m: Int32Array, pending: number): boolean {
  if (isEmpty(m, 0)) return conclude(m, UNORDERED | IE | SF);
  return conclude(m, compare(m, st(m, 0), TEMP, 0, pending));
}

function withRegister(m: Int32Array, i: number, quiet: number): number {
  if (isEmpty(m, 0) || isEmpty(m, i)) return UNORDERED | IE | SF;
  return compare(m, st(m, 0), st(m, i), quiet, 0);
}

/** FCOM (reg 2) and FCOMP (reg 3) m32fp. */
export function fcomSingle(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  if (withTemp(m, readSingle(cpu, insn)) && insn.reg === 3) pop(m);
}

/** FCOM and FCOMP m64fp. */
export function fcomDouble(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  if (withTemp(m, readDouble(cpu, insn)) && insn.reg === 3) pop(m);
}

/** FICOM and FICOMP m32int. */
export function ficom32(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 4);
  if (withTemp(m, 0) && insn.reg === 3) pop(m);
}

/** FICOM and FICOMP m16int. */
export function ficom16(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 2);
  if (withTemp(m, 0) && insn.reg === 3) pop(m);
}

/** FCOM ST(i). */
export function fcomRegister(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  conclude(m, withRegister(m, insn.rm, 0));
}

/** FCOMP ST(i). */
export function fcompRegister(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (conclude(m, withRegister(m, insn.rm, 0))) pop(m);
}

/** FCOMPP: always with ST(1). */
export function fcompp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (!conclude(m, withRegister(m, 1, 0))) return;
  pop(m);
  pop(m);
}

/** FUCOM ST(i). */
export function fucom(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  conclude(m, withRegister(m, insn.rm, 1));
}

/** FUCOMP ST(i). */
export function fucomp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (conclude(m, withRegister(m, insn.rm, 1))) pop(m);
}

/** FUCOMPP: always with ST(1). */
export function fucompp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (!conclude(m, withRegister(m, 1, 1))) return;
  pop(m);
  pop(m);
}

/** Compares into ZF, PF, CF (C3, C2, C0); the condition bits stay. Returns true where a pop may follow. */
function toFlags(cpu: Cpu, insn: Insn, quiet: number): boolean {
  const m = wait(cpu);
  note(cpu, insn);
  const result = withRegister(m, insn.rm, quiet);
  const zero = (result & C3) !== 0 ? ZF : 0;
  const parity = (result & C2) !== 0 ? PFLAG : 0;
  setArithmetic(m, zero | parity | ((result & C0) !== 0 ? CF : 0));
  return settle(m, result & ~UNORDERED);
}

/** FCOMI. */
export function fcomi(cpu: Cpu, insn: Insn): void {
  toFlags(cpu, insn, 0);
}

/** FCOMIP. */
export function fcomip(cpu: Cpu, insn: Insn): void {
  if (toFlags(cpu, insn, 0)) pop(cpu.s);
}

/** FUCOMI. */
export function fucomi(cpu: Cpu, insn: Insn): void {
  toFlags(cpu, insn, 1);
}

/** FUCOMIP. */
export function fucomip(cpu: Cpu, insn: Insn): void {
  if (toFlags(cpu, insn, 1)) pop(cpu.s);
}

/** FTST: compares ST(0) with +0. */
export function ftst(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  put(m, TEMP, 0, 0, 0);
  withTemp(m, 0);
}

/** FXAM: the class of ST(0); C1 is its sign, also of an empty register. */
export function fxam(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  const top = st(m, 0);
  const sign = (m[top + 2] & SIGN) !== 0 ? C1 : 0;
  conclude(m, sign | (isEmpty(m, 0) ? C3 | C0 : examine(m, top)));
}
