import {
  BIAS,
  classOf,
  copy,
  DE,
  DENORMAL,
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
import { answerNaN1 } from './nan.ts';
import { multiplyPair, pair, polynomial, roundPair, scalePair, significandPair } from './pair.ts';
import { EXPM1, EXPM1_PLAIN, LN2_HIGH, LN2_LOW } from './series.ts';

/** Below this exponent 2^x - 1 is x ln 2 to all bits that count. */
const TINY = -80;

/**
 * Slot `d` = 2^(slot `a`) - 1 for |a| <= 1; an argument outside stays as it is (the SDM leaves it undefined). Every
 * finite result but zero counts as inexact.
 * Returns exception flags and C1; writes nothing where an unmasked IE or DE is among them. SDM volume 2, F2XM1.
 */
export function exponentialM1(f: Int32Array, d: number, a: number, control: number): number {
  const kind = classOf(f, a);
  if (kind >= QNAN) return answerNaN1(f, d, a, control);
  const sign = f[a + 2] & SIGN;
  if (kind === INFINITE && sign !== 0) {
    put(f, d, SIGN | BIAS, J, 0);
    return 0;
  }
  const flags = kind === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (kind === ZERO || kind === INFINITE) {
    copy(f, d, a);
    return flags;
  }
  unpack(f, a);
  const exponent = unpacked[2] - BIAS;
  if (exponent >= 0) {
    if (exponent > 0 || unpacked[0] !== J || unpacked[1] !== 0) copy(f, d, a);
    else put(f, d, sign === 0 ? BIAS : SIGN | (BIAS - 1), J, 0);
    return flags | PE;
  }
  significandPair(unpacked[0], unpacked[1]);
  multiplyPair(LN2_HIGH, LN2_LOW);
  if (exponent < TINY) return flags | roundPair(f, d, sign, exponent + BIAS, control);
  scalePair(sign === 0 ? 2 ** exponent : -(2 ** exponent));
  const high = pair[0];
  const low = pair[1];
  polynomial(EXPM1, EXPM1_PLAIN, high, low);
  multiplyPair(high, low);
  return flags | roundPair(f, d, sign, BIAS, control);
}
