/** Control registers, flags that privilege guards, descriptor-table registers (SDM 2A/2B; 3A, 2.5). */
import { describe, expect, it } from 'vitest';
import { getFlags } from '../../../src/machine/flags.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, CODE_OF, DATA, d, FREE, GDT, LDT, LDT_SELECTOR, system, TSS, TSS_SELECTOR, w } from './board.ts';

const HLT = 0xf4;

/** Instructions of ring 0; everywhere else #GP(0). */
const PRIVILEGED: readonly [string, readonly number[]][] = [
  ['HLT', [HLT]],
  ['MOV EAX, CR0', [0x0f, 0x20, 0xc0]],
  ['MOV CR3, EAX', [0x0f, 0x22, 0xd8]],
  ['CLTS', [0x0f, 0x06]],
  ['LMSW AX', [0x0f, 0x01, 0xf0]],
  ['LGDT', [0x0f, 0x01, 0x15, ...d(DATA)]],
  ['LIDT', [0x0f, 0x01, 0x1d, ...d(DATA)]],
  ['LLDT AX', [0x0f, 0x00, 0xd0]],
  ['LTR AX', [0x0f, 0x00, 0xd8]],
  ['INVLPG', [0x0f, 0x01, 0x3d, ...d(DATA)]],
  ['INVD', [0x0f, 0x08]],
  ['WBINVD', [0x0f, 0x09]],
  ['RDMSR', [0x0f, 0x32]],
  ['WRMSR', [0x0f, 0x30]],
  ['RDPMC', [0x0f, 0x33]],
  ['SYSEXIT', [0x0f, 0x35]],
];

describe.each([1, 2, 3])('ring %i', (ring) => {
  it.each(PRIVILEGED)('may not %s', (_name, code) => {
    const board = new Board();
    board.s[st.SYSENTER_CS] = 8;
    expect(board.fault(ring, code)).toMatchObject({ vector: 13, error: 0, eip: CODE });
  });
});

/** Code with EAX for MOV CRn, and what it raises: vector, or -1. */
const WRITES: readonly [string, number, number, number, string][] = [
  ['CR0 with PG without PE', 0xc0, 0x80000010, 13, 'pentium4'],
  ['CR0 with NW without CD', 0xc0, 0x20000011, 13, 'pentium4'],
  ['CR0 with CD and NW', 0xc0, 0x60000011, -1, 'pentium4'],
  ['CR1', 0xc8, 0, 6, 'pentium4'],
  ['CR5', 0xe8, 0, 6, 'pentium4'],
  ['CR4 with a reserved bit', 0xe0, 0x800, 13, 'pentium4'],
  ['CR4 with all that it has', 0xe0, 0x7dc & ~0x20, -1, 'pentium4'],
  ['CR4 of a processor without it', 0xe0, 0, 6, 'i486'],
  ['CR4.PGE of a Pentium', 0xe0, 0x80, 13, 'pentium'],
  ['CR4.OSXMMEXCPT of a Pentium II', 0xe0, 0x400, 13, 'pentium2'],
];

it.each(WRITES)('MOV to %s', (_name, modrm, value, vector, model) => {
  const board = new Board(model);
  board.start(0, [0x0f, 0x22, modrm, HLT]);
  board.s[st.EAX] = value;
  const outcome = board.run();
  if (vector < 0) expect(outcome).toEqual({ stop: 'halt' });
  else expect(outcome).toMatchObject({ vector, eip: CODE });
  if (vector === 13) expect(outcome.error).toBe(0);
});

it('CR0 keeps ET, and drops bits that do not exist', () => {
  const board = new Board();
  // or eax,... by the test; mov cr0,eax; mov ebx,cr0; hlt
  board.start(0, [0x0f, 0x22, 0xc0, 0x0f, 0x20, 0xc3, HLT]);
  board.s[st.EAX] = 0x1fd5ffcf & ~0x20000000;
  expect(board.run()).toEqual({ stop: 'halt' });
  expect(board.s[st.EBX]).toBe(0x5001f);
});

