/** Far transfers, direct and through call gates (SDM 2A, CALL, JMP; 2B, RET). */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CALL16,
  CALL32,
  CODE,
  CODE_OF,
  CONFORMING,
  DATA_OF,
  type Descriptor,
  d,
  EXECUTE_READ,
  FREE,
  GDT,
  gate,
  LDT_SELECTOR,
  READ_WRITE,
  segment,
  stackTop,
  TASK_GATE,
  TSS,
  TSS_SELECTOR,
  w,
} from './board.ts';

const TARGET = CODE + 0x100;
const SPIN = [0xeb, 0xfe];
const JMP = 0xea;
const CALL = 0x9a;

/** A direct far transfer to `selector`:TARGET. */
function far(opcode: number, selector: number, offset = TARGET): number[] {
  return [opcode, ...d(offset), ...w(selector)];
}

function spinning(): Board {
  const board = new Board();
  board.put(TARGET, SPIN);
  return board;
}

describe('direct', () => {
  it('JMP keeps the stack, CALL pushes CS and EIP', () => {
    for (const [opcode, pushed] of [
      [JMP, 0],
      [CALL, 8],
    ]) {
      const board = spinning();
      board.start(3, far(opcode, CODE_OF[3]));
      expect(board.run().stop).toBe('budget');
      expect([board.s[st.EIP], board.s[st.ESP]]).toEqual([TARGET, stackTop(3) - 0x100 - pushed]);
      if (pushed > 0) expect(board.stack(2)).toEqual([CODE + 7, CODE_OF[3]]);
    }
  });

  it('sets the RPL of CS to CPL, also in conforming code', () => {
    for (const dpl of [0, 1, 3]) {
      const board = spinning();
      board.describe(FREE, segment(CONFORMING, { dpl }));
      board.start(3, far(JMP, FREE));
      expect(board.run().stop).toBe('budget');
      expect([board.s[st.SELECTOR + st.CS], board.s[st.CPL]]).toEqual([FREE | 3, 3]);
    }
  });

  it('into a 16-bit segment changes the default operand size', () => {
    const board = new Board();
    board.describe(FREE, segment(EXECUTE_READ, { dpl: 3, base: CODE, limit: 0xffff, big: false }));
    board.start(3, far(JMP, FREE | 3, 0x100));
    // mov ax, 0x1234; jmp $ in 16-bit code
    board.put(TARGET, [0xb8, 0x34, 0x12, 0xeb, 0xfe]);
    board.s[st.EAX] = -1;
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.EAX]).toBe(0xffff1234 | 0);
    expect(board.s[st.EIP]).toBe(0x103);
  });

  it('through memory, with a 16-bit offset where the operand has 16 bits', () => {
    const board = new Board();
    board.put(0x100, SPIN);
    board.start(3, [0x66, 0xff, 0x2d, ...d(0x20000)]);
    board.put(0x20000, [0x00, 0x01, ...w(CODE_OF[3])]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.EIP]).toBe(0x100);
  });
});

type Refused = readonly [string, number, number, Descriptor | undefined, number, number];

