/**
 * ADD, SUB, MUL, DIV, SQRT, MIN, MAX on one lane. The host's arithmetic rounds to nearest even; where that is all there is
 * to an operation its result is taken, everything else goes the exact way (format.ts).
 */
import {
  bitLength,
  DOUBLE,
  exponent,
  type Format,
  getBits,
  invalid,
  isInfinite,
  isNan,
  isZero,
  nanResult,
  noteDenormal,
  operand,
  round,
  SINGLE,
  setBits,
  significand,
} from './format.ts';
import { DOWN, IE, RC, status, ZE } from './mxcsr.ts';

/** An operation on one lane: from byte offsets `a` and `b` to byte offset `r`. */
export type Lane = (v: DataView, a: number, b: number, r: number) => void;

/** The same on bit patterns that are no NaNs, DAZ applied. */
type Exact = (a: bigint, b: bigint, f: Format) => bigint;

/** Zero as a sum of opposite numbers. */
function zeroSum(f: Format): bigint {
  return (status.mxcsr & RC) === DOWN ? f.sign : 0n;
}

const addExact: Exact = (a, b, f) => {
  if (isInfinite(a, f)) return isInfinite(b, f) && a !== b ? invalid(f) : a;
  if (isInfinite(b, f)) return b;
  if (isZero(a, f) && isZero(b, f)) return a === b ? a : zeroSum(f);
  const ea = exponent(a, f);
  const eb = exponent(b, f);
  const e = Math.min(ea, eb);
  const ma = significand(a, f) << BigInt(ea - e);
  const mb = significand(b, f) << BigInt(eb - e);
  const sum = ((a & f.sign) !== 0n ? -ma : ma) + ((b & f.sign) !== 0n ? -mb : mb);
  if (sum === 0n) return zeroSum(f);
  return round(sum < 0n, sum < 0n ? -sum : sum, e, false, f);
};

const subExact: Exact = (a, b, f) => addExact(a, b ^ f.sign, f);

const mulExact: Exact = (a, b, f) => {
  const sign = (a ^ b) & f.sign;
  if (isInfinite(a, f) || isInfinite(b, f)) return isZero(a, f) || isZero(b, f) ? invalid(f) : sign | f.infinity;
  if (isZero(a, f) || isZero(b, f)) return sign;
  const product = significand(a, f) * significand(b, f);
  return round(sign !== 0n, product, exponent(a, f) + exponent(b, f), false, f);
};

const divExact: Exact = (a, b, f) => {
  const sign = (a ^ b) & f.sign;
  if (isInfinite(a, f)) return isInfinite(b, f) ? invalid(f) : sign | f.infinity;
  if (isInfinite(b, f)) return sign;
  if (isZero(b, f)) {
    if (isZero(a, f)) return invalid(f);
    status.flags |= ZE;
    return sign | f.infinity;
  }
  if (isZero(a, f)) return sign;
  const mb = significand(b, f);
  const extra = f.precision + 2 + bitLength(mb);
  const ma = significand(a, f) << BigInt(extra);
  const quotient = ma / mb;
  return round(sign !== 0n, quotient, exponent(a, f) - exponent(b, f) - extra, quotient * mb !== ma, f);
};