it('SMSW reads CR0 in any ring; LMSW sets PE but never clears it; CLTS clears TS', () => {
  const board = new Board();
  // smsw bx; lmsw ax; mov ecx,cr0; clts; mov edx,cr0; hlt
  board.start(0, [0x66, 0x0f, 0x01, 0xe3, 0x0f, 0x01, 0xf0, 0x0f, 0x20, 0xc1, 0x0f, 0x06, 0x0f, 0x20, 0xc2, HLT]);
  board.s[st.EAX] = 0xfffe;
  board.s[st.EBX] = -1;
  expect(board.run()).toEqual({ stop: 'halt' });
  expect([board.s[st.EBX], board.s[st.ECX], board.s[st.EDX]]).toEqual([0xffff0011 | 0, 0x1f, 0x17]);
  const user = new Board();
  user.start(3, [0x0f, 0x01, 0xe0, 0xeb, 0xfe]);
  expect(user.run().stop).toBe('budget');
  expect(user.s[st.EAX]).toBe(0x11);
});

describe('POPF', () => {
  /** Ring, IOPL, operand size, flags before, flags after popping all ones (TF excepted). */
  const CASES: readonly [number, number, number, number, number][] = [
    [0, 0, 4, 0x2, 0x247ed7 | 0x1000 | 0x2000],
    [3, 0, 4, 0x2, 0x244cd7],
    [3, 3, 4, 0x3002, 0x247ed7],
    [1, 1, 4, 0x1002, 0x245ed7],
    [2, 1, 4, 0x1002, 0x245cd7],
    [3, 0, 2, 0x40202, 0x44ed7],
  ];
  it.each(CASES)('ring %i, IOPL %i, %i bytes', (ring, _iopl, size, before, after) => {
    const board = new Board();
    board.start(ring, size === 4 ? [0x9d, 0x90] : [0x66, 0x9d, 0x90]);
    board.s[st.FLAGS] = before;
    board.put32(board.s[st.ESP], 0xfffffeff | 0);
    expect(board.run(1).stop).toBe('budget');
    expect(getFlags(board.s)).toBe(after);
  });

  it('keeps RF and VM out', () => {
    const board = new Board();
    board.start(0, [0x9d, 0x90]);
    board.put32(board.s[st.ESP], 0x1b0002);
    board.run(1);
    expect(getFlags(board.s)).toBe(2);
  });
});

describe('CLI and STI', () => {
  it.each([
    [0, 0, true],
    [1, 0, false],
    [2, 2, true],
    [3, 2, false],
    [3, 3, true],
  ] as const)('ring %i with IOPL %i: %s', (ring, iopl, allowed) => {
    for (const [opcode, before, after] of [
      [0xfa, 0x200, 0],
      [0xfb, 0, 0x200],
    ]) {
      const board = new Board();
      board.start(ring, [opcode, 0xeb, 0xfe]);
      board.s[st.FLAGS] |= (iopl << 12) | before;
      const outcome = board.run();
      if (allowed) expect([outcome.stop, board.s[st.FLAGS] & 0x200]).toEqual(['budget', after]);
      else expect(outcome).toMatchObject({ vector: 13, error: 0, eip: CODE });
    }
  });

  it('STI hides interrupts for one instruction, and no step trap', () => {
    const board = new Board();
    board.start(0, [0xfb, 0x90, 0x90]);
    board.run(1);
    expect(board.machine.cpu.shadow).toBe(true);
    board.run(1);
    expect(board.machine.cpu.shadow).toBe(false);
    const stepped = new Board();
    stepped.start(0, [0xfb, 0x90]);
    stepped.s[st.FLAGS] |= 0x100;
    expect(stepped.run()).toMatchObject({ vector: 1, eip: CODE + 1 });
  });
});

