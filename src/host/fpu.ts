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

/** Writes the FXSAVE image (SDM 2A, FXSAVE) of state words; `sse` includes XMM registers and MXCSR. */
export function toImage(words: Int32Array, image: Uint8Array, sse: boolean): void {
  const view = new DataView(image.buffer, image.byteOffset, IMAGE_BYTES);
  const at = (word: number) => words[word - FPU_FIRST];
  const top = (at(FSW) >> 11) & 7;
  let valid = 0;
  for (let r = 0; r < 8; r++) if (((at(FTW) >> (r * 2)) & 3) !== TAG_EMPTY) valid |= 1 << r;
  image.fill(0, 0, IMAGE_BYTES);
  view.setUint16(0, at(FCW), true);
  view.setUint16(2, at(FSW), true);
  view.setUint8(4, valid);
  view.setUint16(6, at(FOP), true);
  view.setInt32(8, at(FIP), true);
  view.setUint16(12, at(FCS), true);
  view.setInt32(16, at(FDP), true);
  view.setUint16(20, at(FDS), true);
  for (let i = 0; i < 8; i++) {
    const r = X87 - FPU_FIRST + ((top + i) & 7) * 4;
    view.setInt32(32 + i * 16, words[r], true);
    view.setInt32(36 + i * 16, words[r + 1], true);
    view.setUint16(40 + i * 16, words[r + 2], true);
  }
  if (!sse) return;
  view.setInt32(IMAGE_MXCSR, at(MXCSR), true);
  view.setInt32(IMAGE_MXCSR + 4, MXCSR_MASK, true);
  for (let i = 0; i < 32; i++) view.setInt32(IMAGE_XMM + i * 4, words[XMM - FPU_FIRST + i], true);
}

/** Reads an FXSAVE image into state words; the full tags follow from the registers' contents. */
export function fromImage(image: Uint8Array, words: Int32Array, sse: boolean): void {
  const view = new DataView(image.buffer, image.byteOffset, IMAGE_BYTES);
  const set = (word: number, value: number) => {
    words[word - FPU_FIRST] = value;
  };
  const status = view.getUint16(2, true);
  const top = (status >> 11) & 7;
  const valid = view.getUint8(4);
  set(FCW, view.getUint16(0, true));
  set(FSW, status);
  set(FOP, view.getUint16(6, true) & 0x7ff);
  set(FIP, view.getInt32(8, true));
  set(FCS, view.getUint16(12, true));
  set(FDP, view.getInt32(16, true));
  set(FDS, view.getUint16(20, true));
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    const physical = (top + i) & 7;
    const r = X87 - FPU_FIRST + physical * 4;
    words[r] = view.getInt32(32 + i * 16, true);
    words[r + 1] = view.getInt32(36 + i * 16, true);
    words[r + 2] = view.getUint16(40 + i * 16, true);
    const tag = (valid & (1 << physical)) === 0 ? TAG_EMPTY : tagOf(words[r], words[r + 1], words[r + 2]);
    tags |= tag << (physical * 2);
  }
  set(FTW, tags);
  if (!sse) return;
  set(MXCSR, view.getInt32(IMAGE_MXCSR, true) & MXCSR_MASK);
  for (let i = 0; i < 32; i++) words[XMM - FPU_FIRST + i] = view.getInt32(IMAGE_XMM + i * 4, true);
}

/** Tag of a register's contents: 0 valid, 1 zero, 2 special (SDM 1, 8.1.7). */
function tagOf(low: number, high: number, signExponent: number): number {
  const exponent = signExponent & 0x7fff;
  if (exponent === 0) return (low | high) === 0 ? 1 : 2;
  return exponent === 0x7fff || high >= 0 ? 2 : 0;
}
