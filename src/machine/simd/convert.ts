/** Conversions between integers, single and double format, one lane at a time. */
import type { Lane } from './arithmetic.ts';
import {
  DOUBLE,
  exponent,
  type Format,
  getBits,
  isDenormal,
  isInfinite,
  isNan,
  isSignaling,
  isZero,
  operand,
  round,
  SINGLE,
  setBits,
  significand,
} from './format.ts';
import { DAZ, DE, DOWN, IE, PE, RC, status, UP, ZERO } from './mxcsr.ts';

/** Signed dword to single: may be inexact. */
export const dwordToSingle: Lane = (v, _a, b, r) => {
  const value = v.getInt32(b, true);
  const nearest = Math.fround(value);
  if (nearest === value) v.setFloat32(r, value, true);
  else setBits(v, r, round(value < 0, BigInt(Math.abs(value)), 0, false, SINGLE), SINGLE);
};

/** Signed dword to double: always exact. */
export const dwordToDouble: Lane = (v, _a, b, r) => {
  v.setFloat64(r, v.getInt32(b, true), true);
};

/** The infinity, zero or NaN of another format. */
function special(bits: bigint, from: Format, to: Format): bigint {
  const sign = (bits & from.sign) !== 0n ? to.sign : 0n;
  if (isZero(bits, from)) return sign;
  if (isInfinite(bits, from)) return sign | to.infinity;
  if (isSignaling(bits, from)) status.flags |= IE;
  const wider = to.precision - from.precision;
  const fraction = bits & from.fraction;
  const payload = wider > 0 ? fraction << BigInt(wider) : fraction >> BigInt(-wider);
  return sign | to.infinity | to.quiet | payload;
}

function changeFormat(from: Format, to: Format): Lane {
  return (v, _a, b, r) => {
    const bits = operand(getBits(v, b, from), from);
    if (isNan(bits, from) || isInfinite(bits, from) || isZero(bits, from)) {
      setBits(v, r, special(bits, from, to), to);
      return;
    }
    if (isDenormal(bits, from)) status.flags |= DE;
    const negative = (bits & from.sign) !== 0n;
    setBits(v, r, round(negative, significand(bits, from), exponent(bits, from), false, to), to);
  };
}
export const singleToDouble = changeFormat(SINGLE, DOUBLE);
export const doubleToSingle = changeFormat(DOUBLE, SINGLE);

/** A number below 2^52 in magnitude rounded to an integer, ties to even. */
function nearestEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function integral(x: number, rc: number): number {
  switch (rc) {
    case DOWN:
      return Math.floor(x);
    case UP:
      return Math.ceil(x);
    case ZERO:
      return Math.trunc(x);
    default:
      return Math.abs(x) < 2 ** 52 ? nearestEven(x) : x;
  }
}

/** What stands for every number that is no signed dword. */
const INDEFINITE = 0x80000000 | 0;

/** Signed dword of a number; invalid where there is none, inexact where it is another number. */
function toDword(x: number, smallest: number, rc: number): number {
  const flushed = (status.mxcsr & DAZ) !== 0 && Math.abs(x) < smallest ? 0 : x;
  const whole = integral(flushed, rc);
  if (!(whole >= -0x80000000 && whole <= 0x7fffffff)) {
    status.flags |= IE;
    return INDEFINITE;
  }
  if (whole !== flushed) status.flags |= PE;
  return whole | 0;
}

/** Float to signed dword, rounded as RC says or, with `truncate`, toward zero. */
export function toDwords(f: Format, truncate: boolean): Lane {
  return (v, _a, b, r) => {
    const x = f.size === 4 ? v.getFloat32(b, true) : v.getFloat64(b, true);
    v.setInt32(r, toDword(x, f.smallestNormal, truncate ? ZERO : status.mxcsr & RC), true);
  };
}
