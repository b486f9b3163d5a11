import { highProduct, multiplyEveryday } from './everyday.ts';
import {
  BIAS,
  classOf,
  DE,
  EXPONENT,
  INFINITE,
  invalid,
  J,
  PC_EXTENDED,
  PC_MASK,
  put,
  RC_MASK,
  SIGN,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const EXTENDED = PC_EXTENDED;
const PRECISION = PC_MASK;
const ROUNDING = RC_MASK;

const HALF_SCALE = 1 / 0x100000000;

/**
 * Slot `d` = slot `a` * slot `b`. `pending` is DE where an operand from memory was denormal, else 0.
 * Returns exception flags and C1; writes nothing where an unmasked IE or DE is among them. SDM volume 2, FMUL.
 */
export function multiply(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
  if ((control & (ROUNDING | PRECISION)) === EXTENDED && pending === 0) {
    const flags = multiplyEveryday(f, d, a, b);
    if (flags >= 0) return flags;
  }
  return multiplyGeneral(f, d, a, b, control, pending);
}

function multiplyGeneral(f: Int32Array, d: number, a: number, b: number, control: number, pending: number): number {
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
  // The product is in [1, 4): shift it left where its first bit is 0, without a branch on data.
  const p1 = column1 | 0;
  const p2 = column2 | 0;
  const p3 = (highProduct(highA, highB) + carry2) | 0;
  const shift = ~p3 >>> 31;
  const high = (p3 << shift) | ((p2 >>> 31) & shift);
  const low = (p2 << shift) | ((p1 >>> 31) & shift);
  const extra = (p1 << shift) | ((p0 | -p0) >>> 31);
  return roundPack(f, d, sign, exponent + 1 - shift, high, low, extra, control);
}
