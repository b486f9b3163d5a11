/** The FPU's registers as the machine keeps them, and as the FXSAVE image that kernels and programs know. */
import { FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTW, MXCSR, X87, XMM } from '../machine/state.ts';

/** First word and number of words of the machine's FPU state, which is copied as a whole. */
export const FPU_FIRST = X87;
export const FPU_WORDS = MXCSR + 1 - X87;
const IMAGE_BYTES = 512;
/** Offset of XMM0 in the image, and of MXCSR with its mask. */
const IMAGE_XMM = 160;
const IMAGE_MXCSR = 24;
const MXCSR_MASK = 0xffbf;
const TAG_EMPTY = 3;

/** State words (relative to FPU_FIRST) as after FNINIT. */
export function initialFpu(): Int32Array {
  const words = new Int32Array(FPU_WORDS);
  words[FCW - FPU_FIRST] = 0x37f;
  words[FTW - FPU_FIRST] = 0xffff;
  words[MXCSR - FPU_FIRST] = 0x1f80;
  return words;
}

/** An image on its way, as the words that it consists of. */
const image32 = new Int32Array(IMAGE_BYTES / 4);
const image8 = new Uint8Array(image32.buffer);

/** Writes the FXSAVE image (SDM 2A, FXSAVE) of state words; `sse` includes XMM registers and MXCSR. */
export function toImage(words: Int32Array, image: Uint8Array, sse: boolean): void {
  const status = words[FSW - FPU_FIRST];
  const tags = words[FTW - FPU_FIRST];
  const top = (status >> 11) & 7;
  let valid = 0;
  for (let r = 0; r < 8; r++) if (((tags >> (r * 2)) & 3) !== TAG_EMPTY) valid |= 1 << r;
  image32[0] = (words[FCW - FPU_FIRST] & 0xffff) | (status << 16);
  image32[1] = valid | (words[FOP - FPU_FIRST] << 16);
  image32[2] = words[FIP - FPU_FIRST];
  image32[3] = words[FCS - FPU_FIRST] & 0xffff;
  image32[4] = words[FDP - FPU_FIRST];
  image32[5] = words[FDS - FPU_FIRST] & 0xffff;
  for (let i = 0; i < 8; i++) {
    const r = X87 - FPU_FIRST + ((top + i) & 7) * 4;
    image32[8 + i * 4] = words[r];
    image32[9 + i * 4] = words[r + 1];
    image32[10 + i * 4] = words[r + 2] & 0xffff;
    image32[11 + i * 4] = 0;
  }
  image32[IMAGE_MXCSR >> 2] = sse ? words[MXCSR - FPU_FIRST] : 0;
  image32[(IMAGE_MXCSR >> 2) + 1] = sse ? MXCSR_MASK : 0;
  for (let i = 0; i < 32; i++) image32[(IMAGE_XMM >> 2) + i] = sse ? words[XMM - FPU_FIRST + i] : 0;
  // What is reserved is 0.
  image32.fill(0, (IMAGE_XMM >> 2) + 32);
  image.set(image8);
}

/** Reads an FXSAVE image into state words; the full tags follow from the registers' contents. */
export function fromImage(image: Uint8Array, words: Int32Array, sse: boolean): void {
  image8.set(image.length === IMAGE_BYTES ? image : image.subarray(0, IMAGE_BYTES));
  const status = image32[0] >>> 16;
  const top = (status >> 11) & 7;
  const valid = image32[1] & 0xff;
  words[FCW - FPU_FIRST] = image32[0] & 0xffff;
  words[FSW - FPU_FIRST] = status;
  words[FOP - FPU_FIRST] = (image32[1] >>> 16) & 0x7ff;
  words[FIP - FPU_FIRST] = image32[2];
  words[FCS - FPU_FIRST] = image32[3] & 0xffff;
  words[FDP - FPU_FIRST] = image32[4];
  words[FDS - FPU_FIRST] = image32[5] & 0xffff;
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    const physical = (top + i) & 7;
    const r = X87 - FPU_FIRST + physical * 4;
    words[r] = image32[8 + i * 4];
    words[r + 1] = image32[9 + i * 4];
    words[r + 2] = image32[10 + i * 4] & 0xffff;
    const tag = (valid & (1 << physical)) === 0 ? TAG_EMPTY : tagOf(words[r], words[r + 1], words[r + 2]);
    tags |= tag << (physical * 2);
  }
  words[FTW - FPU_FIRST] = tags;
  if (!sse) return;
  words[MXCSR - FPU_FIRST] = image32[IMAGE_MXCSR >> 2] & MXCSR_MASK;
  for (let i = 0; i < 32; i++) words[XMM - FPU_FIRST + i] = image32[(IMAGE_XMM >> 2) + i];
}

/** Tag of a register's contents: 0 valid, 1 zero, 2 special (SDM 1, 8.1.7). */
function tagOf(low: number, high: number, signExponent: number): number {
  const exponent = signExponent & 0x7fff;
  if (exponent === 0) return (low | high) === 0 ? 1 : 2;
  return exponent === 0x7fff || high >= 0 ? 2 : 0;
}
