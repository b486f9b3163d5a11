import {
  BIAS,
  classOf,
  DE,
  DENORMAL,
  EXPONENT,
  INFINITE,
  invalid,
  J,
  PC_EXTENDED,
  PE,
  put,
  SIGN,
  UE,
  unpack,
  unpacked,
  ZE,
  ZERO,
} from './extended.ts';
import { loadInteger } from './load.ts';
import { multiply } from './multiply.ts';
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
import { ATANH, ATANH_PLAIN, LOG2E_HIGH, LOG2E_LOW } from './series.ts';

/** The high word of the significand of the square root of 2, unsigned. */
const SQRT2 = 0xb504f333;
/** Below this exponent log2(1 + x) is x log2 e to all bits that count. */
const TINY = -80;
/** From this exponent on 1 + x is far enough from 1 to take its logarithm as it is. */
const LARGE = -2;

/**
 * Slot `d` = slot `y` * log2(slot `x`); `t` is a slot for an intermediate value. Returns exception flags and C1;
 * writes nothing to `d` where an unmasked IE, DE or ZE is among them. SDM volume 2, FYL2X.
 */
export function logarithm(f: Int32Array, d: number, y: number, x: number, t: number, control: number): number {
  if (isNaNClass(f, x) || isNaNClass(f, y)) return answerNaN(f, d, x, y, control);
  const classX = classOf(f, x);
  const classY = classOf(f, y);
  const signY = f[y + 2] & SIGN;
  if (classX === ZERO) {
    if (classY === ZERO) return invalid(f, d, control);
    if (classY === INFINITE) {
      put(f, d, (signY ^ SIGN) | EXPONENT, J, 0);
      return 0;
    }
    if ((control & ZE) !== 0) put(f, d, (signY ^ SIGN) | EXPONENT, J, 0);
    return ZE;
  }
  if ((f[x + 2] & SIGN) !== 0) return invalid(f, d, control);
  const below = (f[x + 2] & EXPONENT) < BIAS ? SIGN : 0;
  const one = f[x + 2] === BIAS && f[x + 1] === J && f[x] === 0;
  if ((classY === INFINITE && one) || (classY === ZERO && classX === INFINITE)) return invalid(f, d, control);
  const flags = classX === DENORMAL || classY === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (classY === INFINITE || classX === INFINITE) {
    put(f, d, (signY ^ below) | EXPONENT, J, 0);
    return flags;
  }
  if (classY === ZERO || one) {
    put(f, d, signY ^ below, 0, 0);
    return flags;
  }
  unpack(f, x);
  const exponent = unpacked[2] - BIAS;
  if (unpacked[0] === J && unpacked[1] === 0) {
    // A power of two: the logarithm is an integer and the product rounds once; the result counts as inexact all the same.
    loadInteger(f, t, exponent);
    const rounding = multiply(f, d, y, t, control | PC_EXTENDED, 0);
    const tiny = (f[d + 2] & EXPONENT) === 0 ? UE : 0;
    return flags | rounding | PE | tiny;
  }
  significandPair(unpacked[0], unpacked[1]);
  log2Pair(exponent, unpacked[0] >>> 0 > SQRT2);
  return flags | timesY(f, d, y, 0, control);
}

/** pair = exponent + log2(pair) for a pair in [1, 2), or half of it where `upper` says that it is above sqrt 2. */
function log2Pair(exponent: number, upper: boolean): void {
  if (upper) scalePair(0.5);
  const whole = upper ? exponent + 1 : exponent;
  const high = pair[0];
  const low = pair[1];
  setPair(high - 1, 0);
  addPair(low, 0);
  const numeratorHigh = pair[0];
  const numeratorLow = pair[1];
  setPair(high, low);
  addPair(1, 0);
  const denominatorHigh = pair[0];
  const denominatorLow = pair[1];
  setPair(numeratorHigh, numeratorLow);
  dividePair(denominatorHigh, denominatorLow);
  twiceAtanhLog2();
  const fractionHigh = pair[0];
  const fractionLow = pair[1];
  setPair(whole, 0);
  addPair(fractionHigh, fractionLow);
}

