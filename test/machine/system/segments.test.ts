/** Loading segment registers, and the checks of every access through them (SDM 2B, MOV; 3A, 5.3-5.7). */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CODE,
  CODE_OF,
  CONFORMING,
  DATA,
  DATA_OF,
  type Descriptor,
  d,
  EXECUTE_ONLY,
  EXECUTE_READ,
  EXPAND_DOWN,
  FREE,
  GDT,
  gate,
  READ_ONLY,
  READ_WRITE,
  segment,
  TRAP32,
  TSS_SELECTOR,
} from './board.ts';

/** MOV DS, AX and MOV SS, AX, then a jump to itself. */
const MOV_DS = [0x8e, 0xd8, 0xeb, 0xfe];
const MOV_SS = [0x8e, 0xd0, 0xeb, 0xfe];

type Load = readonly [string, number, readonly number[], number, Descriptor | undefined, number, number];

/** Ring, code, selector in AX, descriptor at FREE, vector and error code; -1: the load succeeds. */
const LOADS: readonly Load[] = [
  ['null into DS', 3, MOV_DS, 3, undefined, -1, 0],
  ['null into SS', 3, MOV_SS, 3, undefined, 13, 0],
  ['null into SS in ring 0', 0, MOV_SS, 0, undefined, 13, 0],
  ['DS beyond the GDT', 3, MOV_DS, 0x1003, undefined, 13, 0x1000],
  ['DS beyond the LDT', 3, MOV_DS, 0x107, undefined, 13, 0x104],
  ['SS beyond the GDT', 3, MOV_SS, 0x1003, undefined, 13, 0x1000],
  ['read/write data into DS', 3, MOV_DS, FREE | 3, segment(READ_WRITE, { dpl: 3 }), -1, 0],
  ['read-only data into DS', 3, MOV_DS, FREE | 3, segment(READ_ONLY, { dpl: 3 }), -1, 0],
  ['readable code into DS', 3, MOV_DS, FREE | 3, segment(EXECUTE_READ, { dpl: 3 }), -1, 0],
  ['execute-only code into DS', 3, MOV_DS, FREE | 3, segment(EXECUTE_ONLY, { dpl: 3 }), 13, FREE],
  ['a TSS into DS', 3, MOV_DS, TSS_SELECTOR, undefined, 13, TSS_SELECTOR],
  ['a gate into DS', 3, MOV_DS, FREE | 3, gate(TRAP32, CODE_OF[0], 0, 3), 13, FREE],
  ['inner data into DS', 3, MOV_DS, FREE | 3, segment(READ_WRITE, { dpl: 2 }), 13, FREE],
  ['outer data into DS', 1, MOV_DS, FREE | 1, segment(READ_WRITE, { dpl: 2 }), -1, 0],
  ['RPL above DPL', 0, MOV_DS, FREE | 2, segment(READ_WRITE, { dpl: 1 }), 13, FREE],
  ['conforming code of ring 0 into DS', 3, MOV_DS, FREE | 3, segment(CONFORMING), -1, 0],
  ['conforming execute-only code into DS', 3, MOV_DS, FREE | 3, segment(0xc), 13, FREE],
  ['DS not present', 3, MOV_DS, FREE | 3, segment(READ_WRITE, { dpl: 3, present: false }), 11, FREE],
  ['DS neither present nor allowed', 3, MOV_DS, FREE | 3, segment(READ_WRITE, { dpl: 0, present: false }), 13, FREE],
  ['stack of this ring into SS', 3, MOV_SS, FREE | 3, segment(READ_WRITE, { dpl: 3 }), -1, 0],
  ['expand-down stack into SS', 3, MOV_SS, FREE | 3, segment(EXPAND_DOWN, { dpl: 3, limit: 0 }), -1, 0],
  ['SS with another RPL', 3, MOV_SS, FREE | 2, segment(READ_WRITE, { dpl: 3 }), 13, FREE],
  ['SS with another DPL', 1, MOV_SS, FREE | 1, segment(READ_WRITE, { dpl: 3 }), 13, FREE],
  ['read-only SS', 3, MOV_SS, FREE | 3, segment(READ_ONLY, { dpl: 3 }), 13, FREE],
  ['code into SS', 3, MOV_SS, FREE | 3, segment(EXECUTE_READ, { dpl: 3 }), 13, FREE],
  ['SS not present', 3, MOV_SS, FREE | 3, segment(READ_WRITE, { dpl: 3, present: false }), 12, FREE],
];

