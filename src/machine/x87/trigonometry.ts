import {
  BIAS,
  C2,
  classOf,
  copy,
  DE,
  DENORMAL,
  INFINITE,
  invalid,
  J,
  put,
  QNAN,
  SIGN,
  unpack,
  unpacked,
  ZERO,
} from './extended.ts';
import { answerNaN1 } from './nan.ts';
import {
  addPair,
  dividePair,
  multiplyPair,
  negatePair,
  pair,
  polynomial,
  roundPair,
  scalePair,
  setPair,
  significandPair,
} from './pair.ts';
import { COS, COS_PLAIN, SIN, SIN_PLAIN } from './series.ts';

const TWO32 = 0x100000000;
/** pi as the processor reduces by it: 66 bits (SDM volume 1, 8.3.8), in units of 2^-64, as high and low part. */
const PI_HIGH = 0x3243f6a88;
const PI_LOW = 0x85a308d3;
/** From this exponent on the argument is out of range. */
const LIMIT = 63;
/** Below this exponent sin x = tan x = x and cos x = 1 to all bits that count. */
const TINY = -80;

/** The functions. */
export const SINE = 0;
export const COSINE = 1;
export const TANGENT = 2;

/** The reduced argument as a pair, its quadrant, and what the pairs of the two series were. */
const angle = new Float64Array(2);
const sine = new Float64Array(2);

/**
 * Slot `d` = sine, cosine or tangent of slot `a`. Returns exception flags and C1, or C2 alone where |a| >= 2^63 and
 * nothing is written; nothing is written either where an unmasked IE or DE is returned. SDM volume 2, FSIN, FCOS, FPTAN.
 */
export function trigonometric(f: Int32Array, d: number, a: number, which: number, control: number): number {
  const kind = classOf(f, a);
  if (kind >= QNAN) return answerNaN1(f, d, a, control);
  if (kind === INFINITE) return invalid(f, d, control);
  if (kind === ZERO) {
    if (which === COSINE) put(f, d, BIAS, J, 0);
    else copy(f, d, a);
    return 0;
  }
  const sign = f[a + 2] & SIGN;
  unpack(f, a);
  const exponent = unpacked[2] - BIAS;
  if (exponent >= LIMIT) return C2;
  const flags = kind === DENORMAL ? DE : 0;
  if ((flags & ~control) !== 0) return flags;
  if (exponent < TINY) return flags | tiny(f, d, sign, exponent, which, control);
  const quadrant = reduceAngle(unpacked[0], unpacked[1], exponent);
  const negative = evaluate(quadrant, which);
  const resultSign = which === COSINE ? (negative ? SIGN : 0) : negative ? sign ^ SIGN : sign;
  return flags | roundPair(f, d, resultSign, BIAS, control);
}

/** The result for an argument that is no more than its first term, moved in the direction of the second. */
function tiny(f: Int32Array, d: number, sign: number, exponent: number, which: number, control: number): number {
  if (which === COSINE) {
    setPair(1, -(2 ** -105));
    return roundPair(f, d, 0, BIAS, control);
  }
  significandPair(unpacked[0], unpacked[1]);
  addPair(which === SINE ? -(2 ** -105) : 2 ** -105, 0);
  return roundPair(f, d, sign, exponent + BIAS, control);
}

/** Puts |a| modulo pi / 2, in [-pi/4, pi/4], into `angle`; returns the quadrant 0..3. */
function reduceAngle(high: number, low: number, exponent: number): number {
  // In units of 2^-65, where pi / 2 is the 66-bit integer: the significand, shifted left exponent + 2 places.
  let restHigh = high >>> 0;
  let restLow = low >>> 0;
  if (exponent < -1) {
    significandPair(high, low);
    scalePair(2 ** exponent);
    angle[0] = pair[0];
    angle[1] = pair[1];
    return 0;
  }
  let quadrant = 0;
  for (let i = exponent + 2; i > 0; i--) {
    restLow *= 2;
    restHigh *= 2;
    if (restLow >= TWO32) {
      restLow -= TWO32;
      restHigh++;
    }
    quadrant = (quadrant << 1) & 3;
    if (restHigh > PI_HIGH || (restHigh === PI_HIGH && restLow >= PI_LOW)) {
      restLow -= PI_LOW;
      restHigh -= PI_HIGH;
      if (restLow < 0) {
        restLow += TWO32;
        restHigh--;
      }
      quadrant |= 1;
    }
  }
  if (restHigh * 2 >= PI_HIGH) {
    restHigh -= PI_HIGH;
    restLow -= PI_LOW;
    quadrant = (quadrant + 1) & 3;
  }
  setPair(restHigh * TWO32, 0);
  addPair(restLow, 0);
  scalePair(2 ** -65);
  angle[0] = pair[0];
  angle[1] = pair[1];
  return quadrant;
}

/** Leaves the function's absolute value at `quadrant` and `angle` in `pair`, returns whether it is negative. */
function evaluate(quadrant: number, which: number): boolean {
  const odd = (quadrant & 1) !== 0;
  if (which === TANGENT) {
    sinePair();
    sine[0] = pair[0];
    sine[1] = pair[1];
    cosinePair();
    if (odd) {
      dividePair(sine[0], sine[1]);
      negatePair();
    } else {
      const cosHigh = pair[0];
      const cosLow = pair[1];
      setPair(sine[0], sine[1]);
      dividePair(cosHigh, cosLow);
    }
    return pair[0] < 0;
  }
  if (odd === (which === SINE)) cosinePair();
  else sinePair();
  // sin: + + - -; cos: + - - + by quadrant.
  const turned = which === SINE ? quadrant >= 2 : quadrant === 1 || quadrant === 2;
  return pair[0] < 0 !== turned;
}

/** pair = sin(angle). */
function sinePair(): void {
  setPair(angle[0], angle[1]);
  multiplyPair(angle[0], angle[1]);
  polynomial(SIN, SIN_PLAIN, pair[0], pair[1]);
  multiplyPair(angle[0], angle[1]);
}

/** pair = cos(angle). */
function cosinePair(): void {
  setPair(angle[0], angle[1]);
  multiplyPair(angle[0], angle[1]);
  polynomial(COS, COS_PLAIN, pair[0], pair[1]);
}
