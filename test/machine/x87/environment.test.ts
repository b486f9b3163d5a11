import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../../src/machine/cpu.ts';
import { MODELS } from '../../../src/machine/model.ts';
import { CR0, FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTW, X87, XMM } from '../../../src/machine/state.ts';
import { CODE, DATA, execute, onData, processor } from './unit.ts';

const FLD1 = [0xd9, 0xe8];
const FLDZ = [0xd9, 0xee];
const FLDPI = [0xd9, 0xeb];

/** Words of memory from DATA on, as hexadecimal. */
function words(cpu: Cpu, count: number): string[] {
  return Array.from({ length: count }, (_, i) => (cpu.memory.load32(DATA + 4 * i) >>> 0).toString(16));
}

describe('the environment (SDM volume 1, 8.1)', () => {
  it('keeps the last instruction and operand, but not of control instructions (8.1.8)', () => {
    const cpu = processor();
    const s = cpu.s;
    expect(onData(cpu, 0xdd, 0)).toBe('done');
    expect([s[FIP], s[FCS], s[FDP], s[FDS], s[FOP]]).toEqual([CODE, 0x08, DATA, 0x10, 0x505]);
    s[FIP] = 0;
    expect(execute(cpu, 0xd9, 0xe0)).toBe('done');
    expect([s[FIP], s[FDP], s[FOP]]).toEqual([CODE, DATA, 0x1e0]);
    s[FIP] = 0;
    for (const control of [[0xdf, 0xe0], [0xdb, 0xe2], [0x9b]]) execute(cpu, ...control);
    onData(cpu, 0xd9, 7);
    onData(cpu, 0xd9, 5);
    expect([s[FIP], s[FDP], s[FOP]]).toEqual([0, DATA, 0x1e0]);
    // FNOP changes nothing but the instruction pointer (SDM 2A, FNOP).
    expect(execute(cpu, 0xd9, 0xd0)).toBe('done');
    expect([s[FIP], s[FDP]]).toEqual([CODE, DATA]);
  });

  it('is stored in the 32-bit protected-mode form (figure 8-9)', () => {
    const cpu = processor();
    execute(cpu, ...FLDZ);
    execute(cpu, ...FLD1);
    cpu.s[X87 + 4 * 5 + 1] = 0x80000000;
    cpu.s[X87 + 4 * 5 + 2] = 0x7fff;
    cpu.s[FTW] &= ~(3 << 10);
    onData(cpu, 0xdb, 2);
    expect(onData(cpu, 0xd9, 6)).toBe('done');
    // R7 zero (1), R6 valid (0), R5 infinite (2), the rest empty.
    expect(words(cpu, 7)).toEqual(['ffff037f', 'ffff3000', 'ffff4bff', '1000', '3150008', '3000', 'ffff0010']);
    expect(cpu.s[FCW]).toBe(0x37f);
  });

  it('is stored in the 16-bit protected-mode form (figure 8-11)', () => {
    const cpu = processor();
    onData(cpu, 0xd9, 0);
    for (let i = 0; i < 16; i++) cpu.memory.store8(DATA + i, 0xee);
    expect(onData(cpu, 0xd9, 6, 0x66)).toBe('done');
    expect(words(cpu, 4)).toEqual(['3800037f', '10007fff', '30000008', 'eeee0010']);
  });

  it('masks all exceptions after FNSTENV, and FLDENV makes unmasked ones pending', () => {
    const cpu = processor();
    cpu.s[FCW] = 0x340;
    cpu.s[FSW] = 0x8084;
    expect(execute(cpu, ...FLD1)).toBe('#MF');
    expect(onData(cpu, 0xd9, 6)).toBe('done');
    expect([cpu.s[FCW], cpu.s[FSW]]).toEqual([0x37f, 0x0004]);
    expect(execute(cpu, ...FLD1)).toBe('done');
    expect(onData(cpu, 0xd9, 4)).toBe('done');
    expect([cpu.s[FCW], cpu.s[FSW]]).toEqual([0x340, 0x8084]);
    expect(execute(cpu, 0x9b)).toBe('#MF');
  });

  it('comes back from FNSAVE and FRSTOR whole, in both forms', () => {
    for (const prefix of [[], [0x66]]) {
      const cpu = processor();
      for (const load of [FLDPI, FLD1, FLDZ]) execute(cpu, ...load);
      const before = Array.from(cpu.s.subarray(X87, X87 + 32));
      expect(onData(cpu, 0xdd, 6, ...prefix)).toBe('done');
      expect([cpu.s[FCW], cpu.s[FSW], cpu.s[FTW], cpu.s[FIP]]).toEqual([0x37f, 0, 0xffff, 0]);
      cpu.s.fill(-1, X87, X87 + 32);
      expect(onData(cpu, 0xdd, 4, ...prefix)).toBe('done');
      const after = Array.from(cpu.s.subarray(X87, X87 + 32)).map((word, i) => ((i & 3) === 3 ? 0 : word));
      expect(after).toEqual(before);
      // R7 and R6 valid, R5 zero.
      expect([cpu.s[FSW], cpu.s[FTW]]).toEqual([0x2800, 0x07ff]);
    }
  });
});

