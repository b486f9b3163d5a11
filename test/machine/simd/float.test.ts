/** SSE and SSE2 arithmetic by the manual: rounding, exceptions, NaNs. The random tests of test/cpu compare the rest. */
import { describe, expect, it } from 'vitest';
import { DATA, lab } from '../integer/lab.ts';

const IE = 1;
const DE = 2;
const ZE = 4;
const OE = 8;
const UE = 0x10;
const PE = 0x20;
const MASKED = 0x1f80;
const DAZ = 0x40;
const FTZ = 0x8000;
const DOWN = 0x2000;
const UP = 0x4000;
const TO_ZERO = 0x6000;

/** Bytes of doubles, lowest first. */
function doubles(...values: number[]): string {
  return bytes(new Uint8Array(Float64Array.from(values).buffer));
}
function singles(...values: number[]): string {
  return bytes(new Uint8Array(Float32Array.from(values).buffer));
}
function bytes(from: Uint8Array): string {
  return Array.from(from, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
/** The low double of register 0 after `code` on registers 0 and 1. */
function onDoubles(code: string, a: number, b: number, mxcsr = MASKED) {
  const found = lab(code, { xmm: { 0: doubles(a), 1: doubles(b) }, mxcsr });
  return { low: found.xmm(0).slice(0, 16), flags: found.mxcsr & 0x3f, fault: found.fault };
}
const ADDSD = 'f2 0f 58 c1';
const SUBSD = 'f2 0f 5c c1';
const MULSD = 'f2 0f 59 c1';
const DIVSD = 'f2 0f 5e c1';
const SQRTSD = 'f2 0f 51 c1';

describe('rounding', () => {
  it('1/3 in the four modes', () => {
    const below = '555555555555d53f';
    const above = '565555555555d53f';
    expect(onDoubles(DIVSD, 1, 3)).toMatchObject({ low: below, flags: PE });
    expect(onDoubles(DIVSD, 1, 3, MASKED | DOWN).low).toBe(below);
    expect(onDoubles(DIVSD, 1, 3, MASKED | UP).low).toBe(above);
    expect(onDoubles(DIVSD, 1, 3, MASKED | TO_ZERO).low).toBe(below);
    expect(onDoubles(DIVSD, -1, 3, MASKED | DOWN).low).toBe('565555555555d5bf');
  });
  it('1 + 2^-53 is a tie and goes to even; up it is the next number', () => {
    expect(onDoubles(ADDSD, 1, 2 ** -53)).toMatchObject({ low: doubles(1), flags: PE });
    expect(onDoubles(ADDSD, 1, 2 ** -53, MASKED | UP)).toMatchObject({ low: doubles(1 + 2 ** -52), flags: PE });
  });
  it('x - x is +0, but -0 when rounding down', () => {
    expect(onDoubles(SUBSD, 5, 5).low).toBe(doubles(0));
    expect(onDoubles(SUBSD, 5, 5, MASKED | DOWN).low).toBe(doubles(-0));
  });
  it('the square root of 2 rounds down and up', () => {
    expect(onDoubles(SQRTSD, 0, 2, MASKED | DOWN).low).toBe(doubles(1.4142135623730949));
    expect(onDoubles(SQRTSD, 0, 2, MASKED | UP).low).toBe(doubles(Math.SQRT2));
  });
  it('gives the same with PE already flagged, where the host computes', () => {
    for (const [a, b] of [
      [1, 3],
      [1e300, 1e10],
      [1e-300, 1e10],
      [2 ** -1000, 2 ** -60],
      [0, 5],
      [-0, 5],
      [1e308, 10],
    ]) {
      for (const code of [ADDSD, SUBSD, MULSD, DIVSD, SQRTSD]) {
        const exact = onDoubles(code, a, b);
        expect(onDoubles(code, a, b, MASKED | PE)).toEqual({ ...exact, flags: exact.flags | PE });
      }
    }
  });
});

describe('exceptions', () => {
  it('flags and answers when masked', () => {
    const indefinite = '000000000000f8ff';
    expect(onDoubles(DIVSD, 1, 0)).toMatchObject({ low: doubles(Infinity), flags: ZE });
    expect(onDoubles(DIVSD, 0, 0)).toMatchObject({ low: indefinite, flags: IE });
    expect(onDoubles(SUBSD, Infinity, Infinity)).toMatchObject({ low: indefinite, flags: IE });
    expect(onDoubles(SQRTSD, 0, -1)).toMatchObject({ low: indefinite, flags: IE });
    expect(onDoubles(MULSD, 1e300, 1e300)).toMatchObject({ low: doubles(Infinity), flags: OE | PE });
    expect(onDoubles(MULSD, 1e300, 1e300, MASKED | TO_ZERO).low).toBe(doubles(Number.MAX_VALUE));
    expect(onDoubles(MULSD, 1e-300, 1e-300)).toMatchObject({ low: doubles(0), flags: UE | PE });
    expect(onDoubles(ADDSD, 5e-324, 1)).toMatchObject({ low: doubles(1), flags: DE | PE });
  });
  it('an exact denormal result does not underflow when masked', () => {
    expect(onDoubles(MULSD, 2 ** -1022, 0.5)).toMatchObject({ low: doubles(2 ** -1023), flags: 0 });
    expect(onDoubles(MULSD, 2 ** -1022, 0.5, MASKED & ~(UE << 7))).toMatchObject({ flags: UE, fault: '#XM' });
  });
  it('FTZ makes tiny results zero, DAZ denormal operands', () => {
    expect(onDoubles(MULSD, 2 ** -1022, 0.5, MASKED | FTZ)).toMatchObject({ low: doubles(0), flags: UE | PE });
    expect(onDoubles(ADDSD, 5e-324, 1, MASKED | DAZ)).toMatchObject({ low: doubles(1), flags: 0 });
  });
  it('unmasked, #XM comes before the result is stored', () => {
    expect(onDoubles(DIVSD, 1, 0, MASKED & ~(ZE << 7))).toEqual({ low: doubles(1), flags: ZE, fault: '#XM' });
  });
  it('the first operand that is a NaN is the result, quiet', () => {
    const signaling = '010000000000f07f';
    const quiet = '020000000000f87f';
    const found = lab(ADDSD, { xmm: { 0: signaling, 1: quiet } });
    expect(found.xmm(0).slice(0, 16)).toBe('010000000000f87f');
    expect(found.mxcsr & 0x3f).toBe(IE);
  });
});

describe('packed singles', () => {
  it('adds four lanes and reports the exceptions of all', () => {
    const found = lab('0f 58 c1', { xmm: { 0: singles(1, 2, 3e38, 4), 1: singles(1, 2 ** -30, 3e38, -4) } });
    expect(found.xmm(0)).toBe(singles(2, 2, Infinity, 0));
    expect(found.mxcsr & 0x3f).toBe(OE | PE);
  });
  it('MINPS gives the second operand where one is a NaN or both are zero', () => {
    const found = lab('0f 5d c1', { xmm: { 0: singles(NaN, 0, -0, 1), 1: singles(1, -0, 0, 2) } });
    expect(found.xmm(0)).toBe(singles(1, -0, 0, 1));
  });
  it('CMPPS makes masks: less than, with a NaN', () => {
    const found = lab('0f c2 c1 01', { xmm: { 0: singles(1, 2, NaN, -1), 1: singles(2, 2, 1, 0) } });
    expect(found.xmm(0)).toBe('ffffffff0000000000000000ffffffff');
    expect(found.mxcsr & 0x3f).toBe(IE);
  });
  it.each([
    ['rcpps', '0f 53 c1', (x: number) => 1 / x],
    ['rsqrtps', '0f 52 c1', (x: number) => 1 / Math.sqrt(x)],
  ])('%s is within 1.5 * 2^-12 of the exact value', (_name, code, exact) => {
    for (let x = 1; x < 4; x += 0.0137) {
      const value = Math.fround(x * 2 ** 20);
      const found = lab(code, { xmm: { 1: singles(value, value, value, value) } });
      const result = new Float32Array(
        Uint8Array.from(found.xmm(0).match(/../g)!, (d) => Number.parseInt(d, 16)).buffer,
      );
      expect(Math.abs(result[0] / exact(value) - 1)).toBeLessThan(1.5 * 2 ** -12);
    }
  });
});

describe('conversions', () => {
  it('CVTSD2SI rounds by MXCSR, CVTTSD2SI toward zero', () => {
    const xmm = { 1: doubles(-2.5) };
    expect(lab('f2 0f 2d c1', { xmm }).eax).toBe(0xfffffffe);
    expect(lab('f2 0f 2d c1', { xmm, mxcsr: MASKED | DOWN }).eax).toBe(0xfffffffd);
    expect(lab('f2 0f 2c c1', { xmm, mxcsr: MASKED | DOWN }).eax).toBe(0xfffffffe);
  });
  it('gives 80000000h and IE for what is no dword', () => {
    const found = lab('f2 0f 2c c1', { xmm: { 1: doubles(2 ** 31) } });
    expect(found).toMatchObject({ eax: 0x80000000 });
    expect(found.mxcsr & 0x3f).toBe(IE);
    expect(lab('f2 0f 2c c1', { xmm: { 1: doubles(-(2 ** 31)) } }).mxcsr & 0x3f).toBe(0);
  });
  it('CVTSD2SS rounds once, into denormals too', () => {
    const found = lab('f2 0f 5a c1', { xmm: { 1: doubles(2 ** -149 * 1.5) } });
    expect(found.xmm(0).slice(0, 8)).toBe('02000000');
    expect(found.mxcsr & 0x3f).toBe(UE | PE);
  });
});

describe('checks', () => {
  it('a 16-byte operand in memory must be aligned, but not for MOVUPS', () => {
    expect(lab('0f 58 06', { esi: DATA + 4 }).fault).toBe('#GP');
    expect(lab('0f 10 06', { esi: DATA + 4 }).fault).toBe('');
  });
  it('LDMXCSR refuses reserved bits', () => {
    expect(lab('0f ae 16', { esi: DATA, memory: { [DATA]: '00000100' } }).fault).toBe('#GP');
    expect(lab('0f ae 16', { esi: DATA, memory: { [DATA]: '80ff0000' } }).mxcsr).toBe(0xff80);
  });
  it('is #UD on a Pentium II', () => {
    expect(lab('0f 58 c1', { model: 'pentium2' }).fault).toBe('#UD');
    expect(lab('0f fc c1', { model: 'pentium2' }).fault).toBe('');
    expect(lab('66 0f fc c1', { model: 'pentium2' }).fault).toBe('#UD');
  });
});
