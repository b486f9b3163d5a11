/**
 * RCPPS and RSQRTPS: processors differ in these 12-bit estimates. Ours is the exact value cut to 12 significant bits
 * rounded to nearest, well within the documented relative error of 1.5 * 2^-12.
 */
import type { Lane } from './arithmetic.ts';

const SIGN = 0x80000000 | 0;
const INFINITY = 0x7f800000;
const QUIET = 0x00400000;
const INDEFINITE = 0xffc00000 | 0;
/** Fraction bits below the twelfth. */
const CUT = 0x7ff;

/** Rounds a positive normal single's fraction to 12 bits. */
function cut(v: DataView, r: number, x: number): void {
  v.setFloat32(r, x, true);
  const bits = v.getInt32(r, true);
  const rounded = (bits + ((CUT + 1) >> 1)) & ~CUT;
  v.setInt32(r, (rounded & 0x7fffffff) < 0x00800000 ? rounded & SIGN : rounded, true);
}

/** What both do first: denormal operands are zeros, a NaN becomes quiet, zero gives infinity. True when that is all. */
function special(v: DataView, b: number, r: number): boolean {
  const bits = v.getInt32(b, true);
  const magnitude = bits & 0x7fffffff;
  if (magnitude > INFINITY) v.setInt32(r, bits | QUIET, true);
  else if (magnitude < 0x00800000) v.setInt32(r, (bits & SIGN) | INFINITY, true);
  else return false;
  return true;
}

export const reciprocal: Lane = (v, _a, b, r) => {
  if (special(v, b, r)) return;
  const x = v.getFloat32(b, true);
  cut(v, r, Math.fround(1 / x));
};

export const reciprocalRoot: Lane = (v, _a, b, r) => {
  if (special(v, b, r)) return;
  const x = v.getFloat32(b, true);
  if (x < 0) v.setInt32(r, INDEFINITE, true);
  else cut(v, r, Math.fround(1 / Math.sqrt(x)));
};