/** Integer square root, rounded down (Newton's method from above). */
function rootOf(m: bigint): bigint {
  let x = 1n << BigInt((bitLength(m) + 1) >> 1);
  for (;;) {
    const next = (x + m / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The square root of the second operand. */
const sqrtExact: Exact = (_a, b, f) => {
  if (isZero(b, f)) return b;
  if ((b & f.sign) !== 0n) return invalid(f);
  if (isInfinite(b, f)) return b;
  const e = exponent(b, f);
  // An even power of two remains, and more than twice the format's precision under the root.
  const extra = 2 * f.precision + 4 + ((e & 1) === 0 ? 0 : 1);
  const m = significand(b, f) << BigInt(extra);
  const root = rootOf(m);
  return round(false, root, (e - extra) / 2, root * root !== m, f);
};

function exactly(exact: Exact, f: Format, v: DataView, at: number, bt: number, r: number): void {
  const a = operand(getBits(v, at, f), f);
  const b = operand(getBits(v, bt, f), f);
  const nan = nanResult(a, b, f);
  if (nan !== null) {
    setBits(v, r, nan, f);
    return;
  }
  const others = status.flags;
  status.flags = 0;
  const result = exact(a, b, f);
  // An invalid operation and a division by zero come before the look at denormal operands.
  if ((status.flags & (IE | ZE)) === 0) noteDenormal(a, b, f);
  status.flags |= others;
  setBits(v, r, result, f);
}

/** Zero, or a normal number. */
function isPlain(x: number, f: Format): boolean {
  const m = Math.abs(x);
  return x === 0 || (m >= f.smallestNormal && m <= f.largestNumber);
}

/** Whether `r` is what the processor gives, too: no exception but PE can have come with it. */
function isSafe(a: number, b: number, r: number, f: Format): boolean {
  const m = Math.abs(r);
  return m > f.smallestNormal && m <= f.largestNumber && isPlain(a, f) && isPlain(b, f);
}

type Host = (a: number, b: number) => number;

/** A lane of doubles: the host's operation where it is safe. */
function double(host: Host, exact: Exact): Lane {
  return (v, at, bt, r) => {
    if (status.plain) {
      const a = v.getFloat64(at, true);
      const b = v.getFloat64(bt, true);
      const result = host(a, b);
      if (isSafe(a, b, result, DOUBLE)) {
        v.setFloat64(r, result, true);
        return;
      }
    }
    exactly(exact, DOUBLE, v, at, bt, r);
  };
}

/** A lane of singles: a double's 53 bits are enough for the second rounding to do no harm (Figueroa 1995). */
function single(host: Host, exact: Exact): Lane {
  return (v, at, bt, r) => {
    if (status.plain) {
      const a = v.getFloat32(at, true);
      const b = v.getFloat32(bt, true);
      const result = Math.fround(host(a, b));
      if (isSafe(a, b, result, SINGLE)) {
        v.setFloat32(r, result, true);
        return;
      }
    }
    exactly(exact, SINGLE, v, at, bt, r);
  };
}

/** One operation in both formats. */
export interface Operation {
  readonly single: Lane;
  readonly double: Lane;
}

function operation(host: Host, exact: Exact): Operation {
  return { single: single(host, exact), double: double(host, exact) };
}

export const add = operation((a, b) => a + b, addExact);
export const sub = operation((a, b) => a - b, subExact);
export const mul = operation((a, b) => a * b, mulExact);
export const div = operation((a, b) => a / b, divExact);

/** The square root looks at its second operand alone: the first is given the same. */
function rooted(lane: Lane): Lane {
  return (v, _a, b, r) => lane(v, b, b, r);
}
const root = operation((_a, b) => Math.sqrt(b), sqrtExact);
export const sqrt: Operation = { single: rooted(root.single), double: rooted(root.double) };

/** MIN and MAX: the second operand where one is a NaN (invalid) or both are zeros; `sign` is -1 for MIN. */
function extreme(sign: number, f: Format): Lane {
  return (v, at, bt, r) => {
    const a = operand(getBits(v, at, f), f);
    const b = operand(getBits(v, bt, f), f);
    if (isNan(a, f) || isNan(b, f)) {
      status.flags |= IE;
      setBits(v, r, b, f);
      return;
    }
    noteDenormal(a, b, f);
    setBits(v, r, sign * order(a, b, f) > 0 ? a : b, f);
  };
}
export const min: Operation = { single: extreme(-1, SINGLE), double: extreme(-1, DOUBLE) };
export const max: Operation = { single: extreme(1, SINGLE), double: extreme(1, DOUBLE) };

/** -1, 0 or 1 as `a` is below, equal to or above `b`; neither is a NaN. */
export function order(a: bigint, b: bigint, f: Format): number {
  const x = (a & f.sign) !== 0n ? -(a & ~f.sign) : a;
  const y = (b & f.sign) !== 0n ? -(b & ~f.sign) : b;
  return x < y ? -1 : x > y ? 1 : 0;
}
