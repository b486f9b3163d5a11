/**
 * The FPU state in a signal frame: an FSAVE image with status and magic (112 bytes), then the FXSAVE image (512 bytes).
 * Source: arch/x86/kernel/fpu/regset.c, convert_from_fxsr and convert_to_fxsr.
 */
import { FPSTATE } from '../../abi/structs.ts';

/** Bytes of the FSAVE part; the FXSAVE part follows. */
export const FSAVE_SIZE = 112;
export const FXSAVE_SIZE = 512;
export const FPSTATE_SIZE = FSAVE_SIZE + FXSAVE_SIZE;

// Byte offsets in the FXSAVE image (SDM 1, 10.5.1).
const FX_CWD = 0;
const FX_SWD = 2;
const FX_TWD = 4;
const FX_FOP = 6;
const FX_FIP = 8;
const FX_FCS = 12;
const FX_FOO = 16;
const FX_FOS = 20;
const FX_MXCSR = 24;
const FX_MASK = 28;
const FX_ST = 32;
const ST_SIZE = 10;

const at = FPSTATE.at as Readonly<Record<string, number>>;

/** A frame's FPU part from an FXSAVE image. */
export function toFpstate(fx: Uint8Array): Uint8Array {
  const out = new Uint8Array(FPSTATE_SIZE);
  const from = new DataView(fx.buffer, fx.byteOffset);
  const to = new DataView(out.buffer);
  const status = from.getUint16(FX_SWD, true);
  to.setUint32(at.cw, 0xffff0000 | from.getUint16(FX_CWD, true), true);
  to.setUint32(at.sw, 0xffff0000 | status, true);
  to.setUint32(at.tag, 0xffff0000 | fullTags(from), true);
  to.setUint32(at.ipoff, from.getUint32(FX_FIP, true), true);
  to.setUint32(at.cssel, from.getUint16(FX_FCS, true) | (from.getUint16(FX_FOP, true) << 16), true);
  to.setUint32(at.dataoff, from.getUint32(FX_FOO, true), true);
  to.setUint32(at.datasel, from.getUint32(FX_FOS, true), true);
  for (let n = 0; n < 8; n++) out.set(fx.subarray(FX_ST + n * 16, FX_ST + n * 16 + ST_SIZE), 28 + n * ST_SIZE);
  to.setUint16(at.status, status, true);
  out.set(fx.subarray(0, FXSAVE_SIZE), FSAVE_SIZE);
  return out;
}

/** Brings an FXSAVE image up to date from a frame: x87 from its FSAVE part, the rest from its FXSAVE part. */
export function fromFpstate(frame: Uint8Array, fx: Uint8Array): void {
  const from = new DataView(frame.buffer, frame.byteOffset);
  const to = new DataView(fx.buffer, fx.byteOffset);
  const mask = to.getUint32(FX_MASK, true) || 0xffbf;
  fx.set(frame.subarray(FSAVE_SIZE, FPSTATE_SIZE));
  to.setUint32(FX_MXCSR, to.getUint32(FX_MXCSR, true) & mask, true);
  to.setUint32(FX_MASK, mask, true);
  to.setUint16(FX_CWD, from.getUint16(at.cw, true), true);
  to.setUint16(FX_SWD, from.getUint16(at.sw, true), true);
  to.setUint16(FX_TWD, abridged(from.getUint16(at.tag, true)), true);
  to.setUint32(FX_FIP, from.getUint32(at.ipoff, true), true);
  to.setUint16(FX_FCS, from.getUint16(at.cssel, true), true);
  to.setUint16(FX_FOP, from.getUint16(at.cssel + 2, true), true);
  to.setUint32(FX_FOO, from.getUint32(at.dataoff, true), true);
  to.setUint32(FX_FOS, from.getUint32(at.datasel, true), true);
  for (let n = 0; n < 8; n++) {
    fx.set(frame.subarray(28 + n * ST_SIZE, 28 + (n + 1) * ST_SIZE), FX_ST + n * 16);
  }
}

/** The state with which a signal handler starts, as after FNINIT; keeps MXCSR_MASK. */
export function resetFpu(fx: Uint8Array): void {
  const view = new DataView(fx.buffer, fx.byteOffset);
  const mask = view.getUint32(FX_MASK, true);
  fx.fill(0);
  view.setUint16(FX_CWD, 0x37f, true);
  view.setUint32(FX_MXCSR, 0x1f80, true);
  view.setUint32(FX_MASK, mask, true);
}

/** Two-bit tags of the physical registers: 0 valid, 1 zero, 2 special, 3 empty. */
function fullTags(fx: DataView): number {
  const top = (fx.getUint16(FX_SWD, true) >> 11) & 7;
  const used = fx.getUint8(FX_TWD);
  let tags = 0;
  for (let n = 0; n < 8; n++) {
    const st = FX_ST + ((n - top) & 7) * 16;
    tags |= (used & (1 << n) ? kind(fx, st) : 3) << (n * 2);
  }
  return tags;
}

function kind(fx: DataView, st: number): number {
  const exponent = fx.getUint16(st + 8, true) & 0x7fff;
  if (exponent === 0x7fff) return 2;
  if (exponent === 0) return fx.getUint32(st, true) === 0 && fx.getUint32(st + 4, true) === 0 ? 1 : 2;
  return fx.getUint8(st + 7) & 0x80 ? 0 : 2;
}

/** One bit per register that is not empty. */
function abridged(tags: number): number {
  let used = 0;
  for (let n = 0; n < 8; n++) if (((tags >> (n * 2)) & 3) !== 3) used |= 1 << n;
  return used;
}
