import { BIAS, classOf, DE, EXPONENT, INFINITE, invalid, J, put, SIGN, unpack, unpacked, ZERO } from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

const HALF_SCALE = 1 / 0x100000000;

/** The high 32 bits of the unsigned product of two words. */
export function highProduct(a: number, b: number): number {
  // The rounded product is wrong by at most 2^10; without its exact low word it is a multiple of 2^32 within 2^-21.
  return (((a >>> 0) * (b >>> 0) - (Math.imul(a, b) >>> 0)) * HALF_SCALE + 0.5) >>> 0;
}

/**
 * Slot `d` = slot `a` * slot `b`. `pending` is DE where an operand from memory was denormal, else 0.
 * Returns exception flags and C1; writes nothing where an unmasked IE or DE is among them. SDM volume 2, FMUL.
 */
export function multiply(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2];
  const expA = seA & EXPONENT;
  const expB = seB & EXPONENT;
  const highA = f[a + 1];
  const highB = f[b + 1];
  if ((highA & highB) < 0 && ((expA + 1) & EXPONENT) > 1 && ((expB + 1) & EXPONENT) > 1) {
    if ((pending & ~control) !== 0) return pending;
    return pending | multiplyNormal(f, d, (seA ^ seB) & SIGN, expA + expB - BIAS, highA, f[a], highB, f[b], control);
  }
  return multiplySpecial(f, d, a, b, control, pending);
}

function multiplySpecial(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
  if (isNaNClass(f, a) || isNaNClass(f, b)) return answerNaN(f, d, a, b, control);
  const sign = (f[a + 2] ^ f[b + 2]) & SIGN;
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  const infinite = classA === INFINITE || classB === INFINITE;
  const zero = classA === ZERO || classB === ZERO;
  if (infinite && zero) return invalid(f, d, control);

  let flags = pending;
  if (classA !== ZERO) flags |= unpack(f, a);
  const highA = unpacked[0];
  const lowA = unpacked[1];
  const expA = unpacked[2];
  if (classB !== ZERO) flags |= unpack(f, b);
  if ((flags & DE & ~control) !== 0) return flags;
  if (infinite || zero) {
    put(f, d, sign | (infinite ? EXPONENT : 0), infinite ? J : 0, 0);
    return flags;
  }
  const exponent = expA + unpacked[2] - BIAS;
  return flags | multiplyNormal(f, d, sign, exponent, highA, lowA, unpacked[0], unpacked[1], control);
}

function multiplyNormal(
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
  // Four products of words, added by columns in doubles (every sum is below 2^35).
  const p0 = Math.imul(lowA, lowB);
  const column1 = highProduct(lowA, lowB) + (Math.imul(lowA, highB) >>> 0) + (Math.imul(highA, lowB) >>> 0);
  const carry1 = (column1 * HALF_SCALE) >>> 0;
  const column2 = highProduct(lowA, highB) + highProduct(highA, lowB) + (Math.imul(highA, highB) >>> 0) + carry1;
  const carry2 = (column2 * HALF_SCALE) >>> 0;
  const p1 = column1 | 0;
  let low = column2 | 0;
  let high = (highProduct(highA, highB) + carry2) | 0;
  let extra = p1 | (p0 === 0 ? 0 : 1);
  if (high < 0) {
    exponent++;
  } else {
    high = (high << 1) | (low >>> 31);
    low = (low << 1) | (p1 >>> 31);
    extra = (p1 << 1) | (p0 === 0 ? 0 : 1);
  }
  return roundPack(f, d, sign, exponent, high, low, extra, control);
}