describe('loads', () => {
  it.each(LOADS)('%s', (_name, ring, code, selector, descriptor, vector, error) => {
    const board = new Board();
    if (descriptor !== undefined) board.describe(FREE, descriptor);
    board.start(ring, code);
    board.s[st.EAX] = selector;
    const register = code === MOV_SS ? st.SS : st.DS;
    const outcome = board.run();
    if (vector >= 0) {
      expect(outcome).toMatchObject({ vector, error, eip: CODE });
      return;
    }
    expect(outcome.stop).toBe('budget');
    expect(board.s[st.SELECTOR + register]).toBe(selector);
    // A null selector makes the register unusable; any other sets the accessed bit in memory.
    if (descriptor === undefined) expect(board.s[st.ATTR + register]).toBe(0);
    else expect(board.get32(GDT + FREE + 4)).toBe((descriptor[1] | 0x100) >>> 0);
  });

  it('of CS or of registers that do not exist are #UD', () => {
    for (const reg of [1, 6, 7]) {
      const board = new Board();
      expect(board.fault(3, [0x8e, 0xc0 | (reg << 3)])).toMatchObject({ vector: 6, eip: CODE });
    }
  });

  it('come from the LDT where TI is set', () => {
    const board = new Board();
    board.describe(0x0c, segment(READ_WRITE, { dpl: 3, base: DATA, limit: 0xff }));
    board.start(3, [0x8e, 0xe8, 0x65, 0xa0, ...d(0x10), 0x65, 0xa0, ...d(0x100)]);
    board.s[st.EAX] = 0x0f;
    board.put(DATA + 0x10, [0x5a]);
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: CODE + 8 });
    expect(board.s[st.EAX] & 0xff).toBe(0x5a);
    expect(board.machine.ledger.counts[EVENTS.segmentLoad]).toBeGreaterThan(0);
  });

  it('without an LDT fault', () => {
    const board = new Board();
    board.start(0, [0x31, 0xc0, 0x0f, 0x00, 0xd0, 0xb0, 0x0c, 0x8e, 0xd8]);
    expect(board.run()).toMatchObject({ vector: 13, error: 0x0c, eip: CODE + 7 });
  });

  it('read the descriptor as supervisor, and set its accessed bit so', () => {
    const board = new Board();
    board.page();
    board.entry(GDT, GDT | 1);
    board.describe(FREE, segment(READ_WRITE, { dpl: 3 }));
    board.start(3, MOV_DS);
    board.s[st.EAX] = FREE | 3;
    expect(board.run().stop).toBe('budget');
    // Where CR0.WP protects the table from the supervisor as well, marking it is a fault: present, write.
    board.describe(FREE, segment(READ_WRITE, { dpl: 3 }));
    board.s[st.CR0] |= 0x10000;
    board.machine.cpu.paging.flush(true);
    board.start(3, MOV_DS);
    board.s[st.EAX] = FREE | 3;
    expect(board.run()).toMatchObject({ vector: 14, error: 3, eip: CODE });
  });
});

type Access = readonly [string, Descriptor, number, number, 'read' | 'write', boolean];

/** Descriptor, offset, size of the access, kind, whether it succeeds. */
const ACCESSES: readonly Access[] = [
  ['last byte', segment(READ_WRITE, { dpl: 3, limit: 0xff }), 0xff, 1, 'read', true],
  ['beyond the last byte', segment(READ_WRITE, { dpl: 3, limit: 0xff }), 0x100, 1, 'read', false],
  ['last dword', segment(READ_WRITE, { dpl: 3, limit: 0xff }), 0xfc, 4, 'write', true],
  ['a dword across the limit', segment(READ_WRITE, { dpl: 3, limit: 0xff }), 0xfd, 4, 'write', false],
  ['a dword across 4 GiB', segment(READ_WRITE, { dpl: 3 }), -2, 4, 'read', false],
  ['a limit in pages', segment(READ_WRITE, { dpl: 3, limit: 0, pages: true }), 0xffc, 4, 'read', true],
  ['beyond a limit in pages', segment(READ_WRITE, { dpl: 3, limit: 0, pages: true }), 0xffd, 4, 'read', false],
  ['a write to read-only data', segment(READ_ONLY, { dpl: 3 }), 0, 1, 'write', false],
  ['a read of read-only data', segment(READ_ONLY, { dpl: 3 }), 0, 1, 'read', true],
  ['a write to code', segment(EXECUTE_READ, { dpl: 3 }), 0, 1, 'write', false],
  ['a read of code', segment(EXECUTE_READ, { dpl: 3 }), 0, 1, 'read', true],
  ['expand-down at its limit', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff }), 0xff, 1, 'read', false],
  ['expand-down above its limit', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff }), 0x100, 4, 'write', true],
  ['expand-down across its limit', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff }), 0xfe, 4, 'read', false],
  ['16-bit expand-down at its top', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff, big: false }), 0xffff, 1, 'read', true],
  ['16-bit expand-down beyond', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff, big: false }), 0x10000, 1, 'read', false],
  ['16-bit expand-down across', segment(EXPAND_DOWN, { dpl: 3, limit: 0xff, big: false }), 0xfffe, 4, 'read', false],
];

