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
  EXECUTE_READ,
  FREE,
  gate,
  HANDLERS,
  INTERRUPT16,
  INTERRUPT32,
  READ_ONLY,
  READ_WRITE,
  segment,
  stackTop,
  TRAP32,
  TSS,
  TSS_SELECTOR,
} from './board.ts';

const INT_30 = [0xcd, 0x30];
const NOP = 0x90;

describe('a gate to an inner ring', () => {
  it('pushes SS, ESP, EFLAGS, CS, EIP on the stack of the TSS', () => {
    const board = new Board();
    board.start(3, INT_30);
    board.s[st.FLAGS] |= 0x200;
    board.s[st.ESP] = 0xaaa0;
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 0x30, eip: CODE + 2, cs: CODE_OF[3], flags: 0x202 });
    expect(board.s[st.ESP]).toBe(stackTop(0) - 20);
    expect(board.stack(5)).toEqual([CODE + 2, CODE_OF[3], 0x202, 0xaaa0, DATA_OF[3]]);
    expect(board.s[st.SELECTOR + st.SS]).toBe(DATA_OF[0]);
    expect(board.s[st.SELECTOR + st.CS]).toBe(CODE_OF[0]);
    expect(board.machine.ledger.counts[EVENTS.crossingSoftware]).toBe(1);
  });

  it('may lead to ring 1 or 2 without ring 0', () => {
    for (const ring of [1, 2]) {
      const board = new Board();
      board.vector(0x30, gate(TRAP32, CODE_OF[ring], CODE + 16, 3));
      board.start(3, [...INT_30, ...new Array(14).fill(NOP), 0xeb, 0xfe]);
      expect(board.run().stop).toBe('budget');
      expect(board.s[st.CPL]).toBe(ring);
      expect(board.s[st.ESP]).toBe(stackTop(ring) - 20);
      expect(board.stack(5)[4]).toBe(DATA_OF[3]);
    }
  });

  it('with 16 bits pushes words and jumps below 64 KiB', () => {
    const board = new Board();
    board.vector(0x30, gate(INTERRUPT16, CODE_OF[0], 0xffff0000 | (HANDLERS + 0x180), 3));
    board.start(3, INT_30);
    expect(board.run().stop).toBe('halt');
    expect(board.s[st.EIP]).toBe(HANDLERS + 0x181);
    expect(board.s[st.ESP]).toBe(stackTop(0) - 10);
    const words = [0, 2, 4, 6, 8].map((i) => board.get16(board.s[st.ESP] + i));
    expect(words).toEqual([(CODE + 2) & 0xffff, CODE_OF[3], 0x002, stackTop(3) - 0x100, DATA_OF[3]]);
  });

  it('clears TF, NT, RF, and IF only when it is an interrupt gate', () => {
    for (const [type, kept] of [
      [TRAP32, 0x200],
      [INTERRUPT32, 0],
    ]) {
      const board = new Board();
      board.vector(0x30, gate(type, CODE_OF[0], HANDLERS + 0x180, 3));
      board.start(3, INT_30);
      board.s[st.FLAGS] |= 0x4200;
      expect(board.run().flags).toBe(0x4202);
      expect(board.s[st.FLAGS] & 0x4700).toBe(kept);
    }
  });

  it('uses SP only, and wraps it, on a 16-bit stack', () => {
    const board = new Board();
    board.describe(FREE, segment(READ_WRITE, { big: false, limit: 0xffff, base: DATA }));
    board.put32(TSS + 4, 0x1234000c);
    board.put32(TSS + 8, FREE);
    board.start(3, INT_30);
    board.s[st.ESP] = 0x5678aaa0 | 0;
    board.vector(0x30, gate(TRAP32, CODE_OF[0], HANDLERS + 0x180, 3));
    expect(board.run().stop).toBe('halt');
    // 12 - 20 wraps within 64 KiB; the high half is that of the old ESP, which a 16-bit stack leaves alone.
    expect(board.s[st.ESP] & 0xffff).toBe(0xfff8);
    expect(board.get32(DATA + 8)).toBe(DATA_OF[3]);
    expect(board.get32(DATA + 0xfff8)).toBe(CODE + 2);
  });

  it('takes stacks out of a 16-bit TSS', () => {
    const board = new Board();
    board.put16(TSS + 2, 0x8000);
    board.put16(TSS + 4, DATA_OF[0]);
    board.s[st.ATTR + st.TR] = 0x83;
    board.s[st.LIMIT + st.TR] = 0x2b;
    expect(board.fault(3, INT_30)).toMatchObject({ vector: 0x30, eip: CODE + 2 });
    expect(board.s[st.ESP]).toBe(0x8000 - 20);
  });
});