describe('descriptor-table registers', () => {
  it('LGDT and SGDT move limit and base, of 24 bits with a 16-bit operand', () => {
    const board = new Board();
    // lidt [DATA]; sidt [DATA+16]; o16 lidt [DATA]; sidt [DATA+32]; hlt
    const lidt = [0x0f, 0x01, 0x1d, ...d(DATA)];
    board.start(0, [...lidt, 0x0f, 0x01, 0x0d, ...d(DATA + 16), 0x66, ...lidt, 0x0f, 0x01, 0x0d, ...d(DATA + 32), HLT]);
    board.put(DATA, [...w(0x7ff), ...d(0x12345678)]);
    expect(board.run()).toEqual({ stop: 'halt' });
    expect([board.get16(DATA + 16), board.get32(DATA + 18)]).toEqual([0x7ff, 0x12345678]);
    expect([board.get16(DATA + 32), board.get32(DATA + 34)]).toEqual([0x7ff, 0x345678]);
  });

  it('SGDT is allowed in ring 3', () => {
    const board = new Board();
    board.start(3, [0x0f, 0x01, 0x05, ...d(DATA), 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect([board.get16(DATA), board.get32(DATA + 2)]).toEqual([0xfff, GDT]);
  });

  /** Selector and descriptor at FREE for LLDT and LTR; vector and error code or -1. */
  const LOADS: readonly [string, number, number, readonly [number, number] | undefined, number, number][] = [
    ['LLDT null', 0xd0, 0, undefined, -1, 0],
    ['LLDT', 0xd0, FREE, system(2, LDT, 0xff), -1, 0],
    ['LLDT of the LDT itself', 0xd0, 0x0c, undefined, 13, 0x0c],
    ['LLDT of code', 0xd0, CODE_OF[0], undefined, 13, CODE_OF[0]],
    ['LLDT beyond the GDT', 0xd0, 0x1000, undefined, 13, 0x1000],
    ['LLDT not present', 0xd0, FREE, system(2, LDT, 0xff, 0, false), 11, FREE],
    ['LTR', 0xd8, FREE, system(9, TSS, 0x67), -1, 0],
    ['LTR null', 0xd8, 0, undefined, 13, 0],
    ['LTR in the LDT', 0xd8, 0x0c, undefined, 13, 0x0c],
    ['LTR of a busy task', 0xd8, TSS_SELECTOR, undefined, 13, TSS_SELECTOR],
    ['LTR of an LDT', 0xd8, LDT_SELECTOR, undefined, 13, LDT_SELECTOR],
    ['LTR not present', 0xd8, FREE, system(9, TSS, 0x67, 0, false), 11, FREE],
  ];
  it.each(LOADS)('%s', (_name, modrm, selector, descriptor, vector, error) => {
    const board = new Board();
    if (descriptor !== undefined) board.describe(FREE, descriptor);
    board.start(0, [0x0f, 0x00, modrm, HLT]);
    board.s[st.EAX] = selector;
    const outcome = board.run();
    if (vector >= 0) {
      expect(outcome).toMatchObject({ vector, error, eip: CODE });
      return;
    }
    expect(outcome).toEqual({ stop: 'halt' });
    expect(board.s[st.SELECTOR + (modrm === 0xd0 ? st.LDTR : st.TR)]).toBe(selector);
    // LTR marks the task busy in the GDT.
    if (modrm === 0xd8) expect((board.get32(GDT + FREE + 4) >>> 8) & 0xf).toBe(11);
  });

  it('SLDT and STR read them in any ring', () => {
    const board = new Board();
    board.start(3, [0x0f, 0x00, 0xc0, 0x66, 0x0f, 0x00, 0xcb, 0xeb, 0xfe]);
    board.s[st.EAX] = -1;
    board.s[st.EBX] = -1;
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EAX], board.s[st.EBX]]).toEqual([LDT_SELECTOR, 0xffff0000 | TSS_SELECTOR | 0]);
  });
});
