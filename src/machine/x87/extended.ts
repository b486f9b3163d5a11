/**
 * Double extended values as the arithmetic sees them: 16-byte slots in an `Int32Array`.
 *
 *   slot + 0   significand, bits 31..0
 *   slot + 1   significand, bits 63..32; bit 31 is the explicit integer bit J
 *   slot + 2   sign << 15 | biased exponent
 *   slot + 3   not used
 *
 * A slot is named by the index of its first word. SDM volume 1, 4.2.2 and 8.2.
 */

/** Exception flags and condition bits where the status word has them (SDM volume 1, figure 8-4). */
export const IE = 0x0001;
export const DE = 0x0002;
export const ZE = 0x0004;
export const OE = 0x0008;
export const UE = 0x0010;
export const PE = 0x0020;
export const C0 = 0x0100;
export const C1 = 0x0200;
export const C2 = 0x0400;
export const C3 = 0x4000;

/** Rounding control (control word bits 11..10) and precision control (bits 9..8), in place. */
export const RC_MASK = 0x0c00;
export const RC_DOWN = 0x0400;
export const RC_UP = 0x0800;
export const RC_ZERO = 0x0c00;
export const PC_MASK = 0x0300;
export const PC_SINGLE = 0x0000;
export const PC_DOUBLE = 0x0200;
export const PC_EXTENDED = 0x0300;

export const SIGN = 0x8000;
export const EXPONENT = 0x7fff;
/** The biased exponent of 1.0. */
export const BIAS = 0x3fff;
/** The integer bit J of the high word, and the most negative int32. */
export const J = 0x80000000 | 0;
/** The bit of the high word that makes a NaN quiet. */
export const QUIET = 0x40000000;
/** An exponent is changed by this much where an overflow or underflow is not masked (SDM volume 1, 8.5.4). */
export const WRAP = 0x6000;

/** The classes of a value, ordered so that `>= INFINITE` asks for all that have no finite value. */
export const ZERO = 0;
export const DENORMAL = 1;
export const NORMAL = 2;
export const INFINITE = 3;
export const QNAN = 4;
export const SNAN = 5;
export const UNSUPPORTED = 6;

/** The class of the value in slot `a`; pseudo-denormals are DENORMAL (SDM volume 1, tables 4-3 and 8-3). */
export function classOf(f: Int32Array, a: number): number {
  const exponent = f[a + 2] & EXPONENT;
  const high = f[a + 1];
  if (exponent === 0) return (high | f[a]) === 0 ? ZERO : DENORMAL;
  if (high >= 0) return UNSUPPORTED;
  if (exponent !== EXPONENT) return NORMAL;
  if ((high & 0x7fffffff) === 0 && f[a] === 0) return INFINITE;
  return (high & QUIET) !== 0 ? QNAN : SNAN;
}

/** Writes the four parts of a value to slot `d`. */
export function put(f: Int32Array, d: number, signExponent: number, high: number, low: number): void {
  f[d] = low;
  f[d + 1] = high;
  f[d + 2] = signExponent;
}

/** Copies the value of slot `a` to slot `d`. */
export function copy(f: Int32Array, d: number, a: number): void {
  f[d] = f[a];
  f[d + 1] = f[a + 1];
  f[d + 2] = f[a + 2];
}

/** Answers an invalid operation: IE, and the QNaN indefinite in slot `d` where IE is masked (SDM volume 1, 8.5.1). */
export function invalid(f: Int32Array, d: number, control: number): number {
  if ((control & IE) !== 0) put(f, d, SIGN | EXPONENT, J | QUIET, 0);
  return IE;
}

/**
 * The normalized parts of a finite nonzero value as `unpack` leaves them: significand high, low, and the exponent,
 * which is zero or negative for a denormal.
 */
export const unpacked = new Int32Array(3);

/** Normalizes the finite nonzero value of slot `a` into `unpacked`; returns DE for a denormal, else 0. */
export function unpack(f: Int32Array, a: number): number {
  const high = f[a + 1];
  const low = f[a];
  const exponent = f[a + 2] & EXPONENT;
  unpacked[0] = high;
  unpacked[1] = low;
  unpacked[2] = exponent;
  if (exponent !== 0) return 0;
  normalize(high, low, 1);
  return DE;
}

/** Shifts a nonzero significand left until J is set and stores it in `unpacked` with the exponent lowered to match. */
export function normalize(high: number, low: number, exponent: number): void {
  if (high === 0) {
    const shift = Math.clz32(low);
    unpacked[0] = low << shift;
    unpacked[1] = 0;
    unpacked[2] = exponent - 32 - shift;
    return;
  }
  const shift = Math.clz32(high);
  unpacked[0] = shift === 0 ? high : (high << shift) | (low >>> (32 - shift));
  unpacked[1] = low << shift;
  unpacked[2] = exponent - shift;
}