describe('a gate to the same ring', () => {
  it('pushes EFLAGS, CS, EIP on the current stack', () => {
    const board = new Board();
    expect(board.fault(0, INT_30)).toMatchObject({ vector: 0x30, eip: CODE + 2, cs: CODE_OF[0] });
    expect(board.s[st.ESP]).toBe(stackTop(0) - 0x100 - 12);
    expect(board.machine.ledger.counts[EVENTS.crossingSoftware]).toBe(0);
  });

  it('keeps the ring in conforming code, whose RPL becomes CPL', () => {
    const board = new Board();
    board.describe(FREE, segment(CONFORMING));
    board.vector(0x30, gate(TRAP32, FREE, CODE + 16, 3));
    board.start(3, [...INT_30, ...new Array(14).fill(NOP), 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.CPL]).toBe(3);
    expect(board.s[st.SELECTOR + st.CS]).toBe(FREE | 3);
    expect(board.s[st.ESP]).toBe(stackTop(3) - 0x100 - 12);
  });
});

/** Every check on the way to a handler: what is changed, and the fault that INT 30h from ring 3 raises then. */
const CHECKS: readonly [string, (board: Board) => void, number, number][] = [
  ['IDT limit', (b) => void (b.s[st.IDTR_LIMIT] = 0x30 * 8 + 6), 13, 0x182],
  ['gate type', (b) => b.vector(0x30, segment(READ_WRITE, { dpl: 3 })), 13, 0x182],
  ['a call gate', (b) => b.vector(0x30, gate(12, CODE_OF[0], HANDLERS, 3)), 13, 0x182],
  ['gate DPL', (b) => b.vector(0x30, gate(TRAP32, CODE_OF[0], HANDLERS, 2)), 13, 0x182],
  ['gate present', (b) => b.vector(0x30, gate(TRAP32, CODE_OF[0], HANDLERS, 3, 0, false)), 11, 0x182],
  ['null code selector', (b) => b.vector(0x30, gate(TRAP32, 3, HANDLERS, 3)), 13, 0],
  ['code beyond the GDT', (b) => b.vector(0x30, gate(TRAP32, 0x1003, HANDLERS, 3)), 13, 0x1000],
  ['code beyond the LDT', (b) => b.vector(0x30, gate(TRAP32, 0x107, HANDLERS, 3)), 13, 0x104],
  ['data as code', (b) => b.vector(0x30, gate(TRAP32, DATA_OF[0], HANDLERS, 3)), 13, DATA_OF[0]],
  ['a system descriptor as code', (b) => b.vector(0x30, gate(TRAP32, TSS_SELECTOR, HANDLERS, 3)), 13, TSS_SELECTOR],
  [
    'code not present',
    (b) => {
      b.describe(FREE, segment(EXECUTE_READ, { present: false }));
      b.vector(0x30, gate(TRAP32, FREE, HANDLERS, 3));
    },
    11,
    FREE,
  ],
  [
    'EIP beyond the code limit',
    (b) => {
      b.describe(FREE, segment(EXECUTE_READ, { limit: HANDLERS }));
      b.vector(0x30, gate(TRAP32, FREE, HANDLERS + 1, 3));
    },
    13,
    0,
  ],
];

