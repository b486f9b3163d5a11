/** MUL, IMUL, DIV, IDIV. */
import type { Cpu } from '../cpu.ts';
import { DE } from '../fault.ts';
import { setLogic } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { EAX, EDX, FCAR } from '../state.ts';
import { cut, getE, getRegister, setRegister, signed } from './operands.ts';

/** High 32 bits of the unsigned product. */
export function highUnsigned(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle & 0xffff);
  return (ah * bh + (middle >>> 16) + (other >>> 16)) | 0;
}

/** High 32 bits of the signed product. */
export function highSigned(a: number, b: number): number {
  return (highUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/** CF = OF = whether the product did not fit; SF, PF (undefined) from its low half, ZF and AF (undefined) clear. */
function setProductFlags(s: Int32Array, low: number, size: number, overflow: boolean): void {
  setLogic(s, low, size);
  if (overflow) s[FCAR] = 0x80000000 | 0;
}

/** Stores a product: AX for bytes, DX:AX or EDX:EAX otherwise. */
function setProduct(cpu: Cpu, low: number, high: number, size: number): void {
  if (size === 1) {
    cpu.setReg16(EAX, low);
  } else {
    setRegister(cpu, EAX, low, size);
    setRegister(cpu, EDX, high, size);
  }
}

export const mulE: Run = (cpu, insn) => {
  const size = insn.size;
  const a = getRegister(cpu, EAX, size);
  const b = getE(cpu, insn, size);
  const low = Math.imul(a, b);
  const high = size === 4 ? highUnsigned(a, b) : low >>> (size << 3);
  setProduct(cpu, low, high, size);
  setProductFlags(cpu.s, low, size, high !== 0);
};

/** The high part of a signed product of `size` bytes. */
function signedHigh(a: number, b: number, low: number, size: number): number {
  return size === 4 ? highSigned(a, b) : low >> (size << 3);
}

/** Whether the signed product needs more than `size` bytes. */
function overflows(high: number, low: number, size: number): boolean {
  return high !== signed(low, size) >> 31;
}

export const imulE: Run = (cpu, insn) => {
  const size = insn.size;
  const a = signed(getRegister(cpu, EAX, size), size);
  const b = signed(getE(cpu, insn, size), size);
  const low = Math.imul(a, b);
  const high = signedHigh(a, b, low, size);
  setProduct(cpu, low, high, size);
  setProductFlags(cpu.s, low, size, overflows(high, low, size));
};

function imulTo(cpu: Cpu, n: number, a: number, b: number, size: number): void {
  const low = Math.imul(a, b);
  setRegister(cpu, n, low, size);
  setProductFlags(cpu.s, low, size, overflows(signedHigh(a, b, low, size), low, size));
}

/** G = G * E. */
export const imulGE: Run = (cpu, insn) => {
  const size = insn.size;
  const b = signed(getE(cpu, insn, size), size);
  imulTo(cpu, insn.reg, signed(getRegister(cpu, insn.reg, size), size), b, size);
};

/** G = E * immediate. */
export const imulGEI: Run = (cpu, insn) => {
  const size = insn.size;
  imulTo(cpu, insn.reg, signed(getE(cpu, insn, size), size), signed(insn.imm, size), size);
};

/** The dividend below 2^32 of the byte and word forms: AX, or DX:AX; as a signed 32-bit number. */
function shortDividend(cpu: Cpu, size: number): number {
  return size === 1 ? cpu.reg16(EAX) : cpu.reg16(EAX) | (cpu.s[EDX] << 16);
}

/** Stores quotient and remainder: AL and AH, or (E)AX and (E)DX. */
function setQuotient(cpu: Cpu, quotient: number, remainder: number, size: number): void {
  if (size === 1) {
    cpu.setReg16(EAX, (quotient & 0xff) | ((remainder & 0xff) << 8));
  } else {
    setRegister(cpu, EAX, quotient, size);
    setRegister(cpu, EDX, remainder, size);
  }
}

/** Below 2^53 a dividend is exact as a number, and so are its quotient and remainder by a divisor below 2^32. */
const EXACT_HIGH = 1 << 20;

/**
 * Divides the unsigned 64-bit high:low by `divisor` (all 0..2^32-1). The caller has seen to it that the quotient is
 * below 2^32; the remainder goes to `division.remainder`.
 */
function divide64(high: number, low: number, divisor: number): number {
  if (high < EXACT_HIGH) {
    const dividend = high * 0x100000000 + low;
    division.remainder = dividend % divisor;
    return (dividend - division.remainder) / divisor;
  }
  const dividend = (BigInt(high) << 32n) | BigInt(low);
  division.remainder = Number(dividend % BigInt(divisor));
  return Number(dividend / BigInt(divisor));
}

/** The second result of `divide64`, kept here so that dividing allocates nothing. */
const division = { remainder: 0 };

export const divE: Run = (cpu, insn) => {
  const size = insn.size;
  const divisor = getE(cpu, insn, size) >>> 0;
  if (divisor === 0) cpu.fault(DE);
  if (size === 4) {
    const high = cpu.s[EDX] >>> 0;
    if (high >= divisor) cpu.fault(DE);
    const quotient = divide64(high, cpu.s[EAX] >>> 0, divisor);
    setQuotient(cpu, quotient, division.remainder, 4);
    return;
  }
  const dividend = shortDividend(cpu, size) >>> 0;
  const quotient = Math.floor(dividend / divisor);
  if (quotient !== cut(quotient, size)) cpu.fault(DE);
  setQuotient(cpu, quotient, dividend % divisor, size);
};

export const idivE: Run = (cpu, insn) => {
  const size = insn.size;
  const divisor = signed(getE(cpu, insn, size), size);
  if (divisor === 0) cpu.fault(DE);
  if (size === 4) {
    idiv32(cpu, divisor);
    return;
  }
  const dividend = size === 1 ? signed(shortDividend(cpu, 1), 2) : shortDividend(cpu, 2);
  const quotient = Math.trunc(dividend / divisor);
  if (quotient !== signed(quotient, size)) cpu.fault(DE);
  setQuotient(cpu, quotient, dividend % divisor, size);
};

/** Divides magnitudes and puts the signs back: the remainder has the dividend's. */
function idiv32(cpu: Cpu, divisor: number): void {
  const { s } = cpu;
  const negative = s[EDX] < 0;
  const low = negative ? -s[EAX] >>> 0 : s[EAX] >>> 0;
  const high = negative ? (~s[EDX] + (low === 0 ? 1 : 0)) >>> 0 : s[EDX];
  const magnitude = Math.abs(divisor);
  if (high >= magnitude) cpu.fault(DE);
  const quotient = divide64(high, low, magnitude);
  const opposite = negative !== divisor < 0;
  if (quotient > (opposite ? 0x80000000 : 0x7fffffff)) cpu.fault(DE);
  setQuotient(cpu, opposite ? -quotient : quotient, negative ? -division.remainder : division.remainder, 4);
}
