import {
  C1,
  EXPONENT,
  J,
  OE,
  PC_DOUBLE,
  PC_EXTENDED,
  PC_MASK,
  PC_SINGLE,
  PE,
  RC_DOWN,
  RC_MASK,
  RC_UP,
  RC_ZERO,
  UE,
  WRAP,
} from './extended.ts';
import { shiftRight, wide } from './shift.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const EXTENDED = PC_EXTENDED;
const PRECISION = PC_MASK;
const ROUNDING = RC_MASK;
const EXPONENT_BITS = EXPONENT;
const INTEGER_BIT = J;
const INEXACT = PE;

/**
 * Rounds a normalized result to the rounding and precision control and writes it to slot `d`.
 *
 * `sign` is 0 or 0x8000; the value is 1.x * 2^(exponent - 16383) with significand high:low:extra, J set, the last bit of
 * `extra` sticky. `control` is the control word: masked and unmasked overflow and underflow are answered as it says,
 * tininess is found after rounding. Returns OE, UE, PE and C1 (rounded up). SDM volume 1, 4.8.4, 4.9.1.4-6, 8.5.4-6.
 */
export function roundPack(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  high: number,
  low: number,
  extra: number,
  control: number,
): number {
  if ((control & (ROUNDING | PRECISION)) !== EXTENDED || exponent <= 0 || exponent >= EXPONENT_BITS - 1) {
    return roundAny(f, d, sign, exponent, high, low, extra, control);
  }
  let flags = 0;
  if (extra !== 0) {
    // No branch on data here: whether to round up is as good as random. More than a half, or a half and odd.
    const below = extra << 1;
    const up = (extra >>> 31) & (((below | -below) >>> 31) | low);
    low = (low + up) | 0;
    flags = INEXACT | (up << 9);
    if (low === 0 && up !== 0) {
      high = (high + 1) | 0;
      if (high === 0) {
        high = INTEGER_BIT;
        exponent++;
      }
    }
  }
  f[d] = low;
  f[d + 1] = high;
  f[d + 2] = sign | exponent;
  return flags;
}

/** Whether the rounding control adds a unit: `odd` is the last kept bit, `extra` the bits below it. */
export function roundsUp(control: number, sign: number, extra: number, odd: number): boolean {
  switch (control & ROUNDING) {
    case RC_DOWN:
      return sign !== 0;
    case RC_UP:
      return sign === 0;
    case RC_ZERO:
      return false;
    default:
      return extra < 0 && (extra !== INTEGER_BIT || odd !== 0);
  }
}

function roundAny(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  high: number,
  low: number,
  extra: number,
  control: number,
): number {
  let flags = 0;
  if (exponent <= 0 && !(exponent === 0 && carriesOut(sign, high, low, extra, control))) {
    if ((control & UE) !== 0) return roundDenormal(f, d, sign, exponent, high, low, extra, control);
    flags = UE;
    exponent += WRAP;
  }
  wide[0] = high;
  wide[1] = low;
  wide[2] = extra;
  flags |= roundWide(sign, control);
  if ((flags & C1) !== 0 && wide[0] === INTEGER_BIT && high !== INTEGER_BIT) exponent++;
  if (exponent >= EXPONENT_BITS) {
    if ((control & OE) !== 0) return overflow(f, d, sign, control);
    flags |= OE;
    exponent -= WRAP;
  }
  f[d] = wide[1];
  f[d + 1] = wide[0];
  f[d + 2] = sign | exponent;
  return flags;
}

/** Rounds `wide` at the precision control; a carry out of J leaves 1.0. Returns PE and C1. */
function roundWide(sign: number, control: number): number {
  let high = wide[0];
  let low = wide[1];
  let extra = wide[2];
  let unitHigh = 0;
  let unitLow = 1;
  const precision = control & PRECISION;
  if (precision === PC_DOUBLE) {
    extra = (low << 21) | (extra >>> 11) | ((extra & 0x7ff) !== 0 ? 1 : 0);
    low &= ~0x7ff;
    unitLow = 0x800;
  } else if (precision === PC_SINGLE) {
    extra = (high << 24) | (low >>> 8) | ((low & 0xff) !== 0 || extra !== 0 ? 1 : 0);
    high &= ~0xff;
    low = 0;
    unitLow = 0;
    unitHigh = 0x100;
  }
  let flags = 0;
  if (extra !== 0) {
    flags = INEXACT;
    if (roundsUp(control, sign, extra, (high & unitHigh) | (low & unitLow))) {
      flags = INEXACT | C1;
      const normal = high < 0;
      low = (low + unitLow) | 0;
      if (low === 0) high = (high + (unitHigh === 0 ? 1 : unitHigh)) | 0;
      if (normal && high >= 0) high = INTEGER_BIT;
    }
  }
  wide[0] = high;
  wide[1] = low;
  return flags;
}

/** Whether rounding with no limit to the exponent makes the significand 2.0: then a value at exponent 0 is not tiny. */
function carriesOut(sign: number, high: number, low: number, extra: number, control: number): boolean {
  wide[0] = high;
  wide[1] = low;
  wide[2] = extra;
  return (roundWide(sign, control) & C1) !== 0 && wide[0] === INTEGER_BIT && high !== INTEGER_BIT;
}

function roundDenormal(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  high: number,
  low: number,
  extra: number,
  control: number,
): number {
  shiftRight(high, low, extra, 1 - exponent);
  let flags = roundWide(sign, control);
  if ((flags & INEXACT) !== 0) flags |= UE;
  f[d] = wide[1];
  f[d + 1] = wide[0];
  f[d + 2] = sign | (wide[0] < 0 ? 1 : 0);
  return flags;
}

/** The masked answer to an overflow: infinity or the largest finite value of the precision (SDM volume 1, table 4-10). */
function overflow(f: Int32Array, d: number, sign: number, control: number): number {
  if (roundsUp(control, sign, -1, 1)) {
    f[d] = 0;
    f[d + 1] = INTEGER_BIT;
    f[d + 2] = sign | EXPONENT_BITS;
    return OE | INEXACT | C1;
  }
  const precision = control & PRECISION;
  f[d] = precision === PC_SINGLE ? 0 : precision === PC_DOUBLE ? ~0x7ff : -1;
  f[d + 1] = precision === PC_SINGLE ? ~0xff : -1;
  f[d + 2] = sign | (EXPONENT_BITS - 1);
  return OE | INEXACT;
}