/** pair = 2 atanh(pair) log2 e = log2((1 + pair) / (1 - pair)). */
function twiceAtanhLog2(): void {
  const high = pair[0];
  const low = pair[1];
  multiplyPair(high, low);
  polynomial(ATANH, ATANH_PLAIN, pair[0], pair[1]);
  multiplyPair(high, low);
  multiplyPair(LOG2E_HIGH, LOG2E_LOW);
  scalePair(2);
}

/** Slot `d` = pair * 2^exponent * slot `y`, rounded. */
function timesY(f: Int32Array, d: number, y: number, exponent: number, control: number): number {
  let sign = f[y + 2] & SIGN;
  if (pair[0] < 0) {
    negatePair();
    sign ^= SIGN;
  }
  const high = pair[0];
  const low = pair[1];
  unpack(f, y);
  significandPair(unpacked[0], unpacked[1]);
  multiplyPair(high, low);
  return roundPair(f, d, sign, unpacked[2] + exponent, control);
}

/**
 * Slot `d` = slot `y` * log2(slot `x` + 1) for x above -1. Returns exception flags and C1; writes nothing where an
 * unmasked IE or DE is among them. SDM volume 2, FYL2XP1.
 */
export function logarithmP1(f: Int32Array, d: number, y: number, x: number, control: number): number {
  if (isNaNClass(f, x) || isNaNClass(f, y)) return answerNaN(f, d, x, y, control);
  const classX = classOf(f, x);
  const classY = classOf(f, y);
  const signX = f[x + 2] & SIGN;
  const sign = signX ^ (f[y + 2] & SIGN);
  if (signX !== 0 && classX !== ZERO && (f[x + 2] & EXPONENT) >= BIAS) return invalid(f, d, control);
  if (classX === ZERO && classY === INFINITE) return invalid(f, d, control);
  if (classX === INFINITE && classY === ZERO) return invalid(f, d, control);
  const flags = classX === DENORMAL || classY === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (classX === INFINITE || classY === INFINITE) {
    put(f, d, sign | EXPONENT, J, 0);
    return flags;
  }
  if (classX === ZERO || classY === ZERO) {
    put(f, d, sign, 0, 0);
    return flags;
  }
  unpack(f, x);
  const exponent = unpacked[2] - BIAS;
  significandPair(unpacked[0], unpacked[1]);
  if (signX !== 0) negatePair();
  if (exponent < TINY) {
    multiplyPair(LOG2E_HIGH, LOG2E_LOW);
    return flags | timesY(f, d, y, exponent, control);
  }
  if (exponent >= LARGE) {
    log2OfSum(exponent);
  } else {
    // log2(1 + x) = 2 atanh(x / (2 + x)) log2 e.
    scalePair(2 ** exponent);
    const high = pair[0];
    const low = pair[1];
    addPair(2, 0);
    const sumHigh = pair[0];
    const sumLow = pair[1];
    setPair(high, low);
    dividePair(sumHigh, sumLow);
    twiceAtanhLog2();
  }
  return flags | timesY(f, d, y, 0, control);
}

/** pair = log2(1 + pair * 2^exponent), where the sum is positive and not near 1. */
function log2OfSum(exponent: number): void {
  let whole = 0;
  if (exponent >= 0) {
    whole = exponent;
    if (exponent < 128) addPair(2 ** -exponent, 0);
  } else {
    scalePair(2 ** exponent);
    addPair(1, 0);
  }
  while (pair[0] < 1) {
    scalePair(2);
    whole--;
  }
  if (pair[0] >= 2) {
    scalePair(0.5);
    whole++;
  }
  log2Pair(whole, pair[0] > Math.SQRT2);
}
