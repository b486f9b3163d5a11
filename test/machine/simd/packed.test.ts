/** MMX and SSE2 integers: examples with results worked out by hand. */
import { describe, expect, it } from 'vitest';
import { DATA, lab } from '../integer/lab.ts';

const LOAD = '0f 6f 06 0f 6f 4e 08'; // movq mm0,[esi]; movq mm1,[esi+8]

/** MM0 after `code`, with two operands loaded into MM0 and MM1. */
function onMmx(code: string, a: string, b: string): string {
  return lab(`${LOAD} ${code}`, { esi: DATA, memory: { [DATA]: a + b } }).mm(0);
}

describe('MMX', () => {
  it.each([
    ['paddusb', '0f dc c1', 'ff80017f00000000', '0180ff0100000000', 'ffffff8000000000'],
    ['paddsw', '0f ed c1', 'ff7f008001000000', '0100ffff01000000', 'ff7f008002000000'],
    ['psubsb', '0f e8 c1', '80017f0000000000', '01ff800000000000', '80027f0000000000'],
    ['pmaddwd', '0f f5 c1', '0200030000800080', '0400050000800080', '1700000000000080'],
    ['pmulhw', '0f e5 c1', '0080ff7fffff0100', '0080ff7f01000200', '0040ff3fffff0000'],
    ['packuswb', '0f 67 c1', 'ff7f0080ff000100', '00ff7f0000010000', 'ff00ff01007fff00'],
    ['punpcklbw', '0f 60 c1', '0001020304050607', '1011121314151617', '0010011102120313'],
    ['psadbw', '0f f6 c1', '00ff000000000001', 'ff00000000000100', '0002000000000000'],
    ['pcmpgtb', '0f 64 c1', '7f8000ff00000000', '807f00fe00000000', 'ff0000ff00000000'],
    ['psraw by 63', '0f e1 c1', '008001000080ff7f', '3f00000000000000', 'ffff0000ffff0000'],
    ['psllq by 4', '0f f3 c1', '12345678000000f0', '0400000000000000', '2041638507000000'],
    ['pshufw', '0f 70 c1 1b', '0000000000000000', '1111222233334444', '4444333322221111'],
  ])('%s', (_name, code, a, b, result) => {
    expect(onMmx(code, a, b)).toBe(result);
  });

  it('takes the x87 registers: FXSAVE shows all valid, TOP 0, exponents of ones', () => {
    // fld1; movq mm3,[esi]; fnsave [edi]
    const found = lab('d9 e8 0f 6f 1e dd 37', { esi: DATA, edi: DATA + 0x100, memory: { [DATA]: '8877665544332211' } });
    expect(found.bytes(DATA + 0x104, 2)).toBe('0000');
    expect(found.bytes(DATA + 0x100 + 28 + 30, 10)).toBe('8877665544332211ffff');
  });

  it('EMMS empties them', () => {
    const found = lab('0f 6f 1e 0f 77 dd 37', { esi: DATA, edi: DATA + 0x100 });
    expect(found.bytes(DATA + 0x108, 2)).toBe('ffff');
  });
});

describe('SSE2 integers', () => {
  const xmm = { 0: '000102030405060708090a0b0c0d0e0f', 1: '101112131415161718191a1b1c1d1e1f' };
  it.each([
    ['pshufd', '66 0f 70 c1 1b', '1c1d1e1f18191a1b1415161710111213'],
    ['punpckhqdq', '66 0f 6d c1', '08090a0b0c0d0e0f18191a1b1c1d1e1f'],
    ['psrldq 3', '66 0f 73 d8 03', '030405060708090a0b0c0d0e0f000000'],
    ['pslldq 16', '66 0f 73 f8 10', '00000000000000000000000000000000'],
    ['pshuflw', 'f2 0f 70 c1 00', '101110111011101118191a1b1c1d1e1f'],
    ['movhlps', '0f 12 c1', '18191a1b1c1d1e1f08090a0b0c0d0e0f'],
    ['pextrw and pinsrw', '66 0f c5 c1 07 66 0f c4 c0 00', '1e1f02030405060708090a0b0c0d0e0f'],
  ])('%s', (_name, code, result) => {
    expect(lab(code, { xmm }).xmm(0)).toBe(result);
  });

  it('PMULUDQ gives 64-bit products', () => {
    const all = 'ffffffffffffffffffffffffffffffff';
    expect(lab('66 0f f4 c1', { xmm: { 0: all, 1: all } }).xmm(0)).toBe('01000000feffffff01000000feffffff');
  });

  it('PADDQ carries into the high half, PSUBQ borrows from it', () => {
    const one = { 0: 'ffffffff00000000'.repeat(2), 1: '0100000000000000'.repeat(2) };
    expect(lab('66 0f d4 c1', { xmm: one }).xmm(0)).toBe('0000000001000000'.repeat(2));
    const two = { 0: '0000000001000000'.repeat(2), 1: '0100000000000000'.repeat(2) };
    expect(lab('66 0f fb c1', { xmm: two }).xmm(0)).toBe('ffffffff00000000'.repeat(2));
  });

  it('MASKMOVDQU stores the bytes whose mask has its sign set', () => {
    const mask = { 0: xmm[0], 1: '80007fff000000000000000000000080' };
    const found = lab('66 0f f7 c1', { xmm: mask, edi: DATA, memory: { [DATA]: 'ee'.repeat(16) } });
    expect(found.bytes(DATA, 16)).toBe('00eeee03eeeeeeeeeeeeeeeeeeeeee0f');
  });
});
