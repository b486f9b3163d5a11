/** Packed shifts. The count is the low quadword of the second operand, or an immediate. */
import type { Packed } from './registers.ts';

/** Shifts every lane of `bytes` at `d`; a count at or beyond the lane's width has been made `width` before. */
type Shift = (v: DataView, d: number, bytes: number, count: number) => void;

const psrlw: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 2) v.setUint16(d + i, v.getUint16(d + i, true) >>> count, true);
};
const psllw: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 2) v.setUint16(d + i, v.getUint16(d + i, true) << count, true);
};
const psraw: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 2) v.setInt16(d + i, v.getInt16(d + i, true) >> count, true);
};
const psrld: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 4) v.setUint32(d + i, count > 31 ? 0 : v.getUint32(d + i, true) >>> count, true);
};
const pslld: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 4) v.setInt32(d + i, count > 31 ? 0 : v.getInt32(d + i, true) << count, true);
};
const psrad: Shift = (v, d, n, count) => {
  for (let i = 0; i < n; i += 4) v.setInt32(d + i, v.getInt32(d + i, true) >> Math.min(count, 31), true);
};

const psrlq: Shift = (v, d, n, count) => {
  for (let i = d; i < d + n; i += 8) {
    const low = v.getUint32(i, true);
    const high = v.getUint32(i + 4, true);
    const across = count > 31 ? high >>> (count - 32) : (low >>> count) | (count === 0 ? 0 : high << (32 - count));
    v.setInt32(i, count > 63 ? 0 : across, true);
    v.setInt32(i + 4, count > 31 ? 0 : high >>> count, true);
  }
};
const psllq: Shift = (v, d, n, count) => {
  for (let i = d; i < d + n; i += 8) {
    const low = v.getUint32(i, true);
    const high = v.getUint32(i + 4, true);
    const across = count > 31 ? low << (count - 32) : (high << count) | (count === 0 ? 0 : low >>> (32 - count));
    v.setInt32(i + 4, count > 63 ? 0 : across, true);
    v.setInt32(i, count > 31 ? 0 : low << count, true);
  }
};

/** A shift by register or memory, and by immediate. */
export interface Shifts {
  readonly byOperand: Packed;
  readonly byImmediate: Packed;
}

function shifts(shift: Shift, width: number): Shifts {
  return {
    byOperand: (v, d, b, n) => {
      const low = v.getUint32(b, true);
      shift(v, d, n, v.getInt32(b + 4, true) !== 0 || low > width ? width : low);
    },
    byImmediate: (v, d, _b, n, imm) => shift(v, d, n, Math.min(imm, width)),
  };
}

export const SHIFTS = {
  psrlw: shifts(psrlw, 16),
  psrld: shifts(psrld, 32),
  psrlq: shifts(psrlq, 64),
  psraw: shifts(psraw, 16),
  psrad: shifts(psrad, 32),
  psllw: shifts(psllw, 16),
  pslld: shifts(pslld, 32),
  psllq: shifts(psllq, 64),
} satisfies Record<string, Shifts>;

/** PSRLDQ: all 16 bytes move down by `imm` bytes. */
export const psrldq: Packed = (v, d, _b, n, imm) => {
  for (let i = 0; i < n; i++) v.setUint8(d + i, i + imm < n ? v.getUint8(d + i + imm) : 0);
};

/** PSLLDQ: all 16 bytes move up by `imm` bytes. */
export const pslldq: Packed = (v, d, _b, n, imm) => {
  for (let i = n - 1; i >= 0; i--) v.setUint8(d + i, i >= imm ? v.getUint8(d + i - imm) : 0);
};
