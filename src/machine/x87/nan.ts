import { classOf, copy, EXPONENT, IE, invalid, J, QNAN, QUIET, SNAN, UNSUPPORTED } from './extended.ts';

/** Whether the value in slot `a` is a NaN or unsupported: then `answerNaN` gives the result of any arithmetic. */
export function isNaNClass(f: Int32Array, a: number): boolean {
  const high = f[a + 1];
  const exponent = f[a + 2] & EXPONENT;
  if (exponent === EXPONENT) return high !== J || f[a] !== 0;
  return high >= 0 && exponent !== 0;
}

/**
 * The result in slot `d` of an operation with two operands of which at least one is a NaN or unsupported; returns IE or 0.
 *
 * A quiet NaN wins over a signaling one, of two alike the larger significand wins, of equal significands the positive
 * one (SDM volume 1, table 4-7). Nothing is written where an unmasked IE is raised.
 */
export function answerNaN(f: Int32Array, d: number, a: number, b: number, control: number): number {
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  if (classA === UNSUPPORTED || classB === UNSUPPORTED) return invalid(f, d, control);
  const flags = classA === SNAN || classB === SNAN ? IE : 0;
  if ((flags & ~control) !== 0) return flags;
  let winner = a;
  if (classA < QNAN) winner = b;
  else if (classB < QNAN) winner = a;
  else if (classA !== classB) winner = classA === QNAN ? a : b;
  else winner = largerSignificand(f, a, b);
  copy(f, d, winner);
  f[d + 1] |= QUIET;
  return flags;
}

/** The result in slot `d` of an operation with one operand that is a NaN or unsupported; returns IE or 0. */
export function answerNaN1(f: Int32Array, d: number, a: number, control: number): number {
  return answerNaN(f, d, a, a, control);
}

function largerSignificand(f: Int32Array, a: number, b: number): number {
  const highA = f[a + 1] >>> 0;
  const highB = f[b + 1] >>> 0;
  if (highA !== highB) return highA > highB ? a : b;
  const lowA = f[a] >>> 0;
  const lowB = f[b] >>> 0;
  if (lowA !== lowB) return lowA > lowB ? a : b;
  return f[a + 2] < f[b + 2] ? a : b;
}
