/** A significand on its way through a shift: high, low, and 32 bits below of which the last is sticky. */
export const wide = new Int32Array(3);

/** Shifts high:low:extra right by `count` >= 0 into `wide`; bits that fall out stay in the last, sticky bit. */
export function shiftRight(high: number, low: number, extra: number, count: number): void {
  while (count >= 32) {
    if ((high | low) === 0) break;
    extra = low | (extra !== 0 ? 1 : 0);
    low = high;
    high = 0;
    count -= 32;
  }
  if (count >= 32) {
    extra = extra !== 0 ? 1 : 0;
  } else if (count > 0) {
    const lost = extra << (32 - count);
    extra = (low << (32 - count)) | (extra >>> count) | (lost !== 0 ? 1 : 0);
    low = (high << (32 - count)) | (low >>> count);
    high >>>= count;
  }
  wide[0] = high;
  wide[1] = low;
  wide[2] = extra;
}
