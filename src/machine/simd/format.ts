/**
 * IEEE 754 single and double format as exact integers: the slow, complete way for operands, results and exceptions that
 * the host's arithmetic does not report. Values are bit patterns held in a bigint.
 */
import { DAZ, DE, DOWN, FTZ, IE, OE, OVERFLOW_MASK, PE, RC, status, UE, UNDERFLOW_MASK, UP, ZERO } from './mxcsr.ts';

export interface Format {
  /** Bits of the significand with its leading one: 24 or 53. */
  readonly precision: number;
  /** Bytes. */
  readonly size: 4 | 8;
  readonly bias: number;
  readonly sign: bigint;
  /** All bits of the exponent field: infinity. */
  readonly infinity: bigint;
  /** All bits of the fraction field. */
  readonly fraction: bigint;
  readonly quiet: bigint;
  /** The QNaN that an invalid operation gives. */
  readonly indefinite: bigint;
  readonly largest: bigint;
  /** Bounds of normal numbers as host numbers. */
  readonly smallestNormal: number;
  readonly largestNumber: number;
}

function format(precision: number, size: 4 | 8, smallestNormal: number, largestNumber: number): Format {
  const fractionBits = BigInt(precision - 1);
  const sign = 1n << BigInt(size * 8 - 1);
  const infinity = sign - (1n << fractionBits);
  const quiet = 1n << (fractionBits - 1n);
  return {
    precision,
    size,
    bias: (1 << (size * 8 - precision - 1)) - 1,
    sign,
    infinity,
    fraction: (1n << fractionBits) - 1n,
    quiet,
    indefinite: sign | infinity | quiet,
    largest: infinity - 1n,
    smallestNormal,
    largestNumber,
  };
}

export const SINGLE = format(24, 4, 2 ** -126, 2 ** 128 - 2 ** 104);
export const DOUBLE = format(53, 8, 2 ** -1022, Number.MAX_VALUE);

/** The bits at a byte offset. */
export function getBits(v: DataView, at: number, f: Format): bigint {
  return f.size === 4 ? BigInt(v.getUint32(at, true)) : v.getBigUint64(at, true);
}

/** Stores bits at a byte offset. */
export function setBits(v: DataView, at: number, bits: bigint, f: Format): void {
  if (f.size === 4) v.setUint32(at, Number(bits), true);
  else v.setBigUint64(at, bits, true);
}

export function magnitude(bits: bigint, f: Format): bigint {
  return bits & ~f.sign;
}

export function isNan(bits: bigint, f: Format): boolean {
  return (bits & ~f.sign) > f.infinity;
}

export function isSignaling(bits: bigint, f: Format): boolean {
  return isNan(bits, f) && (bits & f.quiet) === 0n;
}

export function isInfinite(bits: bigint, f: Format): boolean {
  return (bits & ~f.sign) === f.infinity;
}

export function isZero(bits: bigint, f: Format): boolean {
  return (bits & ~f.sign) === 0n;
}

export function isDenormal(bits: bigint, f: Format): boolean {
  return (bits & f.infinity) === 0n && (bits & f.fraction) !== 0n;
}

/** An operand as the computation sees it: with DAZ a denormal number is a zero of its sign. */
export function operand(bits: bigint, f: Format): bigint {
  return (status.mxcsr & DAZ) !== 0 && isDenormal(bits, f) ? bits & f.sign : bits;
}

/** Flags DE where an operand is denormal. */
export function noteDenormal(a: bigint, b: bigint, f: Format): void {
  if (isDenormal(a, f) || isDenormal(b, f)) status.flags |= DE;
}

/**
 * The result where an operand is a NaN, else null: the first operand that is one, made quiet; a signaling one is invalid
 * (SDM 1, table 4-7).
 */
export function nanResult(a: bigint, b: bigint, f: Format): bigint | null {
  const first = isNan(a, f);
  if (!first && !isNan(b, f)) return null;
  if (isSignaling(a, f) || isSignaling(b, f)) status.flags |= IE;
  return (first ? a : b) | f.quiet;
}

