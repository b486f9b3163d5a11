/** Operations on ST(0), or ST(0) and ST(1), that are exact or rounded once: FSQRT to FPREM1. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { FCW, FSW } from '../state.ts';
import { C0, C2, C3, copy, DE, IE, SIGN } from './extended.ts';
import { roundToIntegral } from './integral.ts';
import { isNaNClass } from './nan.ts';
import { note, wait } from './operand.ts';
import { remainder } from './remainder.ts';
import { squareRoot } from './root.ts';
import { extract, scale } from './scale.ts';
import { isEmpty, overflow, push, putIndefinite, settle, st, TEMP, TEMP2, underflow } from './stack.ts';

/** FCHS. */
export function fchs(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) {
    underflow(m, 0);
    return;
  }
  m[st(m, 0) + 2] ^= SIGN;
  settle(m, 0);
}

/** FABS. */
export function fabs(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) {
    underflow(m, 0);
    return;
  }
  m[st(m, 0) + 2] &= ~SIGN;
  settle(m, 0);
}

/** FSQRT. */
export function fsqrt(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) underflow(m, 0);
  else settle(m, squareRoot(m, st(m, 0), st(m, 0), m[FCW]));
}

/** FRNDINT. */
export function frndint(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) underflow(m, 0);
  else settle(m, roundToIntegral(m, st(m, 0), st(m, 0), m[FCW]));
}

/** FSCALE. */
export function fscale(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0) || isEmpty(m, 1)) underflow(m, 0);
  else settle(m, scale(m, st(m, 0), st(m, 0), st(m, 1), m[FCW]));
}

function partialRemainder(cpu: Cpu, insn: Insn, nearest: number): void {
  const m = wait(cpu);
  note(cpu, insn);
  m[FSW] &= ~C2;
  if (isEmpty(m, 0) || isEmpty(m, 1)) {
    underflow(m, 0);
    return;
  }
  const a = st(m, 0);
  const b = st(m, 1);
  const unordered = isNaNClass(m, a) || isNaNClass(m, b);
  const flags = remainder(m, a, a, b, nearest, m[FCW]);
  // Where there is no quotient, C0 and C3 stay.
  if (!unordered && (flags & (IE | (DE & ~m[FCW]))) === 0) m[FSW] &= ~(C0 | C3);
  settle(m, flags);
}

/** FPREM. */
export function fprem(cpu: Cpu, insn: Insn): void {
  partialRemainder(cpu, insn, 0);
}

/** FPREM1. */
export function fprem1(cpu: Cpu, insn: Insn): void {
  partialRemainder(cpu, insn, 1);
}

/** FXTRACT. */
export function fxtract(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) {
    if (underflow(m, 0)) {
      putIndefinite(m, st(m, -1));
      push(m);
    }
    return;
  }
  if (!isEmpty(m, -1)) {
    if (overflow(m)) putIndefinite(m, st(m, 1));
    return;
  }
  if (!settle(m, extract(m, TEMP, TEMP2, st(m, 0), m[FCW]))) return;
  copy(m, st(m, 0), TEMP2);
  copy(m, st(m, -1), TEMP);
  push(m);
}
