/** Packed integer arithmetic, compares and logic: one lane at a time, for 8 or 16 bytes. */
import { highUnsigned } from '../integer/multiply.ts';
import type { Packed } from './registers.ts';

/** What happens to one lane. */
type Lane = (a: number, b: number) => number;

function bytes(lane: Lane): Packed {
  return (v, d, b, n) => {
    for (let i = 0; i < n; i++) v.setUint8(d + i, lane(v.getUint8(d + i), v.getUint8(b + i)));
  };
}
function signedBytes(lane: Lane): Packed {
  return (v, d, b, n) => {
    for (let i = 0; i < n; i++) v.setInt8(d + i, lane(v.getInt8(d + i), v.getInt8(b + i)));
  };
}
function words(lane: Lane): Packed {
  return (v, d, b, n) => {
    for (let i = 0; i < n; i += 2) v.setUint16(d + i, lane(v.getUint16(d + i, true), v.getUint16(b + i, true)), true);
  };
}
function signedWords(lane: Lane): Packed {
  return (v, d, b, n) => {
    for (let i = 0; i < n; i += 2) v.setInt16(d + i, lane(v.getInt16(d + i, true), v.getInt16(b + i, true)), true);
  };
}
function dwords(lane: Lane): Packed {
  return (v, d, b, n) => {
    for (let i = 0; i < n; i += 4) v.setInt32(d + i, lane(v.getInt32(d + i, true), v.getInt32(b + i, true)), true);
  };
}

const plus: Lane = (a, b) => a + b;
const minus: Lane = (a, b) => a - b;
const equal: Lane = (a, b) => (a === b ? -1 : 0);
const greater: Lane = (a, b) => (a > b ? -1 : 0);
const average: Lane = (a, b) => (a + b + 1) >> 1;
const smaller: Lane = (a, b) => Math.min(a, b);
const larger: Lane = (a, b) => Math.max(a, b);

/** The same with the result kept between two bounds. */
function saturated(lane: Lane, low: number, high: number): Lane {
  return (a, b) => Math.max(low, Math.min(high, lane(a, b)));
}

export const paddb = bytes(plus);
export const paddw = words(plus);
export const paddd = dwords((a, b) => (a + b) | 0);
export const psubb = bytes(minus);
export const psubw = words(minus);
export const psubd = dwords((a, b) => (a - b) | 0);
export const paddsb = signedBytes(saturated(plus, -0x80, 0x7f));
export const paddsw = signedWords(saturated(plus, -0x8000, 0x7fff));
export const paddusb = bytes(saturated(plus, 0, 0xff));
export const paddusw = words(saturated(plus, 0, 0xffff));
export const psubsb = signedBytes(saturated(minus, -0x80, 0x7f));
export const psubsw = signedWords(saturated(minus, -0x8000, 0x7fff));
export const psubusb = bytes(saturated(minus, 0, 0xff));
export const psubusw = words(saturated(minus, 0, 0xffff));

export const pmullw = signedWords((a, b) => Math.imul(a, b));
export const pmulhw = signedWords((a, b) => Math.imul(a, b) >> 16);
export const pmulhuw = words((a, b) => Math.imul(a, b) >>> 16);

export const pcmpeqb = bytes(equal);
export const pcmpeqw = words(equal);
export const pcmpeqd = dwords(equal);
export const pcmpgtb = signedBytes(greater);
export const pcmpgtw = signedWords(greater);
export const pcmpgtd = dwords(greater);

export const pavgb = bytes(average);
export const pavgw = words(average);
export const pminub = bytes(smaller);
export const pmaxub = bytes(larger);
export const pminsw = signedWords(smaller);
export const pmaxsw = signedWords(larger);

export const pand = dwords((a, b) => a & b);
export const pandn = dwords((a, b) => ~a & b);
export const por = dwords((a, b) => a | b);
export const pxor = dwords((a, b) => a ^ b);

/** Sums of two neighbouring products of signed words; only 4 x 8000h x 8000h wraps. */
export const pmaddwd: Packed = (v, d, b, n) => {
  for (let i = 0; i < n; i += 4) {
    const low = Math.imul(v.getInt16(d + i, true), v.getInt16(b + i, true));
    const high = Math.imul(v.getInt16(d + i + 2, true), v.getInt16(b + i + 2, true));
    v.setInt32(d + i, (low + high) | 0, true);
  }
};

/** The low dword of each quadword multiplied to 64 bits. */
export const pmuludq: Packed = (v, d, b, n) => {
  for (let i = 0; i < n; i += 8) {
    const a = v.getInt32(d + i, true);
    const c = v.getInt32(b + i, true);
    v.setInt32(d + i, Math.imul(a, c), true);
    v.setInt32(d + i + 4, highUnsigned(a, c), true);
  }
};

/** Sums of absolute differences of unsigned bytes, one per quadword. */
export const psadbw: Packed = (v, d, b, n) => {
  for (let i = 0; i < n; i += 8) {
    let sum = 0;
    for (let j = i; j < i + 8; j++) sum += Math.abs(v.getUint8(d + j) - v.getUint8(b + j));
    v.setInt32(d + i, sum, true);
    v.setInt32(d + i + 4, 0, true);
  }
};

/** Adds quadwords: the carry of the low half goes into the high half. */
export const paddq: Packed = (v, d, b, n) => {
  for (let i = 0; i < n; i += 8) {
    const low = v.getUint32(d + i, true) + v.getUint32(b + i, true);
    const high = v.getInt32(d + i + 4, true) + v.getInt32(b + i + 4, true) + (low > 0xffffffff ? 1 : 0);
    v.setInt32(d + i, low, true);
    v.setInt32(d + i + 4, high, true);
  }
};

export const psubq: Packed = (v, d, b, n) => {
  for (let i = 0; i < n; i += 8) {
    const low = v.getUint32(d + i, true) - v.getUint32(b + i, true);
    const high = v.getInt32(d + i + 4, true) - v.getInt32(b + i + 4, true) - (low < 0 ? 1 : 0);
    v.setInt32(d + i, low, true);
    v.setInt32(d + i + 4, high, true);
  }
};
