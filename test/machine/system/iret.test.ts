/** IRET (SDM 2A). */
import { describe, expect, it } from 'vitest';
import { getFlags } from '../../../src/machine/flags.ts';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CODE,
  CODE_OF,
  CONFORMING,
  DATA_OF,
  EXECUTE_READ,
  FREE,
  READ_ONLY,
  READ_WRITE,
  segment,
  stackTop,
  TSS_SELECTOR,
} from './board.ts';

const IRET = [0xcf];
const TARGET = CODE + 0x100;

/** Puts a frame of dwords on the stack of the ring that runs, and spins at TARGET. */
function frame(board: Board, ...words: number[]): void {
  board.s[st.ESP] -= words.length * 4;
  words.forEach((word, i) => {
    board.put32(board.s[st.ESP] + i * 4, word);
  });
  board.put(TARGET, [0xeb, 0xfe]);
}

function prepared(ring: number, ...words: number[]): Board {
  const board = new Board();
  board.start(ring, IRET);
  frame(board, ...words);
  return board;
}

describe('to an outer ring', () => {
  it('pops SS:ESP and takes inner data segments away', () => {
    const board = prepared(0, TARGET, CODE_OF[3], 0x202, 0xaaa0, DATA_OF[3]);
    board.load(st.ES, DATA_OF[3]);
    board.load(st.FS, DATA_OF[0]);
    board.describe(FREE, segment(CONFORMING));
    board.load(st.GS, FREE);
    expect(board.run().stop).toBe('budget');
    const selectors = [st.CS, st.SS, st.DS, st.ES, st.FS, st.GS].map((seg) => board.s[st.SELECTOR + seg]);
    expect(selectors).toEqual([CODE_OF[3], DATA_OF[3], 0, DATA_OF[3], 0, FREE]);
    expect(board.s[st.ATTR + st.DS]).toBe(0);
    expect([board.s[st.EIP], board.s[st.ESP], board.s[st.CPL]]).toEqual([TARGET, 0xaaa0, 3]);
    expect(board.machine.ledger.counts[EVENTS.crossingReturn]).toBe(1);
  });

  it('changes only SP where the outer stack has 16 bits', () => {
    const board = prepared(0, TARGET, CODE_OF[3], 0x202, 0x1234aaa0, FREE | 3);
    board.describe(FREE, segment(READ_WRITE, { dpl: 3, big: false, limit: 0xffff }));
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.ESP]).toBe(0xaaa0);
  });
});

it('to the same ring leaves SS:ESP behind the frame', () => {
  const board = prepared(3, TARGET, CODE_OF[3], 0x2);
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EIP], board.s[st.ESP]]).toEqual([TARGET, stackTop(3) - 0x100]);
});

it('with 16 bits pops words', () => {
  const board = new Board();
  board.start(3, [0x66, 0xcf]);
  board.put32(board.s[st.ESP], 0x100 | (CODE_OF[3] << 16));
  board.put32(board.s[st.ESP] + 4, 0x893);
  board.put(0x100, [0xeb, 0xfe]);
  board.s[st.FLAGS] |= 0x40000;
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EIP], board.s[st.ESP]]).toEqual([0x100, stackTop(3) - 0x100 + 6]);
  expect(getFlags(board.s)).toBe(0x40893);
});

/** Flags that IRET sets out of an image of all ones, by ring and IOPL (SDM 2A, IRET; VM, VIF, VIP stay). */
const FLAGS: readonly [number, number, number][] = [
  [0, 0, 0x257fd7 & ~0x20000],
  [3, 0, 0x254dd7],
  [3, 3, 0x257fd7],
  [1, 1, 0x255fd7],
  [1, 0, 0x254dd7],
];
it.each(FLAGS)('ring %i with IOPL %i loads the flags it may', (ring, iopl, expected) => {
  const board = prepared(ring, TARGET, CODE_OF[ring], 0xffffffff & ~0x20100);
  board.put(TARGET, [0x90, 0x90]);
  board.s[st.FLAGS] |= iopl << 12;
  // One instruction: afterwards RF is still set, TF (not in the image) would trap.
  expect(board.run(1).stop).toBe('budget');
  expect(getFlags(board.s)).toBe(expected & ~0x100);
});

