import {
  BIAS,
  C1,
  classOf,
  copy,
  DE,
  DENORMAL,
  EXPONENT,
  IE,
  INFINITE,
  J,
  PE,
  put,
  QNAN,
  SIGN,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { writeNormalized } from './load.ts';
import { answerNaN1 } from './nan.ts';
import { roundsUp } from './round.ts';
import { shiftRight, wide } from './shift.ts';

/** Stored integers, low word first; also the magnitude that `roundToInteger` found. */
export const integer = new Int32Array(2);

/**
 * Rounds the magnitude of a finite nonzero value below 2^64 to an integer in `integer`, by the rounding control.
 * Returns PE and C1 (rounded up).
 */
function roundToInteger(f: Int32Array, a: number, control: number): number {
  unpack(f, a);
  shiftRight(unpacked[0], unpacked[1], 0, BIAS + 63 - unpacked[2]);
  integer[0] = wide[1];
  integer[1] = wide[0];
  if (wide[2] === 0) return 0;
  if (!roundsUp(control, f[a + 2] & SIGN, wide[2], wide[1] & 1)) return PE;
  integer[0] = wide[1] + 1;
  if (integer[0] === 0) integer[1] = wide[0] + 1;
  return PE | C1;
}

/**
 * Slot `d` = slot `a` rounded to an integral value. Returns exception flags and C1; writes nothing where an unmasked
 * IE or DE is among them. SDM volume 2, FRNDINT.
 */
export function roundToIntegral(f: Int32Array, d: number, a: number, control: number): number {
  const kind = classOf(f, a);
  if (kind >= QNAN) return answerNaN1(f, d, a, control);
  const flags = kind === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (kind === ZERO || kind === INFINITE || (f[a + 2] & EXPONENT) >= BIAS + 63) {
    copy(f, d, a);
    return flags;
  }
  const rounding = roundToInteger(f, a, control);
  const sign = f[a + 2] & SIGN;
  if ((integer[0] | integer[1]) === 0) put(f, d, sign, 0, 0);
  else writeNormalized(f, d, sign, integer[1], integer[0], BIAS + 63);
  return flags | rounding;
}

/**
 * Converts slot `a` to a signed integer of 2, 4 or 8 bytes in `integer` by the rounding control.
 * Out of range, infinite or NaN: IE and the integer indefinite. Returns IE, or PE and C1. SDM volume 2, FIST.
 */
export function storeInteger(f: Int32Array, a: number, size: number, control: number): number {
  const kind = classOf(f, a);
  if (kind === ZERO) {
    integer[0] = 0;
    integer[1] = 0;
    return 0;
  }
  if (kind < INFINITE && (f[a + 2] & EXPONENT) <= BIAS + 63) {
    const flags = roundToInteger(f, a, control);
    const negative = (f[a + 2] & SIGN) !== 0;
    if (fits(negative, size)) {
      if (negative) {
        integer[1] = integer[0] === 0 ? -integer[1] : ~integer[1];
        integer[0] = -integer[0];
      }
      return flags;
    }
  }
  integer[0] = size === 2 ? -0x8000 : size === 4 ? J : 0;
  integer[1] = size === 8 ? J : -1;
  return IE;
}

/** Whether the magnitude in `integer` with this sign fits a signed integer of `size` bytes. */
function fits(negative: boolean, size: number): boolean {
  const low = integer[0];
  const high = integer[1];
  if (size === 8) return high >= 0 || (negative && high === J && low === 0);
  if (high !== 0) return false;
  const limit = size === 2 ? 0x8000 : 0x80000000;
  return negative ? low >>> 0 <= limit : low >>> 0 < limit;
}

/**
 * Converts slot `a` to an integer magnitude below 10^18 in `integer` for FBSTP. Returns IE where it is out of range,
 * infinite or NaN, else PE and C1. SDM volume 2, FBSTP.
 */
export function roundToDecimalRange(f: Int32Array, a: number, control: number): number {
  const kind = classOf(f, a);
  integer[0] = 0;
  integer[1] = 0;
  if (kind === ZERO) return 0;
  if (kind >= INFINITE || (f[a + 2] & EXPONENT) >= BIAS + 60) return IE;
  const flags = roundToInteger(f, a, control);
  // 10^18 = 0x0de0b6b3a7640000
  const high = integer[1];
  if (high > 0x0de0b6b3 || (high === 0x0de0b6b3 && integer[0] >>> 0 >= 0xa7640000)) return IE;
  return flags;
}