describe('checks on the way to a handler', () => {
  it.each(CHECKS)('%s', (_name, change, vector, error) => {
    const board = new Board();
    change(board);
    expect(board.fault(3, INT_30)).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[3] });
  });

  it('an exception ignores the DPL of the gate', () => {
    const board = new Board();
    board.vector(6, gate(TRAP32, CODE_OF[0], HANDLERS + 48, 0));
    expect(board.fault(3, [0x0f, 0x0b])).toMatchObject({ vector: 6, eip: CODE });
  });

  it('a handler in an outer ring is #GP with its selector', () => {
    const board = new Board();
    board.vector(0x30, gate(TRAP32, CODE_OF[1], HANDLERS, 3));
    expect(board.fault(0, INT_30)).toMatchObject({ vector: 13, error: CODE_OF[1] & ~3 });
  });
});

/** What can be wrong with the stack in the TSS, for a gate to ring 1; the fault itself goes to ring 0. */
const STACKS: readonly [string, (board: Board) => void, number, number][] = [
  ['TSS too short', (b) => void (b.s[st.LIMIT + st.TR] = 16), 10, TSS_SELECTOR],
  ['null selector', (b) => b.put32(TSS + 16, 0), 10, 0],
  ['beyond the GDT', (b) => b.put32(TSS + 16, 0x1001), 10, 0x1000],
  ['wrong RPL', (b) => b.put32(TSS + 16, 0x20), 10, 0x20],
  ['wrong DPL', (b) => b.put32(TSS + 16, 0x41), 10, 0x40],
  ['code', (b) => b.put32(TSS + 16, CODE_OF[1]), 10, CODE_OF[1] & ~3],
  ['read-only', (b) => b.describe(DATA_OF[1], segment(READ_ONLY, { dpl: 1 })), 10, 0x20],
  ['not present', (b) => b.describe(DATA_OF[1], segment(READ_WRITE, { dpl: 1, present: false })), 12, 0x20],
  ['no room', (b) => b.describe(DATA_OF[1], segment(READ_WRITE, { dpl: 1, limit: stackTop(1) - 2 })), 12, 0x20],
  ['no room at the bottom', (b) => b.put32(TSS + 12, 19), 12, 0x20],
];

describe('faults of the inner stack', () => {
  it.each(STACKS)('%s', (_name, change, vector, error) => {
    const board = new Board();
    board.vector(0x30, gate(TRAP32, CODE_OF[1], HANDLERS, 3));
    // The handlers of the fault are in ring 0, whose stack is in order; a limit of 16 still covers ring 0's.
    change(board);
    expect(board.fault(3, INT_30)).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[3] });
    expect(board.stack(6)[4 + 0]).toBe(stackTop(3) - 0x100);
  });

  it('a page fault there is a supervisor write', () => {
    const board = new Board();
    board.page();
    board.vector(0x30, gate(TRAP32, CODE_OF[1], HANDLERS, 3));
    board.entry(stackTop(1) - 4, 0);
    expect(board.fault(3, INT_30)).toMatchObject({ vector: 14, error: 2, eip: CODE });
    expect(board.s[st.CR2]).toBe(stackTop(1) - 4);
  });

  it('writes ring 1 stacks as supervisor', () => {
    const board = new Board();
    board.page();
    board.vector(0x30, gate(TRAP32, CODE_OF[1], CODE + 2, 3));
    board.entry(stackTop(1) - 4, (stackTop(1) - 0x1000) | 3);
    board.start(3, [...INT_30, 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.CPL]).toBe(1);
  });
});

it('a same-ring frame without room is #SS(0)', () => {
  const board = new Board();
  board.describe(FREE, segment(CONFORMING));
  board.describe(FREE + 8, segment(READ_WRITE, { dpl: 3, limit: 0xfff }));
  board.vector(0x30, gate(TRAP32, FREE, HANDLERS, 3));
  board.start(3, INT_30);
  board.load(st.SS, FREE + 8 + 3);
  board.s[st.ESP] = 8;
  expect(board.run()).toMatchObject({ vector: 12, error: 0, eip: CODE });
});