/** The answer to an invalid operation. */
export function invalid(f: Format): bigint {
  status.flags |= IE;
  return f.indefinite;
}

/** Significand of a finite number as an integer. */
export function significand(bits: bigint, f: Format): bigint {
  return (bits & f.infinity) === 0n ? bits & f.fraction : (bits & f.fraction) | (f.fraction + 1n);
}

/** Power of two that `significand` is to be multiplied by. */
export function exponent(bits: bigint, f: Format): number {
  const field = Number((bits & f.infinity) >> BigInt(f.precision - 1));
  return (field === 0 ? 1 : field) - f.bias - f.precision + 1;
}

/** Number of bits of a positive integer. */
export function bitLength(m: bigint): number {
  const digits = m.toString(16);
  return digits.length * 4 - (Math.clz32(Number.parseInt(digits[0], 16)) - 28);
}

/** `m` without its low `shift` bits, rounded as RC says; `sticky` stands for more bits below. Sets `inexact`. */
function roundAt(m: bigint, shift: number, negative: boolean, sticky: boolean): bigint {
  if (shift <= 0) {
    rounding.inexact = sticky;
    return up(m << BigInt(-shift), negative, 0, sticky);
  }
  const kept = m >> BigInt(shift);
  const rest = m - (kept << BigInt(shift));
  const half = 1n << BigInt(shift - 1);
  rounding.inexact = rest !== 0n || sticky;
  return up(kept, negative, rest > half || (rest === half && sticky) ? 1 : rest === half ? 0 : -1, rounding.inexact);
}

/** Whether the last `roundAt` lost anything. */
const rounding = { inexact: false };

/** Adds one where the rounding mode asks for it; `side` tells on which side of the middle the rest lies. */
function up(kept: bigint, negative: boolean, side: number, inexact: boolean): bigint {
  if (!inexact) return kept;
  let add: boolean;
  switch (status.mxcsr & RC) {
    case DOWN:
      add = negative;
      break;
    case UP:
      add = !negative;
      break;
    case ZERO:
      add = false;
      break;
    default:
      add = side > 0 || (side === 0 && (kept & 1n) === 1n);
  }
  return add ? kept + 1n : kept;
}

/**
 * The number m * 2^e (m > 0, plus something below its last bit when `sticky`) in format `f`, rounded as MXCSR says, with
 * OE, UE and PE flagged. Tininess is found after rounding. With `sticky`, m has more bits than the format's precision.
 */
export function round(negative: boolean, m: bigint, e: number, sticky: boolean, f: Format): bigint {
  const sign = negative ? f.sign : 0n;
  const p = f.precision;
  const length = bitLength(m);
  let kept = roundAt(m, length - p, negative, sticky);
  let top = e + length - 1;
  if (kept > (f.fraction << 1n) + 1n) {
    kept >>= 1n;
    top++;
  }
  const lost = rounding.inexact;
  const field = top + f.bias;
  if (field < 1) {
    if ((status.mxcsr & (UNDERFLOW_MASK | FTZ)) === (UNDERFLOW_MASK | FTZ)) {
      status.flags |= UE | PE;
      return sign;
    }
    kept = roundAt(m, 1 - f.bias - p + 1 - e, negative, sticky);
    if ((status.mxcsr & UNDERFLOW_MASK) === 0) status.flags |= UE | (lost ? PE : 0);
    else if (rounding.inexact) status.flags |= UE | PE;
    return sign | kept;
  }
  if (field >= 2 * f.bias + 1) {
    // Unmasked, the result is the one with an unbounded exponent, which may be exact.
    status.flags |= OE | (lost || (status.mxcsr & OVERFLOW_MASK) !== 0 ? PE : 0);
    const rc = status.mxcsr & RC;
    const toLargest = rc === ZERO || (rc === DOWN && !negative) || (rc === UP && negative);
    return sign | (toLargest ? f.largest : f.infinity);
  }
  if (lost) status.flags |= PE;
  return sign | ((BigInt(field) << BigInt(p - 1)) + (kept - f.fraction - 1n));
}
