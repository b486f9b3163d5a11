import { C0, C2, C3, classOf, DE, DENORMAL, EXPONENT, IE, QNAN, SIGN, SNAN, UNSUPPORTED, ZERO } from './extended.ts';

/** The condition bits of an unordered result. */
export const UNORDERED = C3 | C2 | C0;

/**
 * Compares slot `a` with slot `b`: returns C3 (equal), C0 (less), UNORDERED or none of them (greater), with IE and DE.
 *
 * `quiet` is 1 where a quiet NaN is no invalid operation (FUCOM), else 0; `pending` is DE where an operand from memory
 * was denormal. SDM volume 2, FCOM and FUCOM.
 */
export function compare(f: Int32Array, a: number, b: number, quiet: number, pending: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2];
  if ((f[a + 1] & f[b + 1]) < 0 && (seA & EXPONENT) !== EXPONENT && (seB & EXPONENT) !== EXPONENT) {
    if ((seA & EXPONENT) !== 0 && (seB & EXPONENT) !== 0) return pending | order(f, a, b);
  }
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  if (classA >= QNAN || classB >= QNAN) {
    const signals = classA >= SNAN || classB >= SNAN || quiet === 0;
    return signals ? UNORDERED | IE : UNORDERED;
  }
  const flags = classA === DENORMAL || classB === DENORMAL ? DE | pending : pending;
  if (classA === ZERO && classB === ZERO) return flags | C3;
  return flags | order(f, a, b);
}

/** Orders two values that are not both zero; a denormal's exponent 0 sorts below every normal one. */
function order(f: Int32Array, a: number, b: number): number {
  const seA = f[a + 2];
  const seB = f[b + 2];
  if (((seA ^ seB) & SIGN) !== 0) return (seA & SIGN) !== 0 ? C0 : 0;
  const greater = (seA & SIGN) !== 0 ? C0 : 0;
  // A pseudo-denormal (exponent 0, J set) is worth as much as exponent 1.
  const expA = seA & EXPONENT || f[a + 1] >>> 31;
  const expB = seB & EXPONENT || f[b + 1] >>> 31;
  if (expA !== expB) return expA > expB ? greater : greater ^ C0;
  if (f[a + 1] !== f[b + 1]) return f[a + 1] >>> 0 > f[b + 1] >>> 0 ? greater : greater ^ C0;
  if (f[a] !== f[b]) return f[a] >>> 0 > f[b] >>> 0 ? greater : greater ^ C0;
  return C3;
}

/** The condition bits of FXAM for the value in slot `a`, C1 (the sign) excluded. SDM volume 2, FXAM. */
export function examine(f: Int32Array, a: number): number {
  switch (classOf(f, a)) {
    case ZERO:
      return C3;
    case DENORMAL:
      return C3 | C2;
    case QNAN:
    case SNAN:
      return C0;
    case UNSUPPORTED:
      return 0;
    default:
      return (f[a + 2] & EXPONENT) === EXPONENT ? C2 | C0 : C2;
  }
}
