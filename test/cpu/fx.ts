/** FXSAVE images (SDM vol. 1, 10.5.1) to and from our processor's x87, MMX and SSE state, without using its FXSAVE. */
import { FCW, FSW, FTW, MXCSR, X87, XMM } from '../../src/machine/state.ts';

/** Loads a 512-byte image; the tag word is made from the contents of the registers. */
export function loadFx(s: Int32Array, image: Uint8Array): void {
  const words = new Int32Array(image.buffer, image.byteOffset, 128);
  const status = words[0] >>> 16;
  const top = (status >> 11) & 7;
  s[FCW] = words[0] & 0xffff;
  s[FSW] = status;
  let tags = 0;
  for (let physical = 0; physical < 8; physical++) {
    const from = 8 + 4 * ((physical - top) & 7);
    const to = X87 + 4 * physical;
    s[to] = words[from];
    s[to + 1] = words[from + 1];
    s[to + 2] = words[from + 2] & 0xffff;
    s[to + 3] = 0;
    const used = ((words[1] >> physical) & 1) !== 0;
    tags |= (used ? tag(words[from], words[from + 1], words[from + 2] & 0x7fff) : 3) << (2 * physical);
  }
  s[FTW] = tags;
  s[MXCSR] = words[6];
  s.set(words.subarray(40, 72), XMM);
}

/** Valid, zero, or special (SDM vol. 1, 8.1.7). */
function tag(low: number, high: number, exponent: number): number {
  if (exponent === 0) return low === 0 && high === 0 ? 1 : 2;
  return exponent === 0x7fff || high >= 0 ? 2 : 0;
}

/** The state as a 512-byte image; pointers and opcode stay zero. */
export function storeFx(s: Int32Array): Uint8Array {
  const words = new Int32Array(128);
  const top = (s[FSW] >> 11) & 7;
  words[0] = (s[FCW] & 0xffff) | (s[FSW] << 16);
  let used = 0;
  for (let physical = 0; physical < 8; physical++) {
    if (((s[FTW] >> (2 * physical)) & 3) !== 3) used |= 1 << physical;
    const to = 8 + 4 * ((physical - top) & 7);
    words.set(s.subarray(X87 + 4 * physical, X87 + 4 * physical + 3), to);
  }
  words[1] = used;
  words[6] = s[MXCSR];
  words.set(s.subarray(XMM, XMM + 32), 40);
  return new Uint8Array(words.buffer);
}
