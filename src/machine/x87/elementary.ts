/** F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS, FSINCOS. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { FCW, FSW } from '../state.ts';
import { arctangent } from './arctangent.ts';
import { exponentialM1 } from './exponential.ts';
import { BIAS, C2, copy, J, put } from './extended.ts';
import { logarithm, logarithmP1 } from './logarithm.ts';
import { note, wait } from './operand.ts';
import { isEmpty, overflow, pop, push, putIndefinite, settle, st, TEMP, TEMP2, underflow } from './stack.ts';
import { COSINE, SINE, TANGENT, trigonometric } from './trigonometry.ts';

/** F2XM1. */
export function f2xm1(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) underflow(m, 0);
  else settle(m, exponentialM1(m, st(m, 0), st(m, 0), m[FCW]));
}

/** FYL2X: ST(1) = ST(1) log2 ST(0), pop. */
export function fyl2x(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0) || isEmpty(m, 1)) {
    if (underflow(m, 1)) pop(m);
    return;
  }
  if (settle(m, logarithm(m, st(m, 1), st(m, 1), st(m, 0), TEMP, m[FCW]))) pop(m);
}

/** FYL2XP1: ST(1) = ST(1) log2(ST(0) + 1), pop. */
export function fyl2xp1(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0) || isEmpty(m, 1)) {
    if (underflow(m, 1)) pop(m);
    return;
  }
  if (settle(m, logarithmP1(m, st(m, 1), st(m, 1), st(m, 0), m[FCW]))) pop(m);
}

/** FPATAN: ST(1) = arctangent of ST(1) / ST(0), pop. */
export function fpatan(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0) || isEmpty(m, 1)) {
    if (underflow(m, 1)) pop(m);
    return;
  }
  if (settle(m, arctangent(m, st(m, 1), st(m, 1), st(m, 0), m[FCW]))) pop(m);
}

function replaceTop(cpu: Cpu, insn: Insn, which: number): void {
  const m = wait(cpu);
  note(cpu, insn);
  m[FSW] &= ~C2;
  if (isEmpty(m, 0)) underflow(m, 0);
  else settle(m, trigonometric(m, st(m, 0), st(m, 0), which, m[FCW]));
}

/** FSIN. */
export function fsin(cpu: Cpu, insn: Insn): void {
  replaceTop(cpu, insn, SINE);
}

/** FCOS. */
export function fcos(cpu: Cpu, insn: Insn): void {
  replaceTop(cpu, insn, COSINE);
}

/** The checks of FPTAN and FSINCOS, which replace ST(0) and push; false where a stack fault was answered. */
function mayPush(m: Int32Array): boolean {
  m[FSW] &= ~C2;
  if (isEmpty(m, 0)) {
    if (underflow(m, 0)) {
      putIndefinite(m, st(m, -1));
      push(m);
    }
    return false;
  }
  if (isEmpty(m, -1)) return true;
  if (overflow(m)) putIndefinite(m, st(m, 1));
  return false;
}

/** FPTAN: ST(0) = its tangent, then 1.0 is pushed (the NaN again where the result is one). */
export function fptan(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (!mayPush(m)) return;
  const flags = trigonometric(m, TEMP, st(m, 0), TANGENT, m[FCW]);
  if (!settle(m, flags) || (flags & C2) !== 0) return;
  const nan = (m[TEMP + 2] & 0x7fff) === 0x7fff && m[TEMP + 1] !== J;
  copy(m, st(m, 0), TEMP);
  if (!nan) put(m, TEMP, BIAS, J, 0);
  copy(m, st(m, -1), TEMP);
  push(m);
}

/** FSINCOS: ST(0) = its sine, then its cosine is pushed. */
export function fsincos(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (!mayPush(m)) return;
  const sine = trigonometric(m, TEMP, st(m, 0), SINE, m[FCW]);
  if ((sine & C2) !== 0) {
    settle(m, sine);
    return;
  }
  const flags = sine | trigonometric(m, TEMP2, st(m, 0), COSINE, m[FCW]);
  if (!settle(m, flags)) return;
  copy(m, st(m, 0), TEMP);
  copy(m, st(m, -1), TEMP2);
  push(m);
}
