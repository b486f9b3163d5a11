/** Loads, stores and moves of floating-point values: FLD, FST, FXCH, FCMOVcc, the constants, FFREE. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import { condition } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { FCW } from '../state.ts';
import { copy, IE, OE, UE } from './extended.ts';
import { quiet } from './load.ts';
import {
  note,
  readDouble,
  readSingle,
  readTen,
  wait,
  writeNothing,
  writePair,
  writeTen,
  writeWord,
} from './operand.ts';
import {
  fill,
  free,
  isEmpty,
  overflow,
  pop,
  push,
  putIndefinite,
  SF,
  settle,
  st,
  TEMP,
  turn,
  underflow,
} from './stack.ts';
import { storeDouble, stored, storeSingle } from './store.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const CONTROL = FCW;
const OPERAND = TEMP;

/** Pushes TEMP, quieting a signaling NaN; `pending` is DE where the value was denormal in memory. */
function pushTemp(m: Int32Array, pending: number): void {
  if (!isEmpty(m, -1)) {
    overflow(m);
    return;
  }
  const flags = pending | quiet(m, OPERAND, m[CONTROL]);
  settle(m, flags);
  // An unmasked denormal is loaded all the same; only an invalid one is not.
  if ((flags & IE & ~m[CONTROL]) !== 0) return;
  copy(m, st(m, -1), OPERAND);
  push(m);
}

/** FLD m32fp. */
export function fldSingle(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  pushTemp(m, readSingle(cpu, insn));
}

/** FLD m64fp. */
export function fldDouble(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  pushTemp(m, readDouble(cpu, insn));
}

/** FLD m80fp: any bits, no arithmetic exception. */
export function fldExtended(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readTen(cpu, insn, m, OPERAND);
  if (!isEmpty(m, -1)) {
    overflow(m);
    return;
  }
  copy(m, st(m, -1), OPERAND);
  push(m);
  settle(m, 0);
}

/** FLD ST(i). */
export function fldRegister(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, insn.rm)) {
    if (underflow(m, -1)) turn(m, -1);
    return;
  }
  if (!isEmpty(m, -1)) {
    overflow(m);
    return;
  }
  copy(m, st(m, -1), st(m, insn.rm));
  push(m);
  settle(m, 0);
}

/** The exceptions that, unmasked, keep a store from writing memory. */
const NO_STORE = IE | OE | UE;

function storeSingleTop(cpu: Cpu, insn: Insn): boolean {
  const m = wait(cpu);
  let flags: number;
  if (isEmpty(m, 0)) {
    flags = IE | SF;
    stored[0] = 0xffc00000;
  } else {
    flags = storeSingle(m, st(m, 0), m[CONTROL]);
  }
  const writes = (flags & ~m[CONTROL] & NO_STORE) === 0;
  if (writes) writeWord(cpu, insn, 4, stored[0]);
  else writeNothing(cpu, insn, 4);
  settle(m, flags);
  return writes;
}

function storeDoubleTop(cpu: Cpu, insn: Insn): boolean {
  const m = wait(cpu);
  let flags: number;
  if (isEmpty(m, 0)) {
    flags = IE | SF;
    stored[0] = 0;
    stored[1] = 0xfff80000;
  } else {
    flags = storeDouble(m, st(m, 0), m[CONTROL]);
  }
  const writes = (flags & ~m[CONTROL] & NO_STORE) === 0;
  if (writes) writePair(cpu, insn, stored[1], stored[0]);
  else writeNothing(cpu, insn, 8);
  settle(m, flags);
  return writes;
}

/** FST m32fp. */
export function fstSingle(cpu: Cpu, insn: Insn): void {
  storeSingleTop(cpu, insn);
}

/** FSTP m32fp. */
export function fstpSingle(cpu: Cpu, insn: Insn): void {
  if (storeSingleTop(cpu, insn)) pop(cpu.s);
}

/** FST m64fp. */
export function fstDouble(cpu: Cpu, insn: Insn): void {
  storeDoubleTop(cpu, insn);
}

/** FSTP m64fp. */
export function fstpDouble(cpu: Cpu, insn: Insn): void {
  if (storeDoubleTop(cpu, insn)) pop(cpu.s);
}

/** FSTP m80fp: the bits as they are. */
export function fstpExtended(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  let flags = 0;
  let from = st(m, 0);
  if (isEmpty(m, 0)) {
    flags = IE | SF;
    from = OPERAND;
    putIndefinite(m, OPERAND);
  }
  if ((flags & ~m[CONTROL] & IE) === 0) {
    writeTen(cpu, insn, m[from], m[from + 1], m[from + 2]);
    pop(m);
  } else writeNothing(cpu, insn, 10);
  settle(m, flags);
}

function storeRegister(cpu: Cpu, insn: Insn): boolean {
  const m = wait(cpu);
  note(cpu, insn);
  if (isEmpty(m, 0)) return underflow(m, insn.rm);
  copy(m, st(m, insn.rm), st(m, 0));
  fill(m, insn.rm);
  return settle(m, 0);
}

/** FST ST(i). */
export function fstRegister(cpu: Cpu, insn: Insn): void {
  storeRegister(cpu, insn);
}

/** FSTP ST(i). */
export function fstpRegister(cpu: Cpu, insn: Insn): void {
  if (storeRegister(cpu, insn)) pop(cpu.s);
}

/** FSTP1: FSTP ST(i) that only pops where ST(0) is empty (not in the SDM). */
export function fstp1(cpu: Cpu, insn: Insn): void {
  if (!isEmpty(cpu.s, 0)) {
    fstpRegister(cpu, insn);
    return;
  }
  const m = wait(cpu);
  note(cpu, insn);
  settle(m, 0);
  pop(m);
}

/** FXCH ST(i): an empty register counts as the QNaN indefinite where the underflow is masked. */
export function fxch(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  const emptyTop = isEmpty(m, 0);
  const emptyOther = isEmpty(m, insn.rm);
  if (!settle(m, emptyTop || emptyOther ? IE | SF : 0)) return;
  const top = st(m, 0);
  const other = st(m, insn.rm);
  if (emptyTop) putIndefinite(m, top);
  if (emptyOther) putIndefinite(m, other);
  fill(m, 0);
  fill(m, insn.rm);
  copy(m, OPERAND, top);
  copy(m, top, other);
  copy(m, other, OPERAND);
}

/** Conditions of FCMOVcc as Jcc has them, by ModRM.reg: B, E, BE, U. */
const CONDITIONS = [2, 4, 6, 10];

/** FCMOVcc ST(0), ST(i): DA for the conditions, DB for their opposites. C1 stays where nothing underflows. */
export function fcmov(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  const i = insn.rm;
  if (isEmpty(m, 0) || isEmpty(m, i)) {
    underflow(m, 0);
    return;
  }
  if (condition(m, CONDITIONS[insn.reg & 3] | (insn.opcode & 1))) copy(m, st(m, 0), st(m, i));
}

/** FFREE ST(i). */
export function ffree(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  free(m, insn.rm);
  settle(m, 0);
}

/** FFREEP ST(i): frees, then pops (not in the SDM; every processor does it). */
export function ffreep(cpu: Cpu, insn: Insn): void {
  ffree(cpu, insn);
  pop(cpu.s);
}

/** FINCSTP. */
export function fincstp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  turn(m, 1);
  settle(m, 0);
}

/** FDECSTP. */
export function fdecstp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  turn(m, -1);
  settle(m, 0);
}

/** FNOP: changes nothing but the instruction pointer of the FPU. */
export function fnop(cpu: Cpu, insn: Insn): void {
  wait(cpu);
  note(cpu, insn);
}
