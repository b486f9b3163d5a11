/**
 * The everyday case of addition and multiplication in one function each: normal operands, a normal result, 64 bits,
 * round to nearest. Anything else is -1 and goes the general way (add.ts, multiply.ts), which knows every case.
 *
 * There is no branch on significands or signs where it can be helped: such branches are as good as random.
 */
import { BIAS, EXPONENT, J, PE, SIGN } from './extended.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const ONE = BIAS;
const EXPONENT_BITS = EXPONENT;
const INTEGER_BIT = J;
const INEXACT = PE;
const SIGN_BIT = SIGN;

const UNIT = 1 / 0x100000000;

/** The high 32 bits of the unsigned product of two words. */
export function highProduct(a: number, b: number): number {
  // The rounded product is wrong by at most 2^10; without its exact low word it is a multiple of 2^32 within 2^-21.
  return (((a >>> 0) * (b >>> 0) - (Math.imul(a, b) >>> 0)) * UNIT + 0.5) >>> 0;
}

/** Rounds a normalized significand to nearest even and writes it; -1 where the exponent is not an everyday one. */
function roundEveryday(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  high: number,
  low: number,
  extra: number,
): number {
  if (exponent <= 0 || exponent >= EXPONENT_BITS - 1) return -1;
  // Up for more than a half, or a half and odd.
  const below = extra << 1;
  const up = (extra >>> 31) & (((below | -below) >>> 31) | low);
  low = (low + up) | 0;
  if (low === 0 && up !== 0) {
    high = (high + 1) | 0;
    if (high === 0) {
      high = INTEGER_BIT;
      exponent++;
    }
  }
  f[d] = low;
  f[d + 1] = high;
  f[d + 2] = sign | exponent;
  return extra === 0 ? 0 : INEXACT | (up << 9);
}

/** Slot `d` = slot `a` + slot `b`, the sign of `b` changed where `flip` is 0x8000; returns PE and C1, or -1. */
export function addEveryday(f: Int32Array, d: number, a: number, b: number, flip: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2] ^ flip;
  let highA = f[a + 1];
  let highB = f[b + 1];
  let exponent = seA & EXPONENT_BITS;
  const expB = seB & EXPONENT_BITS;
  // J set and an exponent of neither 0 nor 0x7fff: both are normal.
  if ((highA & highB) >= 0 || ((exponent + 1) & EXPONENT_BITS) <= 1 || ((expB + 1) & EXPONENT_BITS) <= 1) return -1;
  let lowA = f[a];
  let lowB = f[b];
  let sign = seA & SIGN_BIT;
  let shift = exponent - expB;
  if (shift < 0) {
    const high = highA;
    const low = lowA;
    highA = highB;
    lowA = lowB;
    highB = high;
    lowB = low;
    exponent = expB;
    sign = seB & SIGN_BIT;
    shift = -shift;
  }
  let extra = 0;
  // Shifts in two steps, because a shift by 32 is one by 0.
  if (shift < 32) {
    extra = (lowB << 1) << (31 - shift);
    lowB = ((highB << 1) << (31 - shift)) | (lowB >>> shift);
    highB >>>= shift;
  } else {
    if (shift >= 64) return -1;
    shift -= 32;
    const lost = (lowB << 1) << (31 - shift);
    extra = ((highB << 1) << (31 - shift)) | (lowB >>> shift) | ((lost | -lost) >>> 31);
    lowB = highB >>> shift;
    highB = 0;
  }
  if (((seA ^ seB) & SIGN_BIT) === 0) {
    const sumLow = (lowA + lowB) | 0;
    const carryLow = ((lowA & lowB) | ((lowA | lowB) & ~sumLow)) >>> 31;
    const sum = (highA + highB + carryLow) | 0;
    const carry = ((highA & highB) | ((highA | highB) & ~sum)) >>> 31;
    extra = (extra >>> carry) | (extra & carry) | ((sumLow & carry) << 31);
    const low = (sumLow >>> carry) | ((sum & carry) << 31);
    return roundEveryday(f, d, sign, exponent + carry, (sum >>> carry) | (carry << 31), low, extra);
  }
  const borrow = (extra | -extra) >>> 31;
  extra = -extra | 0;
  let low = (lowA - lowB - borrow) | 0;
  const borrowLow = ((~lowA & lowB) | ((~lowA | lowB) & low)) >>> 31;
  let high = (highA - highB - borrowLow) | 0;
  if (((~highA & highB) | ((~highA | highB) & high)) < 0) {
    // Equal exponents and the second is larger; nothing was shifted out.
    low = -low | 0;
    high = (low === 0 ? -high : ~high) | 0;
    sign ^= SIGN_BIT;
  }
  if (high === 0) return -1;
  const up = Math.clz32(high);
  high = (high << up) | ((low >>> 1) >>> (31 - up));
  low = (low << up) | ((extra >>> 1) >>> (31 - up));
  return roundEveryday(f, d, sign, exponent - up, high, low, extra << up);
}

/** Slot `d` = slot `a` * slot `b`; returns PE and C1, or -1. */
export function multiplyEveryday(f: Int32Array, d: number, a: number, b: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2];
  const expA = seA & EXPONENT_BITS;
  const expB = seB & EXPONENT_BITS;
  const highA = f[a + 1];
  const highB = f[b + 1];
  if ((highA & highB) >= 0 || ((expA + 1) & EXPONENT_BITS) <= 1 || ((expB + 1) & EXPONENT_BITS) <= 1) return -1;
  const lowA = f[a];
  const lowB = f[b];
  // Four products of words, added by columns in doubles (every sum is below 2^35).
  const p0 = Math.imul(lowA, lowB);
  const column1 = highProduct(lowA, lowB) + (Math.imul(lowA, highB) >>> 0) + (Math.imul(highA, lowB) >>> 0);
  const carry1 = (column1 * UNIT) >>> 0;
  const column2 = highProduct(lowA, highB) + highProduct(highA, lowB) + (Math.imul(highA, highB) >>> 0) + carry1;
  const carry2 = (column2 * UNIT) >>> 0;
  const p1 = column1 | 0;
  const p2 = column2 | 0;
  const p3 = (highProduct(highA, highB) + carry2) | 0;
  // The product is in [1, 4): left by one where its first bit is 0.
  const shift = ~p3 >>> 31;
  const high = (p3 << shift) | ((p2 >>> 31) & shift);
  const low = (p2 << shift) | ((p1 >>> 31) & shift);
  const extra = (p1 << shift) | ((p0 | -p0) >>> 31);
  return roundEveryday(f, d, (seA ^ seB) & SIGN_BIT, expA + expB - ONE + 1 - shift, high, low, extra);
}
