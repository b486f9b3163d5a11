import { BIAS, classOf, DE, DENORMAL, INFINITE, put, SIGN, unpack, unpacked, ZERO } from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import {
  addPair,
  dividePair,
  multiplyPair,
  negatePair,
  pair,
  polynomial,
  roundPair,
  scalePair,
  setPair,
  significandPair,
} from './pair.ts';
import { ATAN, ATAN_EIGHTHS, ATAN_PLAIN, HALF_PI_HIGH, HALF_PI_LOW } from './series.ts';

/** Where the exponents differ by more, the arctangent is the quotient or a multiple of pi / 2 to all bits that count. */
const FAR = 80;

/**
 * Slot `d` = arctangent of slot `y` / slot `x` in the quadrant of the point (x, y). Returns exception flags and C1;
 * writes nothing where an unmasked IE or DE is among them. SDM volume 2, FPATAN, table 3-30.
 */
export function arctangent(f: Int32Array, d: number, y: number, x: number, control: number): number {
  if (isNaNClass(f, x) || isNaNClass(f, y)) return answerNaN(f, d, x, y, control);
  const classX = classOf(f, x);
  const classY = classOf(f, y);
  const sign = f[y + 2] & SIGN;
  const left = (f[x + 2] & SIGN) !== 0;
  const flags = classX === DENORMAL || classY === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;

  if (classX === INFINITE && classY === INFINITE) return flags | quarters(f, d, sign, left ? 3 : 1, control);
  if (classY === ZERO || classX === INFINITE) {
    if (left) return flags | quarters(f, d, sign, 4, control);
    put(f, d, sign, 0, 0);
    return flags;
  }
  if (classX === ZERO || classY === INFINITE) return flags | quarters(f, d, sign, 2, control);

  unpack(f, x);
  const highX = unpacked[0];
  const lowX = unpacked[1];
  const exponentX = unpacked[2];
  unpack(f, y);
  const difference = unpacked[2] - exponentX;
  if (difference > FAR) return flags | quarters(f, d, sign, 2, control);
  if (difference < -FAR && left) return flags | quarters(f, d, sign, 4, control);

  significandPair(highX, lowX);
  const xHigh = pair[0];
  const xLow = pair[1];
  significandPair(unpacked[0], unpacked[1]);
  if (difference < -FAR) {
    dividePair(xHigh, xLow);
    // A little less than the quotient, which may be exact.
    addPair(-pair[0] * 2 ** -105, 0);
    return flags | roundPair(f, d, sign, BIAS + difference, control);
  }
  scalePair(2 ** difference);
  const steep = pair[0] > xHigh || (pair[0] === xHigh && pair[1] > xLow);
  const yHigh = pair[0];
  const yLow = pair[1];
  if (steep) setPair(xHigh, xLow);
  dividePair(steep ? yHigh : xHigh, steep ? yLow : xLow);
  arctangentPair();
  if (steep) {
    if (!left) negatePair();
    addPair(HALF_PI_HIGH, HALF_PI_LOW);
  } else if (left) {
    negatePair();
    addPair(2 * HALF_PI_HIGH, 2 * HALF_PI_LOW);
  }
  return flags | roundPair(f, d, sign, BIAS, control);
}

/** Slot `d` = count * pi / 4, rounded. */
function quarters(f: Int32Array, d: number, sign: number, count: number, control: number): number {
  setPair(HALF_PI_HIGH, HALF_PI_LOW);
  scalePair(0.5);
  multiplyPair(count, 0);
  return roundPair(f, d, sign, BIAS, control);
}

/** pair = atan(pair) for a pair in [0, 1]: atan c + atan((z - c) / (1 + z c)) with c the nearest eighth. */
function arctangentPair(): void {
  const j = Math.round(pair[0] * 8);
  const c = j / 8;
  if (j !== 0) {
    const zHigh = pair[0];
    const zLow = pair[1];
    multiplyPair(c, 0);
    addPair(1, 0);
    const denominatorHigh = pair[0];
    const denominatorLow = pair[1];
    setPair(zHigh, zLow);
    addPair(-c, 0);
    dividePair(denominatorHigh, denominatorLow);
  }
  const high = pair[0];
  const low = pair[1];
  multiplyPair(high, low);
  polynomial(ATAN, ATAN_PLAIN, pair[0], pair[1]);
  multiplyPair(high, low);
  addPair(ATAN_EIGHTHS[2 * j], ATAN_EIGHTHS[2 * j + 1]);
}
