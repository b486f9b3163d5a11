import {
  C0,
  C1,
  C2,
  C3,
  classOf,
  DE,
  DENORMAL,
  INFINITE,
  invalid,
  normalize,
  PC_EXTENDED,
  put,
  SIGN,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

/** What `reduce` leaves: rest high, rest low, and the last bits of the quotient. */
const reduced = new Int32Array(3);

/** Quotient modulo 8 as condition bits: Q2 in C0, Q1 in C3, Q0 in C1. */
const QUOTIENT_BITS = [0, C1, C3, C3 | C1, C0, C0 | C1, C0 | C3, C0 | C3 | C1];

/**
 * Slot `d` = partial remainder of slot `a` by slot `b`; the quotient is truncated, or rounded to nearest where
 * `nearest` is 1 (FPREM1). Returns exception flags, C2 where the reduction is not complete, else the quotient's last
 * three bits in C0, C3, C1; writes nothing where an unmasked IE or DE is among them. SDM volume 2, FPREM.
 */
export function remainder(f: Int32Array, d: number, a: number, b: number, nearest: number, control: number): number {
  if (isNaNClass(f, a) || isNaNClass(f, b)) return answerNaN(f, d, a, b, control);
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  if (classA === INFINITE || classB === ZERO) return invalid(f, d, control);
  const flags = classA === DENORMAL || classB === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  const sign = f[a + 2] & SIGN;
  if (classA === ZERO) {
    put(f, d, sign, 0, 0);
    return flags;
  }
  unpack(f, a);
  const highA = unpacked[0];
  const lowA = unpacked[1];
  const expA = unpacked[2];
  if (classB === INFINITE) return flags | roundPack(f, d, sign, expA, highA, lowA, 0, control | PC_EXTENDED);
  unpack(f, b);
  const expB = unpacked[2];
  const difference = expA - expB;
  if (difference < -nearest) return flags | roundPack(f, d, sign, expA, highA, lowA, 0, control | PC_EXTENDED);

  const highB = unpacked[0];
  const lowB = unpacked[1];
  if (difference >= 64) {
    // 32 to 63 quotient bits at a time, as many as make the rest of the difference a multiple of 32.
    const count = (difference & 31) | 32;
    reduce(highA, lowA, highB, lowB, count);
    return flags | C2 | finish(f, d, sign, expA - count, control);
  }
  if (difference < 0) return flags | nearestBelow(f, d, sign, expA, highA, lowA, highB, lowB, control);
  reduce(highA, lowA, highB, lowB, difference);
  let resultSign = sign;
  if (nearest !== 0 && aboveHalf(highB, lowB)) {
    resultSign ^= SIGN;
    const borrow = lowB >>> 0 < reduced[1] >>> 0 ? 1 : 0;
    reduced[1] = lowB - reduced[1];
    reduced[0] = highB - reduced[0] - borrow;
    reduced[2]++;
  }
  if ((reduced[0] | reduced[1]) === 0) resultSign = sign;
  return flags | QUOTIENT_BITS[reduced[2] & 7] | finish(f, d, resultSign, expB, control);
}

/** Divides A * 2^count by B, bit by bit, into `reduced`. */
function reduce(highA: number, lowA: number, highB: number, lowB: number, count: number): void {
  let high = highA;
  let low = lowA;
  let quotient = 0;
  let carry = 0;
  for (;;) {
    if (carry !== 0 || high >>> 0 > highB >>> 0 || (high === highB && low >>> 0 >= lowB >>> 0)) {
      const borrow = low >>> 0 < lowB >>> 0 ? 1 : 0;
      low = (low - lowB) | 0;
      high = (high - highB - borrow) | 0;
      quotient |= 1;
    }
    if (count-- === 0) break;
    carry = high >>> 31;
    high = (high << 1) | (low >>> 31);
    low <<= 1;
    quotient <<= 1;
  }
  reduced[0] = high;
  reduced[1] = low;
  reduced[2] = quotient & 7;
}

/** Whether the rest is above half the divisor, or at the half with an odd quotient. */
function aboveHalf(highB: number, lowB: number): boolean {
  if (reduced[0] < 0) return true;
  const high = (reduced[0] << 1) | (reduced[1] >>> 31);
  const low = reduced[1] << 1;
  if (high !== highB) return high >>> 0 > highB >>> 0;
  if (low !== lowB) return low >>> 0 > lowB >>> 0;
  return (reduced[2] & 1) !== 0;
}

/** FPREM1 where a is less than b but may be more than half of it: the quotient is 0 or 1. */
function nearestBelow(
  f: Int32Array,
  d: number,
  sign: number,
  expA: number,
  highA: number,
  lowA: number,
  highB: number,
  lowB: number,
  control: number,
): number {
  const more = highA !== highB ? highA >>> 0 > highB >>> 0 : lowA >>> 0 > lowB >>> 0;
  if (!more) return roundPack(f, d, sign, expA, highA, lowA, 0, control | PC_EXTENDED);
  // b - a in units of a's last bit: 2B - A, which is below 2^64 because A is above B.
  reduced[0] = (highB << 1) | (lowB >>> 31);
  reduced[1] = lowB << 1;
  const borrow = reduced[1] >>> 0 < lowA >>> 0 ? 1 : 0;
  reduced[1] -= lowA;
  reduced[0] -= highA + borrow;
  return C1 | finish(f, d, sign ^ SIGN, expA, control);
}

/** Normalizes the rest in `reduced` and writes it; zero has the dividend's sign. */
function finish(f: Int32Array, d: number, sign: number, exponent: number, control: number): number {
  if ((reduced[0] | reduced[1]) === 0) {
    put(f, d, sign, 0, 0);
    return 0;
  }
  normalize(reduced[0], reduced[1], exponent);
  return roundPack(f, d, sign, unpacked[2], unpacked[0], unpacked[1], 0, control | PC_EXTENDED);
}
