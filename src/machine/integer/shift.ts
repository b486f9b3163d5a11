/**
 * Shifts and rotates. A count (already taken modulo 32) of 0 changes neither operand nor flags. Where the SDM leaves
 * OF undefined (count above 1) it gets the formula of count 1, as Intel's and AMD's processors do.
 */
import { setLogic } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { ECX, FCAR } from '../state.ts';
import type { Binary } from './alu.ts';
import { cut, getRegister, setRegister, signed, write } from './operands.ts';

/** Sets CF and OF (0 or 1), keeping the rest. */
function setCarryAndOverflow(s: Int32Array, carry: number, overflow: number): void {
  s[FCAR] = (s[FCAR] & 0x3fffffff) | (carry << 31) | ((carry ^ overflow) << 30);
}

/** Sets the flags of a shift's result. */
function shifted(s: Int32Array, r: number, size: number, carry: number, overflow: number): number {
  setLogic(s, r, size);
  setCarryAndOverflow(s, carry, overflow);
  return r;
}

/** Bit `n` of `value`. */
function bit(value: number, n: number): number {
  return (value >>> n) & 1;
}

export const shl: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const bits = size << 3;
  const carry = count > bits ? 0 : bit(a, bits - count);
  const r = a << count;
  return shifted(s, r, size, carry, carry ^ bit(r, bits - 1));
};

export const shr: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const from = cut(a, size);
  const r = from >>> count;
  const top = (size << 3) - 1;
  // For count 1 this is the sign of the operand: the sign of the result is 0.
  return shifted(s, r, size, bit(from, count - 1), bit(r, top) ^ bit(r, top - 1));
};

export const sar: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const from = signed(a, size);
  return shifted(s, from >> count, size, (from >> (count - 1)) & 1, 0);
};

export const rol: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const bits = size << 3;
  const from = cut(a, size);
  const by = count & (bits - 1);
  const r = by === 0 ? from : (from << by) | (from >>> (bits - by));
  setCarryAndOverflow(s, r & 1, bit(r, bits - 1) ^ (r & 1));
  return r;
};

export const ror: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const bits = size << 3;
  const from = cut(a, size);
  const by = count & (bits - 1);
  const r = by === 0 ? from : (from >>> by) | (from << (bits - by));
  const carry = bit(r, bits - 1);
  setCarryAndOverflow(s, carry, carry ^ bit(r, bits - 2));
  return r;
};

/** Rotates one bit at a time: CF takes part, and 33 bits do not fit a number's bit operations. */
export const rcl: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const top = (size << 3) - 1;
  let r = a;
  let carry = s[FCAR] >>> 31;
  for (let i = count % (top + 2); i > 0; i--) {
    const out = bit(r, top);
    r = (r << 1) | carry;
    carry = out;
  }
  setCarryAndOverflow(s, carry, carry ^ bit(r, top));
  return r;
};

export const rcr: Binary = (s, a, count, size) => {
  if (count === 0) return a;
  const top = (size << 3) - 1;
  let r = cut(a, size);
  let carry = s[FCAR] >>> 31;
  for (let i = count % (top + 2); i > 0; i--) {
    const out = r & 1;
    r = (r >>> 1) | (carry << top);
    carry = out;
  }
  setCarryAndOverflow(s, carry, bit(r, top) ^ bit(r, top - 1));
  return r;
};

/** E shifted by the immediate. */
export function byImmediate(op: Binary): Run {
  return (cpu, insn) => shiftE(cpu, insn, op, insn.imm & 31);
}

/** E shifted by one. */
export function byOne(op: Binary): Run {
  return (cpu, insn) => shiftE(cpu, insn, op, 1);
}

/** E shifted by CL. */
export function byCL(op: Binary): Run {
  return (cpu, insn) => shiftE(cpu, insn, op, cpu.s[ECX] & 31);
}

function shiftE(...[cpu, insn, op, count]: [...Parameters<Run>, Binary, number]): void {
  const size = insn.size;
  if (insn.mem) {
    const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
    write(cpu, linear, op(cpu.s, cpu.readBack(linear, size), count, size), size);
  } else {
    setRegister(cpu, insn.rm, op(cpu.s, getRegister(cpu, insn.rm, size), count, size), size);
  }
}

/** What SHLD and SHRD do: `a` shifted by `count` (1..31), filled from `b`. */
type DoubleShift = (s: Int32Array, a: number, b: number, count: number, size: number) => number;

export const shld: DoubleShift = (s, a, b, count, size) => {
  let r: number;
  let carry: number;
  if (size === 4) {
    r = (a << count) | (b >>> (32 - count));
    carry = bit(a, 32 - count);
  } else {
    // Beyond 16 the result is undefined; processors rotate a:b:a.
    const pair = (a << 16) | (b & 0xffff);
    r = (pair << count) | (((a & 0xffff) >>> 0) >>> (32 - count));
    r >>>= 16;
    if (count > 16) r = ((b << (count - 16)) | ((a & 0xffff) >>> (32 - count))) & 0xffff;
    carry = count > 16 ? bit(b, 32 - count) : bit(a, 16 - count);
  }
  return shifted(s, r, size, carry, bit(r, (size << 3) - 1) ^ bit(a, (size << 3) - 1));
};

export const shrd: DoubleShift = (s, a, b, count, size) => {
  let r: number;
  let carry: number;
  if (size === 4) {
    r = (a >>> count) | (b << (32 - count));
    carry = bit(a, count - 1);
  } else {
    const pair = (b << 16) | (a & 0xffff);
    r = pair >>> count;
    if (count > 16) r |= a << (32 - count);
    r &= 0xffff;
    carry = bit(pair, count - 1);
  }
  return shifted(s, r, size, carry, bit(r, (size << 3) - 1) ^ bit(a, (size << 3) - 1));
};

/** E double-shifted from G by the immediate, or by CL. */
export function doubleShift(op: DoubleShift, byCL: boolean): Run {
  return (cpu, insn) => {
    const size = insn.size;
    const count = (byCL ? cpu.s[ECX] : insn.imm) & 31;
    const b = getRegister(cpu, insn.reg, size);
    if (insn.mem) {
      const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
      if (count !== 0) write(cpu, linear, op(cpu.s, cpu.readBack(linear, size), b, count, size), size);
    } else if (count !== 0) {
      setRegister(cpu, insn.rm, op(cpu.s, getRegister(cpu, insn.rm, size), b, count, size), size);
    }
  };
}