describe('INT3, INTO, INT1', () => {
  it('INT3 checks the DPL of gate 3, INT1 does not', () => {
    const board = new Board();
    board.vector(3, gate(TRAP32, CODE_OF[0], HANDLERS + 24, 0));
    board.vector(1, gate(TRAP32, CODE_OF[0], HANDLERS + 8, 0));
    expect(board.fault(3, [0xcc])).toMatchObject({ vector: 13, error: 3 * 8 + 2, eip: CODE });
    expect(board.fault(3, [0xf1])).toMatchObject({ vector: 1, eip: CODE + 1 });
  });

  it('INTO traps with OF only', () => {
    const board = new Board();
    // mov al,0x7f; into; inc al; into
    expect(board.fault(3, [0xb0, 0x7f, 0xce, 0xfe, 0xc0, 0xce])).toMatchObject({ vector: 4, eip: CODE + 6 });
  });
});

/** Every exception that an instruction can raise: ring-3 code, preparation, vector, error code, RF in the image. */
const VECTORS: readonly [string, number[], ((b: Board) => void) | undefined, number, number | undefined, number][] = [
  ['#DE div', [0x31, 0xc0, 0xf6, 0xf0], undefined, 0, undefined, CODE + 2],
  ['#BP', [0xcc], undefined, 3, undefined, CODE + 1],
  ['#BR bound', [0x62, 0x05, ...[0, 0, 2, 0]], (b) => void (b.s[st.EAX] = 5), 5, undefined, CODE],
  ['#UD', [0x0f, 0x0b], undefined, 6, undefined, CODE],
  ['#NM', [0xd9, 0xee], (b) => void (b.s[st.CR0] |= 8), 7, undefined, CODE],
  ['#GP privileged', [0xf4], undefined, 13, 0, CODE],
  ['#GP null segment', [0x64, 0xa1, 0, 0, 0, 0], undefined, 13, 0, CODE],
  ['#SS', [0x50], (b) => smallStack(b), 12, 0, CODE],
  ['#NP', [0x8e, 0xd8], (b) => notPresent(b), 11, FREE, CODE],
  ['#AC', [0xa1, 1, 0, 2, 0], (b) => alignment(b), 17, 0, CODE],
  ['#XM', [0x0f, 0x57, 0xc0, 0xf3, 0x0f, 0x5e, 0xc0], (b) => unmaskedSimd(b), 19, undefined, CODE + 3],
  ['#MF', [0xd9, 0xee, 0xd9, 0xe8, 0xde, 0xf1, 0x9b], (b) => unmasked(b), 16, undefined, CODE + 6],
];

function smallStack(board: Board): void {
  board.describe(FREE, segment(READ_WRITE, { dpl: 3, limit: 0xfff }));
  board.load(st.SS, FREE + 3);
  board.s[st.ESP] = 2;
}
function notPresent(board: Board): void {
  board.describe(FREE, segment(READ_WRITE, { dpl: 3, present: false }));
  board.s[st.EAX] = FREE | 3;
}
function alignment(board: Board): void {
  board.s[st.CR0] |= 0x40000;
  board.s[st.FLAGS] |= 0x40000;
}
function unmaskedSimd(board: Board): void {
  board.s[st.CR4] |= 0x600;
  board.s[st.MXCSR] = 0x1f00;
}
function unmasked(board: Board): void {
  board.s[st.CR0] |= 0x20;
  board.s[st.FCW] = 0x37b;
}

describe('every vector', () => {
  it.each(VECTORS)('%s', (_name, code, prepare, vector, error, eip) => {
    const board = new Board();
    board.start(3, code);
    prepare?.(board);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector, eip });
    expect(outcome.error).toBe(error);
    expect((outcome.flags as number) & 0x10000).toBe(vector === 3 ? 0 : 0x10000);
  });
});
