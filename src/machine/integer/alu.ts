/**
 * Arithmetic and logic with flags. Operands may have any bits above their size; results have meaning in their low
 * `size` bytes.
 */
import { setCarries, setCarry, setLogic } from '../flags.ts';
import { FCAR } from '../state.ts';

/** An operation on two operands of `size` bytes that sets the flags in `s` and gives the result. */
export type Binary = (s: Int32Array, a: number, b: number, size: number) => number;
/** The same on one operand. */
export type Unary = (s: Int32Array, a: number, size: number) => number;

export const add: Binary = (s, a, b, size) => {
  const r = (a + b) | 0;
  setCarries(s, r, (a & b) | ((a | b) & ~r), size);
  return r;
};

export const adc: Binary = (s, a, b, size) => {
  const r = (a + b + (s[FCAR] >>> 31)) | 0;
  setCarries(s, r, (a & b) | ((a | b) & ~r), size);
  return r;
};

export const sub: Binary = (s, a, b, size) => {
  const r = (a - b) | 0;
  setCarries(s, r, (~a & b) | ((~a | b) & r), size);
  return r;
};

export const sbb: Binary = (s, a, b, size) => {
  const r = (a - b - (s[FCAR] >>> 31)) | 0;
  setCarries(s, r, (~a & b) | ((~a | b) & r), size);
  return r;
};

export const and: Binary = (s, a, b, size) => {
  const r = a & b;
  setLogic(s, r, size);
  return r;
};

export const or: Binary = (s, a, b, size) => {
  const r = a | b;
  setLogic(s, r, size);
  return r;
};

export const xor: Binary = (s, a, b, size) => {
  const r = a ^ b;
  setLogic(s, r, size);
  return r;
};

/** INC keeps CF. */
export const inc: Unary = (s, a, size) => {
  const carry = s[FCAR] >>> 31;
  const r = add(s, a, 1, size);
  setCarry(s, carry);
  return r;
};

/** DEC keeps CF. */
export const dec: Unary = (s, a, size) => {
  const carry = s[FCAR] >>> 31;
  const r = sub(s, a, 1, size);
  setCarry(s, carry);
  return r;
};

export const neg: Unary = (s, a, size) => sub(s, 0, a, size);

/** NOT sets no flags. */
export const not: Unary = (_s, a, _size) => ~a;