/** Ring, selector, descriptor at FREE, vector and error code; the same for JMP and CALL. */
const REFUSED: readonly Refused[] = [
  ['null', 3, 0, undefined, 13, 0],
  ['beyond the GDT', 3, 0x1003, undefined, 13, 0x1000],
  ['data', 3, DATA_OF[3], undefined, 13, DATA_OF[3] & ~3],
  ['an LDT', 0, LDT_SELECTOR, undefined, 13, LDT_SELECTOR],
  ['an interrupt gate', 3, FREE, gate(14, CODE_OF[3], TARGET, 3), 13, FREE],
  ['inner code', 3, CODE_OF[2], undefined, 13, CODE_OF[2] & ~3],
  ['outer code', 1, CODE_OF[3], undefined, 13, CODE_OF[3] & ~3],
  ['RPL above CPL', 0, 0x09, undefined, 13, 0x08],
  ['conforming code of an outer ring', 1, FREE, segment(CONFORMING, { dpl: 2 }), 13, FREE],
  ['code not present', 3, FREE | 3, segment(EXECUTE_READ, { dpl: 3, present: false }), 11, FREE],
  ['an offset beyond the limit', 3, FREE | 3, segment(EXECUTE_READ, { dpl: 3, limit: TARGET - 1 }), 13, 0],
  ['a gate of an inner ring', 3, FREE, gate(CALL32, CODE_OF[3], TARGET, 2), 13, FREE],
  ['a gate with RPL above DPL', 0, FREE | 2, gate(CALL32, CODE_OF[0], TARGET, 1), 13, FREE],
  ['a gate not present', 3, FREE, gate(CALL32, CODE_OF[3], TARGET, 3, 0, false), 11, FREE],
  ['a gate to null', 3, FREE, gate(CALL32, 0, TARGET, 3), 13, 0],
  ['a gate beyond the GDT', 3, FREE, gate(CALL32, 0x1000, TARGET, 3), 13, 0x1000],
  ['a gate to data', 3, FREE, gate(CALL32, DATA_OF[3], TARGET, 3), 13, DATA_OF[3] & ~3],
  ['a gate to outer code', 0, FREE, gate(CALL32, CODE_OF[1], TARGET, 0), 13, CODE_OF[1] & ~3],
  ['a busy TSS', 0, TSS_SELECTOR, undefined, 13, TSS_SELECTOR],
  ['a task gate to no TSS', 0, FREE, gate(TASK_GATE, CODE_OF[0], 0), 13, CODE_OF[0]],
  ['a task gate into the LDT', 0, FREE, gate(TASK_GATE, 0x0c, 0), 13, 0x0c],
];

describe.each([
  ['JMP', JMP],
  ['CALL', CALL],
] as const)('%s refuses', (_name, opcode) => {
  it.each(REFUSED)('%s', (_what, ring, selector, descriptor, vector, error) => {
    const board = spinning();
    if (descriptor !== undefined) board.describe(FREE, descriptor);
    board.start(ring, far(opcode, selector));
    const before = board.s[st.ESP];
    expect(board.run()).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[ring] });
    expect(ring === 0 ? board.s[st.ESP] + 16 : board.stack(5)[4]).toBe(before);
  });

  it('code behind a gate that is not present', () => {
    const board = spinning();
    board.describe(FREE, gate(CALL32, FREE + 8, TARGET, 3));
    board.describe(FREE + 8, segment(EXECUTE_READ, { dpl: 3, present: false }));
    expect(board.fault(3, far(opcode, FREE))).toMatchObject({ vector: 11, error: FREE + 8 });
  });

  it('an offset beyond the limit behind a gate', () => {
    const board = spinning();
    board.describe(FREE, gate(CALL32, FREE + 8, TARGET, 3));
    board.describe(FREE + 8, segment(EXECUTE_READ, { dpl: 3, limit: TARGET - 1 }));
    expect(board.fault(3, far(opcode, FREE))).toMatchObject({ vector: 13, error: 0 });
  });
});

it('CALL without room on the stack is #SS(0) before the offset is looked at', () => {
  const board = spinning();
  board.describe(FREE, segment(READ_WRITE, { dpl: 3, limit: 0xfff }));
  board.describe(FREE + 8, segment(EXECUTE_READ, { dpl: 3, limit: TARGET - 1 }));
  board.start(3, far(CALL, (FREE + 8) | 3));
  board.load(st.SS, FREE | 3);
  board.s[st.ESP] = 4;
  expect(board.run()).toMatchObject({ vector: 12, error: 0, eip: CODE });
});

it('JMP through a gate does not enter an inner ring', () => {
  const board = spinning();
  board.describe(FREE, gate(CALL32, CODE_OF[1], TARGET, 3));
  expect(board.fault(3, far(JMP, FREE))).toMatchObject({ vector: 13, error: CODE_OF[1] & ~3 });
});

it('a gate to the same ring ignores the offset of the instruction, and copies nothing', () => {
  for (const opcode of [JMP, CALL]) {
    const board = spinning();
    board.describe(FREE, gate(CALL32, CODE_OF[3], TARGET, 3, 5));
    board.start(3, far(opcode, FREE, 0x777));
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.EIP]).toBe(TARGET);
    expect(board.s[st.ESP]).toBe(stackTop(3) - 0x100 - (opcode === CALL ? 8 : 0));
  }
});

