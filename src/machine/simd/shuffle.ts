/** Packs, unpacks and shuffles: results are put together in a slot of their own, since operands may be one register. */
import { type Packed, RESULT } from './registers.ts';

/** Copies the result slot to the destination. */
function finish(v: DataView, d: number, bytes: number): void {
  for (let i = 0; i < bytes; i += 4) v.setInt32(d + i, v.getInt32(RESULT + i, true), true);
}

/** Interleaves lanes of `size` bytes from the low or the high halves: PUNPCKLBW .. PUNPCKHQDQ, UNPCKLPS .. UNPCKHPD. */
export function unpack(size: number, high: boolean): Packed {
  return (v, d, b, n) => {
    const from = high ? n >> 1 : 0;
    for (let i = 0; i < n >> 1; i += size) {
      for (let j = 0; j < size; j++) {
        v.setUint8(RESULT + 2 * i + j, v.getUint8(d + from + i + j));
        v.setUint8(RESULT + 2 * i + size + j, v.getUint8(b + from + i + j));
      }
    }
    finish(v, d, n);
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Signed words to bytes, kept between two bounds: PACKSSWB, PACKUSWB. */
function packWords(low: number, high: number): Packed {
  return (v, d, b, n) => {
    const half = n >> 1;
    for (let i = 0; i < half; i++) {
      v.setInt8(RESULT + i, clamp(v.getInt16(d + 2 * i, true), low, high));
      v.setInt8(RESULT + half + i, clamp(v.getInt16(b + 2 * i, true), low, high));
    }
    finish(v, d, n);
  };
}
export const packsswb = packWords(-0x80, 0x7f);
export const packuswb = packWords(0, 0xff);

export const packssdw: Packed = (v, d, b, n) => {
  const half = n >> 1;
  for (let i = 0; i < half; i += 2) {
    v.setInt16(RESULT + i, clamp(v.getInt32(d + 2 * i, true), -0x8000, 0x7fff), true);
    v.setInt16(RESULT + half + i, clamp(v.getInt32(b + 2 * i, true), -0x8000, 0x7fff), true);
  }
  finish(v, d, n);
};

/** Four words of eight bytes chosen by two bits each. */
function chooseWords(v: DataView, to: number, from: number, imm: number): void {
  for (let i = 0; i < 4; i++) v.setInt16(to + 2 * i, v.getInt16(from + 2 * ((imm >> (2 * i)) & 3), true), true);
}

/** Copies a quadword as it is. */
function keep(v: DataView, to: number, from: number): void {
  v.setInt32(to, v.getInt32(from, true), true);
  v.setInt32(to + 4, v.getInt32(from + 4, true), true);
}

export const pshufw: Packed = (v, d, b, n, imm) => {
  chooseWords(v, RESULT, b, imm);
  finish(v, d, n);
};

export const pshuflw: Packed = (v, d, b, n, imm) => {
  chooseWords(v, RESULT, b, imm);
  keep(v, RESULT + 8, b + 8);
  finish(v, d, n);
};

export const pshufhw: Packed = (v, d, b, n, imm) => {
  keep(v, RESULT, b);
  chooseWords(v, RESULT + 8, b + 8, imm);
  finish(v, d, n);
};

export const pshufd: Packed = (v, d, b, n, imm) => {
  for (let i = 0; i < 4; i++) v.setInt32(RESULT + 4 * i, v.getInt32(b + 4 * ((imm >> (2 * i)) & 3), true), true);
  finish(v, d, n);
};

/** Two dwords of the destination, then two of the source. */
export const shufps: Packed = (v, d, b, n, imm) => {
  for (let i = 0; i < 4; i++) {
    const from = i < 2 ? d : b;
    v.setInt32(RESULT + 4 * i, v.getInt32(from + 4 * ((imm >> (2 * i)) & 3), true), true);
  }
  finish(v, d, n);
};

/** A quadword of the destination, then one of the source. */
export const shufpd: Packed = (v, d, b, n, imm) => {
  keep(v, RESULT, d + 8 * (imm & 1));
  keep(v, RESULT + 8, b + 8 * ((imm >> 1) & 1));
  finish(v, d, n);
};
