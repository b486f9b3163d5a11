/**
 * The register stack and the status word: what every x87 instruction does around its arithmetic.
 *
 * Functions take the machine's words `m` (state.ts): R0..R7 at X87, FSW with TOP in bits 13..11, FTW with two bits per
 * physical register, of which only 3 (empty) matters; FNSTENV finds the other tags from the contents.
 */
import { FCW, FSW, FTW, X87 } from '../state.ts';
import { C1, DE, EXPONENT, IE, J, put, QUIET, SIGN, ZE } from './extended.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const CONTROL = FCW;
const STATUS = FSW;
const TAGS = FTW;
const REGISTERS = X87;
const ROUNDED_UP = C1;

/** Word offsets of two slots between the x87 control words and XMM0, for operands from memory and results on the way. */
export const TEMP = 0xa8;
export const TEMP2 = 0xac;

/** Stack fault, exception summary and busy in the status word. */
export const SF = 0x0040;
export const ES = 0x0080;
export const BUSY = 0x8000;

const TOP_MASK = 0x3800;
const EXCEPTIONS = 0x3f;
/** The exceptions that come before the computation: unmasked, they leave operands and stack unchanged. */
const BEFORE = IE | DE | ZE;

/** The slot of ST(i). */
export function st(m: Int32Array, i: number): number {
  return REGISTERS + ((((m[STATUS] >>> 11) + i) & 7) << 2);
}

/** Whether ST(i) is empty; `i` may be -1 for the register that a push would take. */
export function isEmpty(m: Int32Array, i: number): boolean {
  const shift = (((m[STATUS] >>> 11) + i) & 7) << 1;
  return ((m[TAGS] >>> shift) & 3) === 3;
}

/** Marks ST(i) as in use. */
export function fill(m: Int32Array, i: number): void {
  m[TAGS] &= ~(3 << ((((m[STATUS] >>> 11) + i) & 7) << 1));
}

/** Marks ST(i) as empty. */
export function free(m: Int32Array, i: number): void {
  m[TAGS] |= 3 << ((((m[STATUS] >>> 11) + i) & 7) << 1);
}

/** Adds `count` to TOP modulo 8. */
export function turn(m: Int32Array, count: number): void {
  const sw = m[STATUS];
  m[STATUS] = (sw & ~TOP_MASK) | ((sw + (count << 11)) & TOP_MASK);
}

/** Empties ST(0) and increments TOP. */
export function pop(m: Int32Array): void {
  free(m, 0);
  turn(m, 1);
}

/** Decrements TOP and marks the new ST(0) as in use; the caller has written its slot, `st(m, -1)`. */
export function push(m: Int32Array): void {
  turn(m, -1);
  fill(m, 0);
}

/**
 * Ends an instruction: exception flags and condition bits of `flags` go to the status word, C1 to what `flags` says.
 * Returns true where the result counts (no unmasked IE, DE or ZE), so that a pop may follow.
 */
export function settle(m: Int32Array, flags: number): boolean {
  const sw = (m[STATUS] & ~ROUNDED_UP) | flags;
  const unmasked = flags & ~m[CONTROL] & EXCEPTIONS;
  if (unmasked === 0) {
    m[STATUS] = sw;
    return true;
  }
  m[STATUS] = sw | ES | BUSY;
  return (unmasked & BEFORE) === 0;
}

/** Writes the QNaN indefinite to slot `d`. */
export function putIndefinite(m: Int32Array, d: number): void {
  put(m, d, SIGN | EXPONENT, J | QUIET, 0);
}

/**
 * Answers a stack underflow: IE and SF, C1 clear; masked, ST(i) becomes the QNaN indefinite. Returns true where masked.
 * SDM volume 1, 8.5.1.1.
 */
export function underflow(m: Int32Array, i: number): boolean {
  if (!settle(m, IE | SF)) return false;
  putIndefinite(m, st(m, i));
  fill(m, i);
  return true;
}

/** Answers a stack overflow of a push: IE, SF and C1; masked, the QNaN indefinite is pushed. Returns true where masked. */
export function overflow(m: Int32Array): boolean {
  if (!settle(m, IE | SF | ROUNDED_UP)) return false;
  putIndefinite(m, st(m, -1));
  push(m);
  return true;
}