describe('CALL through a gate to an inner ring', () => {
  it('pushes SS, ESP, the parameters, CS and EIP on the inner stack', () => {
    const board = spinning();
    board.describe(FREE, gate(CALL32, CODE_OF[1], TARGET, 3, 3));
    board.start(3, far(CALL, FREE | 3));
    const before = board.s[st.ESP];
    [0x11, 0x22, 0x33].forEach((value, i) => {
      board.put32(before + i * 4, value);
    });
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.CPL], board.s[st.SELECTOR + st.CS], board.s[st.EIP]]).toEqual([1, CODE_OF[1], TARGET]);
    expect(board.s[st.ESP]).toBe(stackTop(1) - 28);
    expect(board.stack(7)).toEqual([CODE + 7, CODE_OF[3], 0x11, 0x22, 0x33, before, DATA_OF[3]]);
    expect(board.machine.ledger.counts[EVENTS.crossingGate]).toBe(1);
  });

  it('of 16 bits pushes words', () => {
    const board = new Board();
    board.put(0x200, SPIN);
    board.describe(FREE, gate(CALL16, CODE_OF[0], 0x200, 3, 2));
    board.start(3, far(CALL, FREE | 3));
    const before = board.s[st.ESP];
    board.put(before, [...w(0x11), ...w(0x22), ...w(0x33)]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.ESP]).toBe(stackTop(0) - 12);
    const words = [0, 2, 4, 6, 8, 10].map((i) => board.get16(board.s[st.ESP] + i));
    expect(words).toEqual([(CODE + 7) & 0xffff, CODE_OF[3], 0x11, 0x22, before & 0xffff, DATA_OF[3]]);
  });

  it('into conforming code keeps ring and stack', () => {
    const board = spinning();
    board.describe(FREE, gate(CALL32, FREE + 8, TARGET, 3));
    board.describe(FREE + 8, segment(CONFORMING));
    board.start(3, far(CALL, FREE));
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.CPL], board.s[st.SELECTOR + st.CS]]).toEqual([3, (FREE + 8) | 3]);
  });

  const STACKS: readonly [string, (board: Board) => void, number, number][] = [
    ['TSS too short', (b) => void (b.s[st.LIMIT + st.TR] = 16), 10, TSS_SELECTOR],
    ['null stack', (b) => b.put32(TSS + 16, 1), 10, 0],
    ['stack of another ring', (b) => b.put32(TSS + 16, DATA_OF[2]), 10, DATA_OF[2] & ~3],
    ['stack not present', (b) => b.describe(DATA_OF[1], segment(READ_WRITE, { dpl: 1, present: false })), 12, 0x20],
    ['no room for the parameters', (b) => b.put32(TSS + 12, 27), 12, 0x20],
  ];
  it.each(STACKS)('refuses: %s', (_name, change, vector, error) => {
    const board = spinning();
    board.describe(FREE, gate(CALL32, CODE_OF[1], TARGET, 3, 3));
    change(board);
    expect(board.fault(3, far(CALL, FREE))).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[3] });
  });

  it('faults like any read where the parameters cannot be read', () => {
    const board = spinning();
    board.page();
    board.describe(FREE, gate(CALL32, CODE_OF[1], TARGET, 3, 2));
    board.start(3, far(CALL, FREE));
    board.s[st.ESP] = 0x2fffc;
    board.entry(0x30000, 0x30001);
    expect(board.run()).toMatchObject({ vector: 14, error: 5, eip: CODE });
    expect(board.s[st.CR2]).toBe(0x30000);
  });
});

