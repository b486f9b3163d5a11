/** FILD, FIST, FISTP, FBLD, FBSTP. SDM volume 2. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { FCW } from '../state.ts';
import { loadDecimal, packed, storeDecimal } from './decimal.ts';
import { copy, IE, J } from './extended.ts';
import { integer, storeInteger } from './integral.ts';
import { readInteger, readTen, wait, writeNothing, writePair, writeTen, writeWord } from './operand.ts';
import { isEmpty, overflow, pop, push, SF, settle, st, TEMP } from './stack.ts';

function pushTemp(m: Int32Array): void {
  if (!isEmpty(m, -1)) {
    overflow(m);
    return;
  }
  copy(m, st(m, -1), TEMP);
  push(m);
  settle(m, 0);
}

/** FILD m16int. */
export function fild16(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 2);
  pushTemp(m);
}

/** FILD m32int. */
export function fild32(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 4);
  pushTemp(m);
}

/** FILD m64int. */
export function fild64(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readInteger(cpu, insn, 8);
  pushTemp(m);
}

/** FBLD m80bcd. */
export function fbld(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  readTen(cpu, insn, packed, 0);
  loadDecimal(m, TEMP);
  pushTemp(m);
}

/** Stores ST(0) as an integer of `size` bytes; returns true where it was stored. */
function storeTop(cpu: Cpu, insn: Insn, size: number): boolean {
  const m = wait(cpu);
  let flags: number;
  if (isEmpty(m, 0)) {
    flags = IE | SF;
    integer[0] = size === 2 ? 0x8000 : size === 4 ? J : 0;
    integer[1] = J;
  } else {
    flags = storeInteger(m, st(m, 0), size, m[FCW]);
  }
  const writes = (flags & ~m[FCW] & IE) === 0;
  if (writes) {
    if (size === 8) writePair(cpu, insn, integer[1], integer[0]);
    else writeWord(cpu, insn, size, integer[0]);
  } else writeNothing(cpu, insn, size);
  settle(m, flags);
  return writes;
}

/** FIST m16int. */
export function fist16(cpu: Cpu, insn: Insn): void {
  storeTop(cpu, insn, 2);
}

/** FISTP m16int. */
export function fistp16(cpu: Cpu, insn: Insn): void {
  if (storeTop(cpu, insn, 2)) pop(cpu.s);
}

/** FIST m32int. */
export function fist32(cpu: Cpu, insn: Insn): void {
  storeTop(cpu, insn, 4);
}

/** FISTP m32int. */
export function fistp32(cpu: Cpu, insn: Insn): void {
  if (storeTop(cpu, insn, 4)) pop(cpu.s);
}

/** FISTP m64int. */
export function fistp64(cpu: Cpu, insn: Insn): void {
  if (storeTop(cpu, insn, 8)) pop(cpu.s);
}

/** FBSTP m80bcd. */
export function fbstp(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  let flags: number;
  if (isEmpty(m, 0)) {
    flags = IE | SF;
    packed[0] = 0;
    packed[1] = 0xc0000000;
    packed[2] = 0xffff;
  } else {
    flags = storeDecimal(m, st(m, 0), m[FCW]);
  }
  if ((flags & ~m[FCW] & IE) === 0) {
    writeTen(cpu, insn, packed[0], packed[1], packed[2]);
    pop(m);
  } else writeNothing(cpu, insn, 10);
  settle(m, flags);
}
