import { BIAS, IE, put, SIGN } from './extended.ts';
import { integer, roundToDecimalRange } from './integral.ts';
import { writeNormalized } from './load.ts';

const TWO32 = 0x100000000;
const BILLION = 1_000_000_000;

/** Packed decimal as it lies in memory: bytes 0..3, 4..7, 8..9 (SDM volume 1, figure 4-7). */
export const packed = new Int32Array(3);

/**
 * Writes the packed decimal of `packed` to slot `d`; digits above 9 count as their value. Never raises. SDM volume 2,
 * FBLD.
 */
export function loadDecimal(f: Int32Array, d: number): void {
  const sign = packed[2] & SIGN;
  // Digits 17..9 and 8..0, each nine below 10^9 (up to 15 times 111111111 for invalid digits).
  const upper = nineDigits((packed[1] >>> 4) | (packed[2] << 28), (packed[2] >>> 4) & 0xf);
  const lower = nineDigits(packed[0], packed[1] & 0xf);
  // upper * 10^9 + lower in two words: 10^9 = 0x3b9aca00 is below 2^30, upper is split at 16 bits.
  const productHigh = (upper >>> 16) * BILLION;
  const productLow = (upper & 0xffff) * BILLION + lower;
  const sum = (productHigh % 65536) * 65536 + productLow;
  const low = (sum % TWO32) | 0;
  const high = Math.floor(productHigh / 65536) + Math.floor(sum / TWO32);
  if ((high | low) === 0) put(f, d, sign, 0, 0);
  else writeNormalized(f, d, sign, high | 0, low, BIAS + 63);
}

/** The value of eight digits in a word and a ninth above them. */
function nineDigits(word: number, ninth: number): number {
  let value = ninth;
  for (let shift = 28; shift >= 0; shift -= 4) value = value * 10 + ((word >>> shift) & 0xf);
  return value;
}

/**
 * Converts slot `a` to packed decimal in `packed` by the rounding control. Returns IE (with the packed decimal
 * indefinite), or PE and C1. SDM volume 2, FBSTP.
 */
export function storeDecimal(f: Int32Array, a: number, control: number): number {
  const flags = roundToDecimalRange(f, a, control);
  if ((flags & IE) !== 0) {
    packed[0] = 0;
    packed[1] = 0xc0000000;
    packed[2] = 0xffff;
    return flags;
  }
  // Long division of high:low by 10^9 with a rest below it; high is below 2^28.
  const high = integer[1];
  const top = high * 65536 + (integer[0] >>> 16);
  const quotientHigh = Math.floor(top / BILLION);
  const next = (top % BILLION) * 65536 + (integer[0] & 0xffff);
  const upper = quotientHigh * 65536 + Math.floor(next / BILLION);
  const lower = next % BILLION;
  const lowerDigits = eightDigits(lower);
  const upperDigits = eightDigits(upper);
  const ninthLower = Math.floor(lower / 100_000_000);
  const ninthUpper = Math.floor(upper / 100_000_000);
  packed[0] = lowerDigits;
  packed[1] = (upperDigits << 4) | ninthLower;
  packed[2] = (f[a + 2] & SIGN) | (ninthUpper << 4) | (upperDigits >>> 28);
  return flags;
}

/** The last eight decimal digits of a value, as a word of packed digits. */
function eightDigits(value: number): number {
  let word = 0;
  for (let shift = 0; shift < 32; shift += 4) {
    word |= (value % 10) << shift;
    value = Math.floor(value / 10);
  }
  return word;
}