/** mov al,[ebx] / mov eax,[ebx] / mov [ebx],al / mov [ebx],eax, with FS. */
const OPCODES = { read: { 1: 0x8a, 4: 0x8b }, write: { 1: 0x88, 4: 0x89 } } as const;

describe('accesses', () => {
  it.each(ACCESSES)('%s', (_name, descriptor, offset, size, kind, allowed) => {
    const board = new Board();
    board.describe(FREE, descriptor);
    board.start(3, [0x64, OPCODES[kind][size as 1 | 4], 0x03, 0xeb, 0xfe]);
    board.load(st.FS, FREE | 3);
    board.s[st.EBX] = offset;
    const outcome = board.run();
    if (allowed) expect(outcome.stop).toBe('budget');
    else expect(outcome).toMatchObject({ vector: 13, error: 0, eip: CODE });
  });

  it.each(ACCESSES.filter(([, descriptor]) => (descriptor[1] & 0x1a00) === 0x1200))(
    'through SS: %s',
    (_name, descriptor, offset, size, kind, allowed) => {
      const board = new Board();
      board.describe(FREE, descriptor);
      board.start(3, [0x36, OPCODES[kind][size as 1 | 4], 0x03, 0xeb, 0xfe]);
      board.load(st.SS, FREE | 3);
      board.s[st.EBX] = offset;
      const outcome = board.run();
      if (allowed) expect(outcome.stop).toBe('budget');
      else expect(outcome).toMatchObject({ vector: 12, error: 0, eip: CODE });
    },
  );

  it('beyond a limit that all flat segments share', () => {
    const board = new Board();
    board.describe(FREE, segment(READ_WRITE, { dpl: 3, limit: 0x2f, pages: true }));
    const code = [0xa1, ...d(0x2fffc), 0xa3, ...d(0x2fffd)];
    board.start(3, code);
    for (const seg of [st.SS, st.DS, st.ES]) board.load(seg, FREE | 3);
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: CODE + 5 });
    // The same page with the old, larger limit is in the TLB: a smaller limit must not see it.
    const again = new Board();
    again.describe(FREE, segment(READ_WRITE, { dpl: 3, limit: 0x2e, pages: true }));
    const reload = [0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0];
    again.start(3, [0xbb, ...d(0x2f000), 0x8b, 0x0b, 0x89, 0x0b, ...reload, 0x90, 0x8b, 0x0b]);
    again.s[st.EAX] = FREE | 3;
    expect(again.run()).toMatchObject({ vector: 13, error: 0, eip: CODE + 16 });
  });

  it('push and pop at the end of an expand-down stack', () => {
    const board = new Board();
    board.describe(FREE, segment(EXPAND_DOWN, { dpl: 3, limit: 0xafff }));
    board.start(3, [0x50, 0x50]);
    board.load(st.SS, FREE | 3);
    board.s[st.ESP] = 0xb004;
    expect(board.run()).toMatchObject({ vector: 12, error: 0, eip: CODE + 1 });
  });

  it('of code beyond the limit of CS are #GP(0) at the instruction that crosses it', () => {
    const board = new Board();
    board.describe(FREE, segment(EXECUTE_READ, { dpl: 3, limit: CODE + 2 }));
    board.start(3, [0x90, 0x90, 0xb8, 0, 0, 0, 0]);
    board.load(st.CS, FREE | 3);
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: CODE + 2 });
  });
});