describe('what forbids x87 instructions', () => {
  it.each([
    [0x05, 'EM', '#NM', 'done'],
    [0x09, 'TS', '#NM', 'done'],
    [0x0b, 'MP and TS', '#NM', '#NM'],
    [0x03, 'MP', 'done', 'done'],
  ])('CR0 = 0x%s (%s): FLD1 %s, FWAIT %s', (cr0, _name, load, wait) => {
    const cpu = processor();
    cpu.s[CR0] = cr0;
    expect(execute(cpu, ...FLD1)).toBe(load);
    expect(execute(cpu, 0xdf, 0xe0)).toBe(load);
    expect(execute(cpu, 0x9b)).toBe(wait);
  });

  it('raises #MF at the next waiting instruction only', () => {
    const cpu = processor();
    cpu.s[FCW] = 0x37e;
    expect(execute(cpu, 0xd9, 0xe0)).toBe('done');
    expect(cpu.s[FSW]).toBe(0x80c1);
    expect(execute(cpu, 0xdf, 0xe0)).toBe('done');
    expect(execute(cpu, ...FLD1)).toBe('#MF');
    expect(execute(cpu, 0xdb, 0xe2)).toBe('done');
    expect(execute(cpu, ...FLD1)).toBe('done');
  });

  it('knows no FCMOV, FCOMI before the Pentium Pro, no FXSAVE on a Pentium, no FISTTP', () => {
    const old = processor(MODELS.pentium);
    expect(execute(old, 0xda, 0xc1)).toBe('#UD');
    expect(execute(old, 0xdb, 0xf1)).toBe('#UD');
    expect(execute(old, 0x0f, 0xae, 0x05, 0, 0x30, 0, 0)).toBe('#UD');
    expect(onData(processor(), 0xdd, 1)).toBe('#UD');
    expect(execute(processor(), 0xd9, 0xd1)).toBe('#UD');
  });
});

describe('FXSAVE and FXRSTOR', () => {
  const FXSAVE = [0x0f, 0xae, 0x05, DATA & 0xff, DATA >> 8, 0, 0];
  const FXRSTOR = [0x0f, 0xae, 0x0d, DATA & 0xff, DATA >> 8, 0, 0];

  it('keep registers, one tag bit each, and leave the SSE part alone without SSE', () => {
    const cpu = processor();
    for (let i = 0; i < 128; i++) cpu.memory.store32(DATA + 4 * i, 0x55555555);
    execute(cpu, ...FLDPI);
    cpu.s[XMM] = 0x1234;
    expect(execute(cpu, ...FXSAVE)).toBe('done');
    expect(words(cpu, 8)).toEqual(['3800037f', '1eb0080', '1000', '8', '0', '0', '55555555', '55555555']);
    expect(words(cpu, 12).slice(8)).toEqual(['2168c235', 'c90fdaa2', '4000', '0']);
    expect(cpu.memory.load32(DATA + 160)).toBe(0x55555555);
    execute(cpu, 0xdb, 0xe3);
    expect(execute(cpu, ...FXRSTOR)).toBe('done');
    expect([cpu.s[FSW], cpu.s[FTW], cpu.s[FOP]]).toEqual([0x3800, 0x3fff, 0x1eb]);
  });

  it('fault on an image that is not aligned, and on MXCSR bits that do not exist', () => {
    expect(execute(processor(), 0x0f, 0xae, 0x05, 8, 0x30, 0, 0)).toBe('#GP');
    const cpu = processor(MODELS.pentium4);
    expect(execute(cpu, ...FXSAVE)).toBe('done');
    cpu.memory.store32(DATA + 24, 0x10000);
    expect(execute(cpu, ...FXRSTOR)).toBe('#GP');
  });
});