/** Frames that IRET refuses: ring, frame, preparation, vector, error code. */
const REFUSED: readonly [string, number, number[], ((b: Board) => void) | undefined, number, number][] = [
  ['null CS', 0, [TARGET, 3, 2], undefined, 13, 0],
  ['CS beyond the GDT', 0, [TARGET, 0x1003, 2], undefined, 13, 0x1000],
  ['data as CS', 0, [TARGET, DATA_OF[0], 2], undefined, 13, DATA_OF[0]],
  ['a system descriptor as CS', 0, [TARGET, TSS_SELECTOR, 2], undefined, 13, TSS_SELECTOR],
  ['an inner ring', 3, [TARGET, CODE_OF[0], 2], undefined, 13, CODE_OF[0]],
  ['RPL other than DPL', 0, [TARGET, 0x08 | 3, 2, 0, DATA_OF[3]], undefined, 13, 0x08],
  [
    'conforming code of an outer ring',
    0,
    [TARGET, FREE, 2],
    (b) => b.describe(FREE, segment(CONFORMING, { dpl: 3 })),
    13,
    FREE,
  ],
  [
    'CS not present',
    0,
    [TARGET, FREE, 2],
    (b) => b.describe(FREE, segment(EXECUTE_READ, { present: false })),
    11,
    FREE,
  ],
  [
    'EIP beyond the limit',
    0,
    [TARGET, FREE, 2],
    (b) => b.describe(FREE, segment(EXECUTE_READ, { limit: TARGET - 1 })),
    13,
    0,
  ],
  ['null SS', 0, [TARGET, CODE_OF[3], 2, 0, 0], undefined, 13, 0],
  ['SS beyond the GDT', 0, [TARGET, CODE_OF[3], 2, 0, 0x1003], undefined, 13, 0x1000],
  ['SS of another ring', 0, [TARGET, CODE_OF[3], 2, 0, DATA_OF[2]], undefined, 13, DATA_OF[2] & ~3],
  ['SS with another RPL', 0, [TARGET, CODE_OF[3], 2, 0, 0x41], undefined, 13, 0x40],
  ['code as SS', 0, [TARGET, CODE_OF[3], 2, 0, CODE_OF[3]], undefined, 13, CODE_OF[3] & ~3],
  [
    'read-only SS',
    0,
    [TARGET, CODE_OF[3], 2, 0, FREE | 3],
    (b) => b.describe(FREE, segment(READ_ONLY, { dpl: 3 })),
    13,
    FREE,
  ],
  [
    'SS not present',
    0,
    [TARGET, CODE_OF[3], 2, 0, FREE | 3],
    (b) => b.describe(FREE, segment(READ_WRITE, { dpl: 3, present: false })),
    12,
    FREE,
  ],
];

it.each(REFUSED)('refuses %s', (_name, ring, words, prepare, vector, error) => {
  const board = prepared(ring, ...words);
  const before = board.s[st.ESP];
  prepare?.(board);
  expect(board.run()).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[ring] });
  // Nothing was popped.
  expect(ring === 3 ? board.stack(6)[4] : board.s[st.ESP] + 16).toBe(before);
});

it('refuses a stack too short for the frame', () => {
  const board = new Board();
  board.describe(FREE, segment(READ_WRITE, { dpl: 3, limit: 0xfff }));
  board.start(3, IRET);
  board.load(st.SS, FREE + 3);
  board.s[st.ESP] = 0xff8;
  board.put32(0xff8, TARGET);
  board.put32(0xffc, CODE_OF[3]);
  expect(board.run()).toMatchObject({ vector: 12, error: 0, eip: CODE });
});