describe('near transfers beyond the limit of CS', () => {
  /** Each with its target 0x200 bytes on, beyond the limit of 0x100. */
  const NEAR: readonly [string, readonly number[], number][] = [
    ['JMP rel32', [0xe9, ...d(0x200 - 5)], 0],
    ['JMP r32', [0xff, 0xe3], 0],
    ['CALL rel32', [0xe8, ...d(0x200 - 5)], 0],
    ['CALL r32', [0xff, 0xd3], 0],
    ['RET', [0xc3], 0],
    ['Jcc rel32, taken', [0x0f, 0x85, ...d(0x200 - 6)], 0],
  ];
  it.each(NEAR)('%s is #GP(0) at the instruction, with ESP as it was', (_name, code, eip) => {
    const board = new Board();
    board.describe(FREE, segment(EXECUTE_READ, { dpl: 3, base: CODE, limit: 0x100 }));
    board.start(3, code);
    board.load(st.CS, FREE | 3);
    board.s[st.EIP] = 0;
    board.s[st.EBX] = 0x200;
    board.put32(board.s[st.ESP], 0x200);
    const before = board.s[st.ESP];
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip });
    expect(board.stack(5)[4]).toBe(before);
  });

  it('a segment with the same limit at another base has its own end', () => {
    const board = new Board();
    const code = (base: number) => segment(EXECUTE_READ, { dpl: 3, base, limit: 0x1fff });
    board.describe(FREE, code(CODE));
    board.describe(FREE + 8, code(CODE - 0x1000));
    // From CODE+0x1000 in the first segment to CODE+0xffe in the second, whose next instruction is beyond it.
    board.start(3, [0xe9, ...d(0x1000 - 5)]);
    board.put(CODE + 0x1000, [0xea, ...d(0x1ffe), (FREE + 8) | 3, 0]);
    board.put(CODE + 0xffe, [0x90, 0x90]);
    board.load(st.CS, FREE | 3);
    board.s[st.EIP] = 0;
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: 0x2000, cs: (FREE + 8) | 3 });
  });
});

describe('LDS and its relatives', () => {
  it('load selector and offset', () => {
    const board = new Board();
    board.describe(FREE, segment(READ_WRITE, { dpl: 3 }));
    board.start(3, [0x0f, 0xb4, 0x1d, ...d(DATA), 0xeb, 0xfe]);
    board.put(DATA, [...d(0x12345678), FREE | 3, 0]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EBX], board.s[st.SELECTOR + st.FS]]).toEqual([0x12345678, FREE | 3]);
  });

  it('change nothing when the selector is refused', () => {
    const board = new Board();
    board.start(3, [0xc5, 0x1d, ...d(DATA)]);
    board.s[st.EBX] = 7;
    board.put(DATA, [...d(0x12345678), CODE_OF[0], 0]);
    board.put(DATA + 4, [DATA_OF[0], 0]);
    expect(board.run()).toMatchObject({ vector: 13, error: DATA_OF[0] });
    expect(board.s[st.EBX]).toBe(7);
  });

  it('with a register operand are #UD', () => {
    for (const code of [
      [0xc5, 0xc0],
      [0x0f, 0xb2, 0xc0],
    ]) {
      expect(new Board().fault(3, code)).toMatchObject({ vector: 6, eip: CODE });
    }
  });
});

describe('PUSH and POP', () => {
  it('move selectors', () => {
    const board = new Board();
    // push ds; pop gs; push gs; pop es
    board.start(3, [0x1e, 0x0f, 0xa9, 0x0f, 0xa8, 0x07, 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.SELECTOR + st.GS], board.s[st.SELECTOR + st.ES]]).toEqual([DATA_OF[3], DATA_OF[3]]);
  });

  it('leave ESP when the selector is refused', () => {
    const board = new Board();
    board.start(3, [0x1f]);
    board.put32(board.s[st.ESP], DATA_OF[0]);
    const before = board.s[st.ESP];
    expect(board.run()).toMatchObject({ vector: 13, error: DATA_OF[0] });
    expect(board.stack(5)[4]).toBe(before);
  });

  it('write a selector as a dword, and as a word with the prefix', () => {
    const board = new Board();
    board.start(3, [0x1e, 0x66, 0x1e, 0xeb, 0xfe]);
    board.put32(board.s[st.ESP] - 4, -1);
    board.put32(board.s[st.ESP] - 8, -1);
    const before = board.s[st.ESP];
    expect(board.run().stop).toBe('budget');
    expect(board.get32(before - 4)).toBe(DATA_OF[3]);
    expect(board.get32(before - 8)).toBe(((DATA_OF[3] << 16) | 0xffff) >>> 0);
    expect(board.s[st.ESP]).toBe(before - 6);
  });
});

it('MOV from a segment register zero-extends to a dword, keeps the high half with the prefix', () => {
  const board = new Board();
  board.start(3, [0x8c, 0xd8, 0x66, 0x8c, 0xdb, 0xeb, 0xfe]);
  board.s[st.EAX] = -1;
  board.s[st.EBX] = -1;
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EAX], board.s[st.EBX]]).toEqual([DATA_OF[3], 0xffff0000 | DATA_OF[3] | 0]);
});
