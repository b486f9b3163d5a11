import { highProduct } from './everyday.ts';
import { BIAS, classOf, DE, EXPONENT, INFINITE, invalid, J, put, SIGN, unpack, unpacked, ZERO } from './extended.ts';
import { answerNaN1, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

const TWO32 = 0x100000000;

/** Radicand minus the square of the root: four words, lowest first, modulo 2^128. */
const residue = new Int32Array(4);

/**
 * Slot `d` = square root of slot `a`. Returns exception flags and C1; writes nothing where an unmasked IE or DE is
 * among them. SDM volume 2, FSQRT.
 */
export function squareRoot(f: Int32Array, d: number, a: number, control: number): number {
  if (isNaNClass(f, a)) return answerNaN1(f, d, a, control);
  const kind = classOf(f, a);
  const negative = (f[a + 2] & SIGN) !== 0;
  if (kind === ZERO) {
    put(f, d, f[a + 2], 0, 0);
    return 0;
  }
  if (negative) return invalid(f, d, control);
  if (kind === INFINITE) {
    put(f, d, EXPONENT, J, 0);
    return 0;
  }
  const flags = unpack(f, a);
  if ((flags & DE & ~control) !== 0) return flags;
  return flags | rootNormal(f, d, unpacked[0], unpacked[1], unpacked[2], control);
}

function rootNormal(f: Int32Array, d: number, high: number, low: number, exponent: number, control: number): number {
  // Radicand r2:r1:r0:0 in [2^126, 2^128): the significand at the top, shifted right by one where the exponent is odd.
  let r3 = high;
  let r2 = low;
  let r1 = 0;
  const unbiased = exponent - BIAS;
  if ((unbiased & 1) === 0) {
    r1 = low << 31;
    r2 = (high << 31) | (low >>> 1);
    r3 = high >>> 1;
  }
  // The double root is right to 53 bits; the residue over twice the root gives the other 11.
  const estimate = Math.sqrt((r3 >>> 0) * TWO32 + (r2 >>> 0)) * 65536 * 65536;
  let rootHigh: number;
  let rootLow: number;
  if (estimate >= TWO32 * TWO32) {
    rootHigh = -1;
    rootLow = -1;
  } else {
    rootHigh = Math.floor(estimate / TWO32) | 0;
    rootLow = (estimate - (rootHigh >>> 0) * TWO32) | 0;
  }
  subtractSquare(r3, r2, r1, rootHigh, rootLow);
  const correction = Math.round(residueAsDouble() / (2 * estimate));
  const sum = (rootLow >>> 0) + correction;
  const carry = Math.floor(sum / TWO32);
  if ((rootHigh >>> 0) + carry < TWO32) {
    rootLow = sum | 0;
    rootHigh = (rootHigh + carry) | 0;
  } else {
    rootHigh = -1;
    rootLow = -1;
  }
  subtractSquare(r3, r2, r1, rootHigh, rootLow);
  while (residue[3] < 0) {
    if (rootLow === 0) rootHigh = (rootHigh - 1) | 0;
    rootLow = (rootLow - 1) | 0;
    subtractSquare(r3, r2, r1, rootHigh, rootLow);
  }
  while (residueExceeds(rootHigh, rootLow, 2)) {
    rootLow = (rootLow + 1) | 0;
    if (rootLow === 0) rootHigh = (rootHigh + 1) | 0;
    subtractSquare(r3, r2, r1, rootHigh, rootLow);
  }
  const exact = (residue[0] | residue[1] | residue[2]) === 0;
  const extra = exact ? 0 : residueExceeds(rootHigh, rootLow, 1) ? J | 1 : 1;
  return roundPack(f, d, 0, (unbiased >> 1) + BIAS, rootHigh, rootLow, extra, control);
}

/** Leaves radicand - root^2 in `residue`. */
function subtractSquare(r3: number, r2: number, r1: number, high: number, low: number): void {
  const crossLow = Math.imul(high, low) >>> 0;
  const crossHigh = highProduct(high, low);
  const c1 = highProduct(low, low) + 2 * crossLow;
  const c2 = (Math.imul(high, high) >>> 0) + 2 * crossHigh + Math.floor(c1 / TWO32);
  const c3 = highProduct(high, high) + Math.floor(c2 / TWO32);
  const d0 = -(Math.imul(low, low) >>> 0);
  const d1 = (r1 >>> 0) - (c1 >>> 0) + (d0 < 0 ? -1 : 0);
  const d2 = (r2 >>> 0) - (c2 >>> 0) + Math.floor(d1 / TWO32);
  const d3 = (r3 >>> 0) - c3 + Math.floor(d2 / TWO32);
  residue[0] = d0 | 0;
  residue[1] = d1 | 0;
  residue[2] = d2 | 0;
  residue[3] = d3 | 0;
}

function residueAsDouble(): number {
  return ((residue[3] * TWO32 + (residue[2] >>> 0)) * TWO32 + (residue[1] >>> 0)) * TWO32 + (residue[0] >>> 0);
}

/** Whether a residue that is not negative is above `factor` (1 or 2) times the root. */
function residueExceeds(high: number, low: number, factor: number): boolean {
  const limitLow = (low >>> 0) * factor;
  const limit0 = limitLow >>> 0;
  const limitHigh = (high >>> 0) * factor + Math.floor(limitLow / TWO32);
  const have = (residue[2] >>> 0) * TWO32 + (residue[1] >>> 0);
  if (residue[3] !== 0) return true;
  if (residue[2] >>> 0 > 1) return true;
  // Both are below 2^33 here, so the double is exact.
  if (have !== limitHigh) return have > limitHigh;
  return residue[0] >>> 0 > limit0;
}
