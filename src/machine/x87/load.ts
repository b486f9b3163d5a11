import { BIAS, DE, EXPONENT, IE, J, put, QUIET, SIGN } from './extended.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const ONE = BIAS;
const EXPONENT_BITS = EXPONENT;
const INTEGER_BIT = J;
const SIGN_BIT = SIGN;

/**
 * Widens a binary64 (two words) to slot `d` with its value and NaN bits unchanged: an SNaN stays one.
 * Returns DE for a denormal, else 0. SDM volume 1, 4.2.2.
 */
export function loadDouble(f: Int32Array, d: number, high: number, low: number): number {
  const sign = (high >>> 16) & SIGN_BIT;
  const exponent = (high >>> 20) & 0x7ff;
  const wideHigh = INTEGER_BIT | (high << 11) | (low >>> 21);
  const wideLow = low << 11;
  f[d] = wideLow;
  f[d + 1] = wideHigh;
  if (exponent === 0) return loadSubnormal(f, d, sign, wideHigh & ~INTEGER_BIT, wideLow, ONE - 0x3ff + 1);
  f[d + 2] = sign | (exponent === 0x7ff ? EXPONENT_BITS : exponent + (ONE - 0x3ff));
  return 0;
}

/** Widens a binary32 to slot `d`; otherwise like `loadDouble`. */
export function loadSingle(f: Int32Array, d: number, bits: number): number {
  const sign = (bits >>> 16) & SIGN_BIT;
  const exponent = (bits >>> 23) & 0xff;
  const wideHigh = INTEGER_BIT | (bits << 8);
  f[d] = 0;
  f[d + 1] = wideHigh;
  if (exponent === 0) return loadSubnormal(f, d, sign, wideHigh & ~INTEGER_BIT, 0, ONE - 0x7f + 1);
  f[d + 2] = sign | (exponent === 0xff ? EXPONENT_BITS : exponent + (ONE - 0x7f));
  return 0;
}

/** Writes zero, or the normalized value of 0.high:low * 2^(exponent - bias). */
function loadSubnormal(f: Int32Array, d: number, sign: number, high: number, low: number, exponent: number): number {
  if ((high | low) === 0) {
    put(f, d, sign, 0, 0);
    return 0;
  }
  writeNormalized(f, d, sign, high, low, exponent);
  return DE;
}

/** Writes a signed 32-bit (or sign-extended 16-bit) integer to slot `d`; always exact. */
export function loadInteger(f: Int32Array, d: number, value: number): void {
  loadLong(f, d, value >> 31, value);
}

/** Writes a signed 64-bit integer to slot `d`; always exact. */
export function loadLong(f: Int32Array, d: number, high: number, low: number): void {
  if ((high | low) === 0) put(f, d, 0, 0, 0);
  else if (high < 0) writeNormalized(f, d, SIGN_BIT, (low === 0 ? -high : ~high) | 0, -low | 0, ONE + 63);
  else writeNormalized(f, d, 0, high, low, ONE + 63);
}

/** Writes a nonzero significand to slot `d`, shifted left until J is set. `exponent` is that of bit 63. */
export function writeNormalized(
  f: Int32Array,
  d: number,
  sign: number,
  high: number,
  low: number,
  exponent: number,
): void {
  if (high === 0) {
    high = low;
    low = 0;
    exponent -= 32;
  }
  const shift = Math.clz32(high);
  f[d] = low << shift;
  f[d + 1] = shift === 0 ? high : (high << shift) | (low >>> (32 - shift));
  f[d + 2] = sign | (exponent - shift);
}

/**
 * Makes a signaling NaN in slot `d` quiet, as FLD of a single or double does; returns IE for one, else 0.
 * Nothing is changed where IE is not masked.
 */
export function quiet(f: Int32Array, d: number, control: number): number {
  if ((f[d + 2] & EXPONENT_BITS) !== EXPONENT_BITS || (f[d + 1] & QUIET) !== 0) return 0;
  if (((f[d + 1] & ~INTEGER_BIT) | f[d]) === 0) return 0;
  if ((control & IE) !== 0) f[d + 1] |= QUIET;
  return IE;
}
