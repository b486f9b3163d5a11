import {
  BIAS,
  C1,
  classOf,
  copy,
  DE,
  DENORMAL,
  EXPONENT,
  INFINITE,
  invalid,
  J,
  OE,
  PC_EXTENDED,
  PE,
  put,
  QNAN,
  SIGN,
  UE,
  unpack,
  unpacked,
  WRAP,
  ZE,
  ZERO,
} from './extended.ts';
import { loadInteger } from './load.ts';
import { answerNaN, answerNaN1, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

/** No finite value is moved by more than this without leaving the range at either end, wrapped or not. */
const FAR = 0x10000;

/**
 * Slot `d` = slot `a` * 2^(slot `b` truncated to an integer). Returns exception flags and C1; writes nothing where an
 * unmasked IE or DE is among them. SDM volume 2, FSCALE.
 */
export function scale(f: Int32Array, d: number, a: number, b: number, control: number): number {
  if (isNaNClass(f, a) || isNaNClass(f, b)) return answerNaN(f, d, a, b, control);
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  const sign = f[a + 2] & SIGN;
  const down = (f[b + 2] & SIGN) !== 0;
  if (classB === INFINITE && classA === (down ? INFINITE : ZERO)) return invalid(f, d, control);
  const flags = classA === DENORMAL || classB === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (classA === ZERO || classA === INFINITE) {
    copy(f, d, a);
    return flags;
  }
  if (classB === INFINITE) {
    put(f, d, down ? sign : sign | EXPONENT, down ? 0 : J, 0);
    return flags;
  }
  const shift = shiftCount(f, b);
  unpack(f, a);
  const exponent = unpacked[2] + shift;
  // So far out that not even the wrapped exponent fits: the result is zero or infinity all the same.
  if (exponent + WRAP <= 0 && (control & UE) === 0) {
    put(f, d, sign, 0, 0);
    return flags | UE | PE;
  }
  if (exponent - WRAP >= EXPONENT && (control & OE) === 0) {
    put(f, d, sign | EXPONENT, J, 0);
    return flags | OE | PE | C1;
  }
  return flags | roundPack(f, d, sign, exponent, unpacked[0], unpacked[1], 0, control | PC_EXTENDED);
}

/** The finite value of slot `b` truncated to an integer and limited to FAR. */
function shiftCount(f: Int32Array, b: number): number {
  const exponent = (f[b + 2] & EXPONENT) - BIAS;
  if (exponent < 0) return 0;
  const magnitude = exponent >= 16 ? FAR : f[b + 1] >>> (31 - exponent);
  return (f[b + 2] & SIGN) !== 0 ? -magnitude : magnitude;
}

/**
 * Splits slot `a`: its unbiased exponent as a value to slot `e`, its significand with the sign to slot `d`.
 * Returns exception flags; writes nothing where an unmasked one is among them. SDM volume 2, FXTRACT.
 */
export function extract(f: Int32Array, d: number, e: number, a: number, control: number): number {
  const kind = classOf(f, a);
  if (kind >= QNAN) {
    const flags = answerNaN1(f, d, a, control);
    if ((flags & ~control) === 0) copy(f, e, d);
    return flags;
  }
  const signExponent = f[a + 2];
  const sign = signExponent & SIGN;
  if (kind === ZERO) {
    if ((control & ZE) === 0) return ZE;
    put(f, d, signExponent, 0, 0);
    put(f, e, SIGN | EXPONENT, J, 0);
    return ZE;
  }
  if (kind === INFINITE) {
    put(f, d, signExponent, J, 0);
    put(f, e, EXPONENT, J, 0);
    return 0;
  }
  const flags = unpack(f, a);
  if ((flags & ~control) !== 0) return flags;
  put(f, d, sign | BIAS, unpacked[0], unpacked[1]);
  loadInteger(f, e, unpacked[2] - BIAS);
  return flags;
}
