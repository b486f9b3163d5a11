import { describe, expect, it } from 'vitest';
import { CPL, CR0, DS, FCW, FIP, FLAGS, FSW, FTW, LIMIT, TLB, TLB_STRICT, X87 } from '../../../src/machine/state.ts';
import { DATA, execute, onData, processor } from './unit.ts';

/** Memory forms that are not control instructions: opcode, ModRM.reg values, bytes of the operand. */
const FORMS: readonly (readonly [opcode: number, regs: readonly number[], bytes: number])[] = [
  [0xd8, [0, 1, 2, 3, 4, 5, 6, 7], 4],
  [0xd9, [0, 2, 3], 4],
  [0xda, [0, 1, 2, 3, 4, 5, 6, 7], 4],
  [0xdb, [0, 2, 3], 4],
  [0xdb, [5, 7], 10],
  [0xdc, [0, 1, 2, 3, 4, 5, 6, 7], 8],
  [0xdd, [0, 2, 3], 8],
  [0xde, [0, 1, 2, 3, 4, 5, 6, 7], 2],
  [0xdf, [0, 2, 3], 2],
  [0xdf, [4, 6], 10],
  [0xdf, [5, 7], 8],
];
const CONTROL: typeof FORMS = [
  [0xd9, [4, 6], 28],
  [0xd9, [5, 7], 2],
  [0xdd, [4, 6], 108],
  [0xdd, [7], 2],
];
const each = (forms: typeof FORMS) =>
  forms.flatMap(([opcode, regs, bytes]) =>
    regs.map((reg) => ({ name: `${opcode.toString(16)} /${reg}`, opcode, reg, bytes })),
  );

describe('a memory operand that cannot be reached', () => {
  it.each(each([...FORMS, ...CONTROL]))('$name: #GP for a limit below $bytes bytes, and nothing changes', (form) => {
    const cpu = processor();
    const s = cpu.s;
    for (const load of [0xe8, 0xeb]) execute(cpu, 0xd9, load);
    for (let i = 0; i < 112; i++) cpu.memory.store8(DATA + i, 0x11);
    cpu.memory.store32(DATA + 4, 0x11110000);
    cpu.flat = false;
    s[FIP] = 0x77;
    const state = () => [...s.subarray(X87, X87 + 32), s[FCW], s[FSW], s[FTW], s[FIP]];
    const memory = () => Array.from({ length: 112 }, (_, i) => cpu.memory.load8(DATA + i));
    const before = [...state(), ...memory()];
    s[LIMIT + DS] = DATA + form.bytes - 2;
    expect(onData(cpu, form.opcode, form.reg)).toBe('#GP');
    expect([...state(), ...memory()]).toEqual(before);
    s[LIMIT + DS] = DATA + form.bytes - 1;
    expect(onData(cpu, form.opcode, form.reg)).toBe('done');
    expect([...state(), ...memory()]).not.toEqual(before);
  });

  it('faults also where an unmasked exception keeps a store from writing', () => {
    const cpu = processor();
    cpu.s[FCW] = 0x37e;
    cpu.flat = false;
    cpu.s[LIMIT + DS] = DATA;
    expect(onData(cpu, 0xdd, 3)).toBe('#GP');
    expect(cpu.s[FSW]).toBe(0);
  });
});

describe('alignment checks at CPL 3 (SDM 3A, table 6-7)', () => {
  it.each([
    [0xd9, 0, 4],
    [0xd9, 3, 4],
    [0xdd, 0, 8],
    [0xdd, 3, 8],
    [0xdb, 5, 8],
    [0xdb, 7, 8],
    [0xdf, 5, 8],
  ])('%x /%i wants a multiple of %i', (opcode, reg, alignment) => {
    const cpu = processor();
    execute(cpu, 0xd9, 0xe8);
    cpu.s[CR0] |= 0x40000;
    cpu.s[FLAGS] |= 0x40000;
    cpu.s[CPL] = 3;
    cpu.tlb = TLB + TLB_STRICT;
    const at = (offset: number) => execute(cpu, opcode, (reg << 3) | 5, (DATA + offset) & 0xff, DATA >> 8, 0, 0);
    expect(at(alignment >> 1)).toBe('#AC');
    expect(at(alignment)).toBe('done');
  });
});

it('reads and writes across two pages', () => {
  const cpu = processor();
  execute(cpu, 0xd9, 0xeb);
  const across = (opcode: number, reg: number) => execute(cpu, opcode, (reg << 3) | 5, 0xfb, 0x3f, 0, 0);
  expect(across(0xdd, 3)).toBe('done');
  // pi as a double: 0x400921fb54442d18.
  expect(Array.from({ length: 8 }, (_, i) => cpu.memory.load8(0x3ffb + i))).toEqual([
    0x18, 0x2d, 0x44, 0x54, 0xfb, 0x21, 0x09, 0x40,
  ]);
  expect(across(0xdd, 0)).toBe('done');
  expect(across(0xdb, 7)).toBe('done');
  expect(cpu.memory.load32(0x3ffb)).toBe(0x2168c000);
  expect(cpu.memory.load32(0x3fff) >>> 0).toBe(0xc90fdaa2);
  expect(cpu.memory.load16(0x4003)).toBe(0x4000);
});