it('transfers mark the descriptors that they load as accessed', () => {
  const accessed = (board: Board, selector: number) => (board.get32(GDT + selector + 4) & 0x100) !== 0;
  const stack = segment(READ_WRITE, { dpl: 1 });
  for (const [what, code, target] of [
    ['a jump', far(JMP, FREE | 3), segment(EXECUTE_READ, { dpl: 3 })],
    ['a call', far(CALL, FREE | 3), segment(EXECUTE_READ, { dpl: 3 })],
    ['a jump through a gate', far(JMP, FREE + 8), segment(EXECUTE_READ, { dpl: 3 })],
    ['a call through a gate', far(CALL, FREE + 8), segment(EXECUTE_READ, { dpl: 3 })],
    ['a call inward', far(CALL, FREE + 8), segment(EXECUTE_READ, { dpl: 1 })],
    ['an interrupt to the same ring', [0xcd, 0x30], segment(EXECUTE_READ, { dpl: 3 })],
    ['an interrupt inward', [0xcd, 0x30], segment(EXECUTE_READ, { dpl: 1 })],
    ['a return', [0xcb], segment(EXECUTE_READ, { dpl: 3 })],
    ['an IRET', [0xcf], segment(EXECUTE_READ, { dpl: 3 })],
  ] as const) {
    const board = spinning();
    board.describe(FREE, target);
    board.describe(FREE + 8, gate(CALL32, FREE, TARGET, 3));
    board.describe(DATA_OF[1], stack);
    board.vector(0x30, gate(15, FREE, TARGET, 3));
    board.start(3, [...code]);
    [TARGET, FREE | 3, 2].forEach((word, i) => {
      board.put32(board.s[st.ESP] + i * 4, word);
    });
    expect(board.run().stop, what).toBe('budget');
    expect(accessed(board, FREE), what).toBe(true);
    if (what.includes('inward')) expect(accessed(board, DATA_OF[1] & ~3), what).toBe(true);
  }
});

describe('RET far', () => {
  /** Puts dwords on the stack of the ring that runs, and spins at TARGET. */
  function returning(ring: number, code: number[], ...words: number[]): Board {
    const board = spinning();
    board.start(ring, code);
    board.s[st.ESP] -= words.length * 4;
    words.forEach((word, i) => {
      board.put32(board.s[st.ESP] + i * 4, word);
    });
    return board;
  }

  it('to the same ring drops parameters', () => {
    const board = returning(3, [0xca, 8, 0], TARGET, CODE_OF[3], 1, 2);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.ESP]]).toEqual([TARGET, stackTop(3) - 0x100]);
  });

  it('to an outer ring drops them from both stacks, and inner data segments', () => {
    const board = returning(1, [0xca, 8, 0], TARGET, CODE_OF[3], 1, 2, 0xaaa0, DATA_OF[3]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.ESP], board.s[st.CPL]]).toEqual([TARGET, 0xaaa8, 3]);
    expect([board.s[st.SELECTOR + st.SS], board.s[st.SELECTOR + st.DS]]).toEqual([DATA_OF[3], 0]);
    expect(board.machine.ledger.counts[EVENTS.crossingReturn]).toBe(1);
  });

  it('with 16 bits pops words', () => {
    const board = new Board();
    board.put(0x200, SPIN);
    board.start(3, [0x66, 0xcb]);
    board.put(board.s[st.ESP], [...w(0x200), ...w(CODE_OF[3])]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.ESP]]).toEqual([0x200, stackTop(3) - 0x100 + 4]);
  });

  const BAD: readonly [string, number, number[], number, number][] = [
    ['null CS', 3, [TARGET, 0], 13, 0],
    ['inner CS', 3, [TARGET, CODE_OF[1]], 13, CODE_OF[1] & ~3],
    ['data as CS', 3, [TARGET, DATA_OF[3]], 13, DATA_OF[3] & ~3],
    ['RPL other than DPL', 1, [TARGET, CODE_OF[2] | 3, 0, DATA_OF[3]], 13, CODE_OF[2] & ~3],
    ['null SS', 1, [TARGET, CODE_OF[3], 0, 0], 13, 0],
    ['SS of another ring', 1, [TARGET, CODE_OF[3], 0, DATA_OF[1]], 13, DATA_OF[1] & ~3],
  ];
  it.each(BAD)('refuses %s', (_name, ring, words, vector, error) => {
    const board = returning(ring, [0xcb], ...words);
    const before = board.s[st.ESP];
    expect(board.run()).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[ring] });
    expect(board.stack(5)[4]).toBe(before);
  });
});
