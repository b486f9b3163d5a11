/** The six arithmetic flags, kept as two words (see state.ts, FRES and FCAR) and made only when somebody looks. */
import { FCAR, FLAGS, FRES } from './state.ts';

export const CF = 0x001;
export const PFLAG = 0x004;
export const AF = 0x010;
export const ZF = 0x040;
export const SF = 0x080;
export const TF = 0x100;
export const IF = 0x200;
export const DFLAG = 0x400;
export const OFLAG = 0x800;
export const IOPL = 0x3000;
export const NT = 0x4000;
export const RF = 0x10000;
export const VM = 0x20000;
export const ACFLAG = 0x40000;
export const VIF = 0x80000;
export const VIP = 0x100000;
export const ID = 0x200000;
/** The flags derived from FRES and FCAR. */
export const ARITHMETIC = CF | PFLAG | AF | ZF | SF | OFLAG;

/** FCAR bit that flips the sign of FRES into SF, and the shift of the byte that is xor-ed into it for PF. */
export const SIGN_DELTA = 0x10;
export const PARITY_SHIFT = 8;

/** PF by byte value: PFLAG where the number of ones is even. */
export const PARITY = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  const nibble = i ^ (i >> 4);
  PARITY[i] = ((0x6996 >> (nibble & 15)) & 1) === 0 ? PFLAG : 0;
}

/** EFLAGS as a program sees them. */
export function getFlags(s: Int32Array): number {
  const res = s[FRES];
  const car = s[FCAR];
  return (
    s[FLAGS] |
    (car >>> 31) |
    PARITY[(res ^ (car >> PARITY_SHIFT)) & 0xff] |
    ((car & 8) << 1) |
    (res === 0 ? ZF : 0) |
    (((res ^ (car << 27)) >>> 24) & SF) |
    (((car ^ (car << 1)) >>> 20) & OFLAG)
  );
}

/** Sets the arithmetic flags from the bits of `flags`, whatever their combination. */
export function setArithmetic(s: Int32Array, flags: number): void {
  // ZF needs FRES = 0, and then SF and PF can only be said by the deltas; otherwise 1 stands for "not zero".
  const res = (flags & ZF) !== 0 ? 0 : 1;
  const odd = ((PARITY[res] ^ flags) & PFLAG) !== 0 ? 1 << PARITY_SHIFT : 0;
  const carry = (flags & CF) << 31;
  s[FRES] = res;
  s[FCAR] =
    carry |
    (((flags & OFLAG) !== 0 ? 0x40000000 : 0) ^ (carry >>> 1)) |
    ((flags & SF) !== 0 ? SIGN_DELTA : 0) |
    ((flags & AF) >> 1) |
    odd;
}

/** Replaces CF alone. */
export function setCarry(s: Int32Array, carry: number): void {
  // Bit 30 holds CF xor OF, so OF stays as it is when both bits change together.
  if (s[FCAR] >>> 31 !== carry) s[FCAR] ^= 0xc0000000;
}

/** Replaces the bits of `mask` (any of EFLAGS) by those of `flags`. */
export function changeFlags(s: Int32Array, flags: number, mask: number): void {
  const merged = (getFlags(s) & ~mask) | (flags & mask);
  s[FLAGS] = (merged & ~ARITHMETIC) | 2;
  setArithmetic(s, merged);
}

/** Whether condition `cc` (the low four bits of Jcc, SETcc, CMOVcc) holds. */
export function condition(s: Int32Array, cc: number): boolean {
  const res = s[FRES];
  const car = s[FCAR];
  let holds: boolean;
  switch (cc >> 1) {
    case 0:
      holds = (car ^ (car << 1)) < 0;
      break;
    case 1:
      holds = car < 0;
      break;
    case 2:
      holds = res === 0;
      break;
    case 3:
      holds = car < 0 || res === 0;
      break;
    case 4:
      holds = (res ^ (car << 27)) < 0;
      break;
    case 5:
      holds = PARITY[(res ^ (car >> PARITY_SHIFT)) & 0xff] !== 0;
      break;
    case 6:
      holds = (res ^ (car << 27) ^ car ^ (car << 1)) < 0;
      break;
    default:
      holds = res === 0 || (res ^ (car << 27) ^ car ^ (car << 1)) < 0;
  }
  return holds === ((cc & 1) === 0);
}

/** Flags after an addition of `size` bytes: `r` sign-extended, `carries` with the carry out of each bit. */
export function setCarries(s: Int32Array, r: number, carries: number, size: number): void {
  const up = 32 - (size << 3);
  s[FRES] = size === 4 ? r : (r << up) >> up;
  s[FCAR] = size === 4 ? carries & 0xc0000008 : ((carries << up) & 0xc0000000) | (carries & 8);
}

/** Flags after AND, OR, XOR, TEST: CF, OF and AF clear. */
export function setLogic(s: Int32Array, r: number, size: number): void {
  const up = 32 - (size << 3);
  s[FRES] = size === 4 ? r : (r << up) >> up;
  s[FCAR] = 0;
}
