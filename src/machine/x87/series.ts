/** Coefficients of the power series of the transcendental functions, as pairs of doubles (see pair.ts). */
import { dividePair, pair, setPair } from './pair.ts';

/** ln 2, log2 e and pi / 2 as pairs. */
export const LN2_HIGH = Math.LN2;
export const LN2_LOW = 2.3190468138462996e-17;
export const LOG2E_HIGH = Math.LOG2E;
export const LOG2E_LOW = 2.0355273740931033e-17;
export const HALF_PI_HIGH = 1.5707963267948966;
export const HALF_PI_LOW = 6.123233995736766e-17;

/** atan(j / 8) for j = 0..8 as pairs. */
export const ATAN_EIGHTHS = Float64Array.from([
  0, 0, 0.12435499454676144, -3.1253241424539383e-18, 0.24497866312686414, 1.0698755618734451e-17, 0.35877067027057225,
  -2.4623815582638635e-17, 0.4636476090008061, 2.2698777452961687e-17, 0.5585993153435624, -5.4556305485916264e-18,
  0.6435011087932844, 1.5834785051444286e-17, 0.7188299996216245, -2.1478388444456983e-17, 0.7853981633974483,
  3.061616997868383e-17,
]);

/**
 * `count` coefficients, each the one before divided by `step(k)`, k = 1, 2, ...; the first is 1.
 */
function quotients(count: number, step: (k: number) => number): Float64Array {
  const series = new Float64Array(2 * count);
  setPair(1, 0);
  for (let k = 0; k < count; k++) {
    if (k > 0) dividePair(step(k), 0);
    series[2 * k] = pair[0];
    series[2 * k + 1] = pair[1];
  }
  return series;
}

/** `count` coefficients sign(k) / (2k + 1). */
function oddReciprocals(count: number, alternating: boolean): Float64Array {
  const series = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    setPair(alternating && (k & 1) === 1 ? -1 : 1, 0);
    dividePair(2 * k + 1, 0);
    series[2 * k] = pair[0];
    series[2 * k + 1] = pair[1];
  }
  return series;
}

/** (e^t - 1) / t in t. */
export const EXPM1 = quotients(28, (k) => k + 1);
/** sin(r) / r in r^2. */
export const SIN = quotients(15, (k) => -2 * k * (2 * k + 1));
/** cos(r) in r^2. */
export const COS = quotients(15, (k) => -2 * k * (2 * k - 1));
/** atan(r) / r in r^2. */
export const ATAN = oddReciprocals(15, true);
/** atanh(s) / s in s^2. */
export const ATANH = oddReciprocals(22, false);

/** From these terms on doubles are enough: what is left out is below 2^-100 of the result. */
export const EXPM1_PLAIN = 17;
export const SIN_PLAIN = 9;
export const COS_PLAIN = 10;
export const ATAN_PLAIN = 7;
export const ATANH_PLAIN = 11;
