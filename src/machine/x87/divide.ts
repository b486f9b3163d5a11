import {
  BIAS,
  classOf,
  DE,
  EXPONENT,
  INFINITE,
  invalid,
  J,
  put,
  SIGN,
  unpack,
  unpacked,
  ZE,
  ZERO,
} from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const ONE = BIAS;
const EXPONENT_BITS = EXPONENT;
const INTEGER_BIT = J;
const SIGN_BIT = SIGN;

const TWO32 = 0x100000000;
/** Quotient bits of one step: a digit times a word stays below 2^53. */
const DIGIT = 21;
const DIGIT_SCALE = 2 ** DIGIT;

/** What is left of the dividend: high and low word. */
const rest = new Int32Array(2);

/**
 * Slot `d` = slot `a` / slot `b`. `pending` is DE where an operand from memory was denormal, else 0.
 * Returns exception flags and C1; writes nothing where an unmasked IE, DE or ZE is among them. SDM volume 2, FDIV.
 */
export function divide(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2];
  const expA = seA & EXPONENT_BITS;
  const expB = seB & EXPONENT_BITS;
  const highA = f[a + 1];
  const highB = f[b + 1];
  // J set and an exponent of neither 0 nor 0x7fff: both are normal.
  const normal = (highA & highB) < 0 && ((expA + 1) & EXPONENT_BITS) > 1 && ((expB + 1) & EXPONENT_BITS) > 1;
  if (!normal || (pending & ~control) !== 0) return divideGeneral(f, d, a, b, control, pending);
  const sign = (seA ^ seB) & SIGN_BIT;
  return pending | divideNormal(f, d, sign, expA - expB + ONE, highA, f[a], highB, f[b], control);
}

function divideGeneral(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
  if (isNaNClass(f, a) || isNaNClass(f, b)) return answerNaN(f, d, a, b, control);
  const sign = (f[a + 2] ^ f[b + 2]) & SIGN;
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  if (classA === classB && (classA === ZERO || classA === INFINITE)) return invalid(f, d, control);
  if (classB === ZERO && classA !== INFINITE) {
    if ((control & ZE) !== 0) put(f, d, sign | EXPONENT, J, 0);
    return ZE;
  }

  let flags = pending;
  if (classA !== ZERO) flags |= unpack(f, a);
  const highA = unpacked[0];
  const lowA = unpacked[1];
  const expA = unpacked[2];
  if (classB !== ZERO) flags |= unpack(f, b);
  if ((flags & DE & ~control) !== 0) return flags;
  if (classA === INFINITE) {
    put(f, d, sign | EXPONENT, J, 0);
    return flags;
  }
  if (classA === ZERO || classB === INFINITE) {
    put(f, d, sign, 0, 0);
    return flags;
  }
  const exponent = expA - unpacked[2] + BIAS;
  return flags | divideNormal(f, d, sign, exponent, highA, lowA, unpacked[0], unpacked[1], control);
}

function divideNormal(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  highA: number,
  lowA: number,
  highB: number,
  lowB: number,
  control: number,
): number {
  // Make the quotient lie in [1, 2): its first bit is 1 and the rest of the dividend is A - B, or 2A - B.
  const below = less(highA, lowA, highB, lowB);
  if (below) {
    exponent--;
    highA = (highA << 1) | (lowA >>> 31);
    lowA <<= 1;
  }
  rest[0] = (highA - highB - (lowA >>> 0 < lowB >>> 0 ? 1 : 0)) | 0;
  rest[1] = (lowA - lowB) | 0;
  const scale = DIGIT_SCALE / ((highB >>> 0) * TWO32 + (lowB >>> 0));
  const q2 = nextDigit(highB, lowB, scale);
  const q1 = nextDigit(highB, lowB, scale);
  const q0 = nextDigit(highB, lowB, scale);
  const high = INTEGER_BIT | (q2 << 10) | (q1 >>> 11);
  const low = (q1 << 21) | q0;
  return roundPack(f, d, sign, exponent, high, low, remainderBits(highB, lowB), control);
}

/** Takes the next 21 quotient bits from `rest` (which is below the divisor) and leaves the new rest. */
function nextDigit(highB: number, lowB: number, scale: number): number {
  let high = rest[0];
  let low = rest[1];
  let digit = Math.floor(((high >>> 0) * TWO32 + (low >>> 0)) * scale);
  // rest * 2^21 - digit * B as three words; the estimate is off by one at most.
  const productLow = digit * (lowB >>> 0);
  const productHigh = digit * (highB >>> 0) + Math.floor(productLow / TWO32);
  const w0 = low << DIGIT;
  const w1 = (high << DIGIT) | (low >>> (32 - DIGIT));
  const w2 = high >>> (32 - DIGIT);
  const s0 = productLow | 0;
  const s1 = productHigh | 0;
  const s2 = Math.floor(productHigh / TWO32) | 0;
  low = (w0 - s0) | 0;
  const borrow0 = w0 >>> 0 < s0 >>> 0 ? 1 : 0;
  const middle = (w1 >>> 0) - (s1 >>> 0) - borrow0;
  high = middle | 0;
  const top = w2 - s2 - (middle < 0 ? 1 : 0);
  if (top < 0) {
    digit--;
    const sum = (low >>> 0) + (lowB >>> 0);
    low = sum | 0;
    high = (high + highB + (sum >= TWO32 ? 1 : 0)) | 0;
  } else if (top > 0 || !less(high, low, highB, lowB)) {
    digit++;
    const borrow = low >>> 0 < lowB >>> 0 ? 1 : 0;
    low = (low - lowB) | 0;
    high = (high - highB - borrow) | 0;
  }
  rest[0] = high;
  rest[1] = low;
  return digit;
}

/** Guard and sticky bits: twice the rest compared with the divisor. */
function remainderBits(highB: number, lowB: number): number {
  const high = rest[0];
  const low = rest[1];
  if ((high | low) === 0) return 0;
  if (high < 0) return INTEGER_BIT | 1;
  const doubleHigh = (high << 1) | (low >>> 31);
  const doubleLow = low << 1;
  if (less(doubleHigh, doubleLow, highB, lowB)) return 1;
  return doubleHigh === highB && doubleLow === lowB ? INTEGER_BIT : INTEGER_BIT | 1;
}

function less(highA: number, lowA: number, highB: number, lowB: number): boolean {
  if (highA !== highB) return highA >>> 0 < highB >>> 0;
  return lowA >>> 0 < lowB >>> 0;
}
