import {
  BIAS,
  C1,
  classOf,
  EXPONENT,
  IE,
  INFINITE,
  J,
  OE,
  PE,
  SIGN,
  SNAN,
  UE,
  UNSUPPORTED,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { roundsUp } from './round.ts';
import { shiftRight, wide } from './shift.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const ONE = BIAS;
const ROUNDED_UP = C1;
const EXPONENT_BITS = EXPONENT;
const INEXACT = PE;
const SIGN_BIT = SIGN;

/** The stored value's bits: [0] low word or the single, [1] high word of a double. */
export const stored = new Int32Array(2);

/**
 * Converts slot `a` to binary64 in `stored` (low word first) by the rounding control. Returns IE (SNaN, unsupported),
 * OE, UE, PE and C1; the caller stores nothing where one of IE, OE, UE is not masked. SDM volume 2, FST.
 */
export function storeDouble(f: Int32Array, a: number, control: number): number {
  const high = f[a + 1];
  const low = f[a];
  const signExponent = f[a + 2];
  const exponent = (signExponent & EXPONENT_BITS) - (ONE - 0x3ff);
  if (high >= 0 || exponent <= 0 || exponent >= 0x7fe) return storeDoubleSlow(f, a, control);
  const sign = signExponent & SIGN_BIT;
  let outHigh = (sign << 16) | (((exponent - 1) << 20) + (high >>> 11));
  let outLow = (high << 21) | (low >>> 11);
  const extra = low << 21;
  let flags = 0;
  if (extra !== 0) {
    flags = INEXACT;
    if (roundsUp(control, sign, extra, outLow & 1)) {
      flags = INEXACT | ROUNDED_UP;
      // A carry runs through the fraction into the exponent, as it must.
      outLow = (outLow + 1) | 0;
      if (outLow === 0) outHigh++;
    }
  }
  stored[0] = outLow;
  stored[1] = outHigh;
  return flags;
}

function storeDoubleSlow(f: Int32Array, a: number, control: number): number {
  const kind = classOf(f, a);
  const sign = f[a + 2] & SIGN_BIT;
  if (kind >= INFINITE) {
    stored[0] = (f[a + 1] << 21) | (f[a] >>> 11);
    stored[1] = (sign << 16) | 0x7ff00000 | ((f[a + 1] & ~J) >>> 11);
    if (kind === SNAN) stored[1] |= 0x00080000;
    if (kind === UNSUPPORTED) {
      stored[0] = 0;
      stored[1] = 0xfff80000;
    }
    return kind >= SNAN ? IE : 0;
  }
  const flags = kind === ZERO ? zeroFraction() : narrow(f, a, 53, 0x3ff, 0x7ff, control);
  stored[0] = fraction[0];
  stored[1] = (sign << 16) | fraction[1];
  return flags;
}

/**
 * Converts slot `a` to binary32 in `stored[0]`; otherwise like `storeDouble`.
 */
export function storeSingle(f: Int32Array, a: number, control: number): number {
  const kind = classOf(f, a);
  const sign = f[a + 2] & SIGN_BIT;
  if (kind >= INFINITE) {
    stored[0] = (sign << 16) | 0x7f800000 | ((f[a + 1] & ~J) >>> 8);
    if (kind === SNAN) stored[0] |= 0x00400000;
    if (kind === UNSUPPORTED) stored[0] = 0xffc00000;
    return kind >= SNAN ? IE : 0;
  }
  const flags = kind === ZERO ? zeroFraction() : narrow(f, a, 24, 0x7f, 0xff, control);
  stored[0] = (sign << 16) | fraction[0];
  return flags;
}

/** Exponent and fraction of a narrowed value, sign bit clear: low word, high word. */
const fraction = new Int32Array(2);

function zeroFraction(): number {
  fraction[0] = 0;
  fraction[1] = 0;
  return 0;
}

/**
 * Rounds a finite nonzero value to `bits` significant bits with exponents below `limit` (all ones) into `fraction`.
 */
function narrow(f: Int32Array, a: number, bits: number, bias: number, limit: number, control: number): number {
  const sign = f[a + 2] & SIGN_BIT;
  unpack(f, a);
  let exponent = unpacked[2] - ONE + bias;
  const high = unpacked[0];
  const low = unpacked[1];
  let tiny = 0;
  if (exponent <= 0) {
    tiny = UE;
    if (exponent === 0) {
      shiftRight(high, low, 0, 64 - bits);
      const full = bits === 53 ? wide[0] === 0x1fffff && wide[1] === -1 : wide[1] === 0xffffff;
      // Rounded with no limit to the exponent it would be the smallest normal value: not tiny.
      if (full && wide[2] !== 0 && roundsUp(control, sign, wide[2], 1)) tiny = 0;
    }
    if ((control & UE) === 0 && tiny !== 0) return UE;
    shiftRight(high, low, 0, 64 - bits + 1 - exponent);
    exponent = 1;
  } else {
    shiftRight(high, low, 0, 64 - bits);
  }
  let flags = 0;
  let fractionHigh = wide[0];
  let fractionLow = wide[1];
  if (wide[2] !== 0) {
    flags = INEXACT | tiny;
    if (roundsUp(control, sign, wide[2], wide[1] & 1)) {
      flags |= ROUNDED_UP;
      fractionLow = (fractionLow + 1) | 0;
      if (fractionLow === 0) fractionHigh++;
    }
  }
  // The leading 1, where there is one, adds the last unit of the exponent.
  if (bits === 53) fractionHigh += (exponent - 1) << 20;
  else fractionLow += (exponent - 1) << 23;
  const top = bits === 53 ? fractionHigh >> 20 : fractionLow >> 23;
  if (exponent >= limit || top >= limit) {
    // Not masked, nothing is stored and nothing is rounded.
    if ((control & OE) === 0) return OE;
    const infinite = roundsUp(control, sign, -1, 1);
    const largest = infinite ? 0 : -1;
    fraction[0] = bits === 53 ? largest : (limit << 23) + largest;
    fraction[1] = (limit << 20) + largest;
    return OE | INEXACT | (infinite ? ROUNDED_UP : 0);
  }
  fraction[0] = fractionLow;
  fraction[1] = fractionHigh;
  return flags;
}
