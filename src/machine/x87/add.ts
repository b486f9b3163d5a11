import { addEveryday } from './everyday.ts';
import {
  classOf,
  DE,
  EXPONENT,
  INFINITE,
  invalid,
  J,
  PC_EXTENDED,
  PC_MASK,
  put,
  RC_DOWN,
  RC_MASK,
  SIGN,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { answerNaN, isNaNClass } from './nan.ts';
import { roundPack } from './round.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const EXTENDED = PC_EXTENDED;
const PRECISION = PC_MASK;
const ROUNDING = RC_MASK;

/**
 * Slot `d` = slot `a` + slot `b`, or slot `a` - slot `b` where `flip` is 0x8000. `pending` is DE where an operand from
 * memory was denormal, else 0. Returns exception flags and C1; writes nothing where an unmasked IE or DE is among them.
 * SDM volume 2, FADD, FSUB.
 */
export function add(
  f: Int32Array,
  d: number,
  a: number,
  b: number,
  flip: number,
  control: number,
  pending: number,
): number {
  if ((control & (ROUNDING | PRECISION)) === EXTENDED && pending === 0) {
    const flags = addEveryday(f, d, a, b, flip);
    if (flags >= 0) return flags;
  }
  return addGeneral(f, d, a, b, flip, control, pending);
}

function addGeneral(
  f: Int32Array,
  d: number,
  a: number,
  b: number,
  flip: number,
  control: number,
  pending: number,
): number {
  if (isNaNClass(f, a) || isNaNClass(f, b)) return answerNaN(f, d, a, b, control);
  const signA = f[a + 2] & SIGN;
  const signB = (f[b + 2] ^ flip) & SIGN;
  const classA = classOf(f, a);
  const classB = classOf(f, b);
  if (classA === INFINITE && classB === INFINITE && signA !== signB) return invalid(f, d, control);

  let flags = pending;
  let expA = 0;
  let highA = 0;
  let lowA = 0;
  if (classA !== ZERO) {
    flags |= unpack(f, a);
    highA = unpacked[0];
    lowA = unpacked[1];
    expA = unpacked[2];
  }
  if (classB !== ZERO) flags |= unpack(f, b);
  if ((flags & DE & ~control) !== 0) return flags;

  if (classA === INFINITE || classB === INFINITE) {
    put(f, d, (classA === INFINITE ? signA : signB) | EXPONENT, J, 0);
    return flags;
  }
  if (classB === ZERO) {
    if (classA !== ZERO) return flags | roundPack(f, d, signA, expA, highA, lowA, 0, control);
    put(f, d, signA === signB ? signA : zeroSign(control), 0, 0);
    return flags;
  }
  if (classA === ZERO) {
    return flags | roundPack(f, d, signB, unpacked[2], unpacked[0], unpacked[1], 0, control);
  }
  return flags | addNormal(f, d, signA, expA, highA, lowA, signB, unpacked[2], unpacked[0], unpacked[1], control);
}

/** The sign of an exact difference of zero (SDM volume 1, 4.8.3.1). */
function zeroSign(control: number): number {
  return (control & ROUNDING) === RC_DOWN ? SIGN : 0;
}

/** Adds two normalized values, the one with the larger exponent first. */
function addNormal(
  f: Int32Array,
  d: number,
  signA: number,
  expA: number,
  highA: number,
  lowA: number,
  signB: number,
  expB: number,
  highB: number,
  lowB: number,
  control: number,
): number {
  if (expA < expB) return addOrdered(f, d, signB, expB, highB, lowB, signA ^ signB, expB - expA, highA, lowA, control);
  return addOrdered(f, d, signA, expA, highA, lowA, signA ^ signB, expA - expB, highB, lowB, control);
}

function addOrdered(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  highA: number,
  lowA: number,
  unlike: number,
  shift: number,
  high: number,
  low: number,
  control: number,
): number {
  // Align the smaller operand: high:low:extra, the last bit of extra sticky.
  let extra = 0;
  if (shift >= 32) {
    if (shift < 64) {
      const n = shift - 32;
      extra = n === 0 ? low : (high << (32 - n)) | (low >>> n) | (low << (32 - n) === 0 ? 0 : 1);
      low = high >>> n;
    } else if (shift < 96) {
      const n = shift - 64;
      const lost = n === 0 ? low : (high << (32 - n)) | low;
      extra = (high >>> n) | (lost === 0 ? 0 : 1);
      low = 0;
    } else {
      extra = 1;
      low = 0;
    }
    high = 0;
  } else {
    // Shifts in two steps, because a shift by 32 is one by 0.
    extra = (low << 1) << (31 - shift);
    low = ((high << 1) << (31 - shift)) | (low >>> shift);
    high >>>= shift;
  }
  if (unlike !== 0) return subtractAligned(f, d, sign, exponent, highA, lowA, high, low, extra, control);

  // Carries from the operands' and the sum's top bits, and a shift by the carry: no branch on data.
  const sumLow = (lowA + low) | 0;
  const carryLow = ((lowA & low) | ((lowA | low) & ~sumLow)) >>> 31;
  const sumHigh = (highA + high + carryLow) | 0;
  const carry = ((highA & high) | ((highA | high) & ~sumHigh)) >>> 31;
  extra = (extra >>> carry) | (extra & carry) | ((sumLow & carry) << 31);
  low = (sumLow >>> carry) | ((sumHigh & carry) << 31);
  high = (sumHigh >>> carry) | (carry << 31);
  return roundPack(f, d, sign, exponent + carry, high, low, extra, control);
}

function subtractAligned(
  f: Int32Array,
  d: number,
  sign: number,
  exponent: number,
  highA: number,
  lowA: number,
  highB: number,
  lowB: number,
  extraB: number,
  control: number,
): number {
  let extra = -extraB | 0;
  const borrow0 = extraB !== 0 ? 1 : 0;
  let low = (lowA - lowB - borrow0) | 0;
  const borrow1 = lowA >>> 0 < (lowB >>> 0) + borrow0 ? 1 : 0;
  const difference = (highA >>> 0) - (highB >>> 0) - borrow1;
  let high = difference | 0;
  if (difference < 0) {
    // Equal exponents and the second is larger; nothing was shifted out.
    low = -low | 0;
    high = (low === 0 ? -high : ~high) | 0;
    sign ^= SIGN;
  }
  if (high === 0) {
    if (low === 0) {
      if (extra === 0) {
        put(f, d, zeroSign(control), 0, 0);
        return 0;
      }
      low = extra;
      extra = 0;
      exponent -= 32;
    }
    high = low;
    low = extra;
    extra = 0;
    exponent -= 32;
  }
  const shift = Math.clz32(high);
  if (shift !== 0) {
    high = (high << shift) | (low >>> (32 - shift));
    low = (low << shift) | (extra >>> (32 - shift));
    extra <<= shift;
    exponent -= shift;
  }
  return roundPack(f, d, sign, exponent, high, low, extra, control);
}
