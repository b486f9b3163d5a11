/**
 * Unevaluated sums of two doubles, about 106 bits: what the transcendental functions compute in.
 *
 * The functions work on one accumulator, `pair`, so that nothing is allocated.
 * T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18 (1971).
 */
import { PC_EXTENDED } from './extended.ts';
import { roundPack } from './round.ts';

/** The accumulator: [0] high, [1] low, |low| at most half a unit in the last place of high. */
export const pair = new Float64Array(2);

const SPLIT = 134217729;
const TWO32 = 0x100000000;
const TWO31 = 0x80000000;

/** The rounding error of the product `p` = a * b. */
function productError(a: number, b: number, p: number): number {
  const ta = SPLIT * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLIT * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** pair = high + low for any two doubles of which `high` is not the smaller. */
export function setPair(high: number, low: number): void {
  const sum = high + low;
  pair[0] = sum;
  pair[1] = low - (sum - high);
}

/** pair += high + low. */
export function addPair(high: number, low: number): void {
  const a = pair[0];
  const sum = a + high;
  const v = sum - a;
  const error = a - (sum - v) + (high - v) + (pair[1] + low);
  setPair(sum, error);
}

/** pair *= high + low. */
export function multiplyPair(high: number, low: number): void {
  const a = pair[0];
  const p = a * high;
  setPair(p, productError(a, high, p) + (a * low + pair[1] * high));
}

/** pair /= high + low. */
export function dividePair(high: number, low: number): void {
  const q1 = subtractMultiple(high, low);
  const q2 = subtractMultiple(high, low);
  const q3 = pair[0] / high;
  setPair(q1, q2);
  addPair(q3, 0);
}

/** Takes the quotient of the high parts and leaves in `pair` what remains of the dividend. */
function subtractMultiple(high: number, low: number): number {
  const q = pair[0] / high;
  const p = q * high;
  addPair(-p, -(productError(q, high, p) + q * low));
  return q;
}

/** pair = -pair. */
export function negatePair(): void {
  pair[0] = -pair[0];
  pair[1] = -pair[1];
}

/** pair = the significand high:low as a number in [1, 2). */
export function significandPair(high: number, low: number): void {
  setPair((high >>> 0) / TWO31, (low >>> 0) / (TWO31 * TWO32));
}

/** pair *= a power of two; exact while nothing leaves the range of doubles. */
export function scalePair(factor: number): void {
  pair[0] *= factor;
  pair[1] *= factor;
}

/**
 * Evaluates a polynomial in x = `high` + `low` into `pair`: coefficients as pairs, constant term first. From term `plain`
 * on the terms are so small that doubles do.
 */
export function polynomial(coefficients: Float64Array, plain: number, high: number, low: number): void {
  let i = coefficients.length >> 1;
  let tail = 0;
  while (--i >= plain) tail = tail * high + coefficients[2 * i];
  setPair(tail, 0);
  for (; i >= 0; i--) {
    multiplyPair(high, low);
    const a = coefficients[2 * i];
    const sum = a + pair[0];
    setPair(sum, pair[0] - (sum - a) + pair[1] + coefficients[2 * i + 1]);
  }
}

const bits = new Float64Array(1);
const bitWords = new Uint32Array(bits.buffer);

/**
 * Rounds |pair| * 2^(exponent - 16383) to slot `d` with the sign of `sign` (0 or 0x8000). The value counts as inexact,
 * as every transcendental result is. Returns what `roundPack` returns.
 */
export function roundPair(f: Int32Array, d: number, sign: number, exponent: number, control: number): number {
  let high = pair[0];
  let low = pair[1];
  if (high < 0) {
    high = -high;
    low = -low;
  }
  bits[0] = high;
  const shift = (bitWords[1] >>> 20) - 0x3ff;
  let scale = 2 ** -shift;
  if (high * scale === 1 && low < 0) scale *= 2;
  high *= scale * TWO31;
  low *= scale * TWO31;
  let word = Math.floor(high);
  setPair(high - word, low);
  if (pair[0] < 0) {
    word--;
    addPair(1, 0);
  }
  const word0 = word;
  high = pair[0] * TWO32;
  low = pair[1] * TWO32;
  word = Math.floor(high);
  setPair(high - word, low);
  if (pair[0] < 0) {
    word--;
    addPair(1, 0);
  }
  const extra = Math.min(pair[0] * TWO32, TWO32 - 1) | 1;
  const e = exponent + shift - (scale * 2 ** shift === 2 ? 1 : 0);
  return roundPack(f, d, sign, e, word0 | 0, word | 0, extra, control | PC_EXTENDED);
}
