/**
 * The remembered ring transfers against the full sequences: with a cold TLB only the full ones can run, with a warm one
 * the short ones do. State, stack and counts must be the same.
 */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CODE,
  CODE_OF,
  CONFORMING,
  DATA_OF,
  FREE,
  GDT,
  gate,
  IDT,
  INTERRUPT32,
  READ_WRITE,
  segment,
  stackTop,
  TSS,
  TSS_SELECTOR,
} from './board.ts';

const KERNEL = CODE + 0x100;
const ROUND = CODE + 2;

/** Everything that a transfer may change: state words, the ring-0 stack, counts but for TLB misses. */
function picture(board: Board): unknown {
  const { counts } = board.machine.ledger;
  const events = Object.entries(EVENTS).filter(([name]) => !name.startsWith('tlb'));
  return {
    words: Array.from(board.s.subarray(0, 0x80)),
    stacks: [0, 1].map((ring) => Array.from({ length: 12 }, (_, i) => board.get32(stackTop(ring) - 48 + i * 4))),
    counts: events.map(([name, index]) => [name, counts[index]]),
    cpu: [board.machine.cpu.flat, board.machine.cpu.tlb, board.machine.cpu.single, board.machine.cpu.debugHits],
  };
}

/** An outer ring at INT 30h, an inner one at IRETD behind it; both taken once, so that the TLB knows all pages. */
function warm(change: (board: Board) => void, outer = 3, inner = 0): Board {
  const board = new Board();
  board.vector(0x30, gate(INTERRUPT32, CODE_OF[inner], KERNEL, 3));
  board.put(KERNEL, [0xcf]);
  board.put(ROUND, [0xeb, 0xfe]);
  board.page();
  board.start(outer, [0xcd, 0x30]);
  board.run(2);
  expect(board.s[st.CPL]).toBe(outer);
  board.s[st.EIP] = CODE;
  change(board);
  return board;
}

/** Flags, segments and tables that the short way must either treat alike or leave to the full one. */
const CHANGES: readonly [string, (board: Board) => void][] = [
  ['nothing', () => {}],
  ['all flags of a user', (b) => void (b.s[st.FLAGS] |= 0x244e00)],
  ['NT', (b) => void (b.s[st.FLAGS] |= 0x4000)],
  ['TF', (b) => void (b.s[st.FLAGS] |= 0x100)],
  ['IOPL', (b) => void (b.s[st.FLAGS] |= 0x3000)],
  ['alignment checks', (b) => alignment(b)],
  ['inner data in GS', (b) => b.load(st.GS, DATA_OF[1])],
  ['null DS', (b) => b.load(st.DS, 0)],
  ['conforming code in FS', (b) => conforming(b)],
  ['a limited stack', (b) => limited(b, st.SS)],
  ['limited data', (b) => limited(b, st.DS)],
  ['a null stack in the TSS', (b) => b.put32(TSS + 8, 0)],
  ['a stack of ring 1 in the TSS', (b) => b.put32(TSS + 8, DATA_OF[1])],
  ['a ring-0 stack with a limit', (b) => b.describe(DATA_OF[0], segment(READ_WRITE | 1, { limit: 0x8fff }))],
  ['ring-0 code not accessed', (b) => b.describe(CODE_OF[0], segment(10))],
  ['ring-0 code not present', (b) => b.describe(CODE_OF[0], segment(11, { present: false }))],
  ['a gate of ring 0', (b) => b.vector(0x30, gate(INTERRUPT32, CODE_OF[0], KERNEL, 0))],
  ['a trap gate', (b) => b.vector(0x30, gate(15, CODE_OF[0], KERNEL, 3))],
  ['a trap gate to ring 1', (b) => b.vector(0x30, gate(15, CODE_OF[1], KERNEL, 3))],
  ['a gate to ring 2', (b) => b.vector(0x30, gate(15, CODE_OF[2], KERNEL, 3))],
  ['a gate of ring 1', (b) => b.vector(0x30, gate(INTERRUPT32, CODE_OF[0], KERNEL, 1))],
  ['a 16-bit gate', (b) => b.vector(0x30, gate(6, CODE_OF[1], KERNEL, 3))],
  ['a ring-1 stack in pages', (b) => b.describe(DATA_OF[1], pages(0x20, READ_WRITE | 1, 1))],
  ['a ring-1 stack beyond its limit', (b) => b.describe(DATA_OF[1], pages(0x8, READ_WRITE | 1, 1))],
  ['a ring-1 stack at address 0', (b) => b.put32(TSS + 12, 0)],
  ['a ring-1 stack around the top', (b) => around(b)],
  ['ring-1 code in pages', (b) => b.describe(CODE_OF[1], pages(0x10, 11, 1))],
  ['ring-1 code that ends before', (b) => b.describe(CODE_OF[1], pages(0xf, 11, 1))],
  ['a gate not present', (b) => b.vector(0x30, gate(INTERRUPT32, CODE_OF[0], KERNEL, 3, 0, false))],
  ['a short IDT', (b) => void (b.s[st.IDTR_LIMIT] = 0x186)],
  ['a short TSS', (b) => void (b.s[st.LIMIT + st.TR] = 8)],
  ['a short GDT', (b) => void (b.s[st.GDTR_LIMIT] = 0x3a)],
  ['a stack at the start of a page', (b) => b.put32(TSS + 4, 0x8000 - 0x1000 + 8)],
  ['a ring-0 stack that may only be read', (b) => readOnly(b)],
  ['another task', (b) => b.describe(TSS_SELECTOR, segment(READ_WRITE))],
];

function alignment(board: Board): void {
  board.s[st.CR0] |= 0x40000;
  board.s[st.FLAGS] |= 0x40000;
}
/** A stack of ring 1 that has less room than a frame wants. */
function around(board: Board): void {
  board.put32(TSS + 12, 12);
  board.describe(DATA_OF[1], pages(0x20, READ_WRITE | 1, 1));
}
/** A segment of so many pages and one more. */
function pages(limit: number, type: number, dpl: number): ReturnType<typeof segment> {
  return segment(type, { dpl, limit, pages: true });
}
function conforming(board: Board): void {
  board.describe(FREE, segment(CONFORMING));
  board.load(st.FS, FREE);
}
/** CR0.WP and a read-only stack page; the TLB knows all pages that a transfer reads, that one included. */
function readOnly(board: Board): void {
  const { cpu } = board.machine;
  board.s[st.CR0] |= 0x10000;
  board.entry(stackTop(0) - 4, (stackTop(0) - 0x1000) | 5);
  cpu.paging.flush(true);
  cpu.asSupervisor(() => {
    for (const page of [GDT, IDT, TSS, stackTop(0) - 4]) cpu.read32(page & ~3);
  });
}
function limited(board: Board, register: number): void {
  board.describe(FREE, segment(READ_WRITE | 1, { dpl: 3, limit: 0x2ffff }));
  board.load(register, FREE | 3);
}

/** The picture after `steps` instructions, with the TLB emptied before each or not. */
function pictureAfter(
  change: (board: Board) => void,
  cold: boolean,
  steps: number,
  outer: number,
  inner: number,
): unknown {
  const board = warm(change, outer, inner);
  for (let i = 0; i < steps; i++) {
    if (cold) board.machine.cpu.paging.flush(true);
    board.run(1);
  }
  return picture(board);
}

describe.each([
  ['INT', 1],
  ['INT and IRET', 2],
  ['INT and IRET twice', 4],
] as const)('%s: short and full agree with', (_name, steps) => {
  describe.each([
    [3, 0],
    [3, 1],
    [1, 0],
  ])('from ring %d to ring %d', (outer, inner) => {
    it.each(CHANGES)('%s', (_what, change) => {
      expect(pictureAfter(change, false, steps, outer, inner)).toEqual(pictureAfter(change, true, steps, outer, inner));
    });
  });
});

/** Faults in ring 3: instruction bytes, and the vector. The handler's gates are of DPL 0. */
const FAULTS: readonly [string, readonly number[], number][] = [
  ['#UD, no error code', [0x0f, 0x0b], 6],
  ['#GP, an error code of 0', [0xf4], 13],
  ['#PF, an error code', [0xa1, 0, 0, 0x80, 0], 14],
];

it.each(FAULTS)('%s: short and full agree', (_what, bytes, vector) => {
  const [short, full] = [false, true].map((cold) => {
    const board = warm((b) => {
      b.vector(vector, gate(INTERRUPT32, CODE_OF[0], KERNEL, 0));
      b.put(CODE, bytes);
      b.put(KERNEL, [0xeb, 0xfe]);
    });
    if (cold) board.machine.cpu.paging.flush(true);
    board.run(1);
    expect(board.s[st.CPL]).toBe(0);
    return picture(board);
  });
  expect(short).toEqual(full);
});

/** Frames for IRETD in an inner ring: CS, EFLAGS, SS. */
const FRAMES: readonly [string, number, number, number][] = [
  ['the user', CODE_OF[3], 0x202, DATA_OF[3]],
  ['all flags', CODE_OF[3], 0xfffdffff | 0, DATA_OF[3]],
  ['VM', CODE_OF[3], 0x20202, DATA_OF[3]],
  ['ring 1', CODE_OF[1], 0x202, DATA_OF[1]],
  ['another stack', CODE_OF[3], 0x202, DATA_OF[1]],
  ['a wrong RPL', CODE_OF[0] | 3, 0x202, DATA_OF[3]],
  ['a null stack', CODE_OF[3], 0x202, 3],
  ['data as code', DATA_OF[3], 0x202, DATA_OF[3]],
  ['high halves of selectors', CODE_OF[3] | 0x50000, 0x202, DATA_OF[3] | 0x70000],
];

describe.each([0, 1])('IRETD in ring %d', (inner) => {
  it.each(FRAMES)('to %s: short and full agree', (_what, cs, flags, ss) => {
    const [short, full] = [false, true].map((cold) => {
      const board = warm(() => {}, 3, inner);
      board.run(1);
      expect(board.s[st.CPL]).toBe(inner);
      [ROUND, cs, flags, 0xaaa0, ss].forEach((word, i) => {
        board.put32(board.s[st.ESP] + i * 4, word);
      });
      if (cold) board.machine.cpu.paging.flush(true);
      board.run(1);
      return picture(board);
    });
    expect(short).toEqual(full);
  });
});

/** Loads of DS in ring 3: the selector, and the descriptor that FREE names. */
const LOADS: readonly [string, number, ReturnType<typeof segment>][] = [
  ['data of ring 3', FREE | 3, segment(READ_WRITE | 1, { dpl: 3 })],
  ['its selector for ring 0', FREE, segment(READ_WRITE | 1, { dpl: 3 })],
  ['some pages', FREE | 3, segment(READ_WRITE | 1, { dpl: 3, limit: 0x2ff, pages: true })],
  ['some bytes', FREE | 3, segment(READ_WRITE | 1, { dpl: 3, limit: 0x2ffff })],
  ['data not accessed', FREE | 3, segment(READ_WRITE, { dpl: 3 })],
  ['data to be read only', FREE | 3, segment(1, { dpl: 3 })],
  ['data of ring 1', FREE | 3, segment(READ_WRITE | 1, { dpl: 1 })],
  ['data not present', FREE | 3, segment(READ_WRITE | 1, { dpl: 3, present: false })],
  ['data with a base', FREE | 3, segment(READ_WRITE | 1, { dpl: 3, base: 0x10000 })],
  ['16-bit data', FREE | 3, segment(READ_WRITE | 1, { dpl: 3, big: false })],
  ['data that expands down', FREE | 3, segment(7, { dpl: 3, limit: 0xf, pages: true })],
  ['a descriptor beyond the table', 0xfff8 | 3, segment(READ_WRITE | 1, { dpl: 3 })],
  ['the LDT', FREE | 7, segment(READ_WRITE | 1, { dpl: 3 })],
];

it.each(LOADS)('MOV DS of %s: short and full agree', (_what, selector, descriptor) => {
  const [short, full] = [false, true].map((cold) => {
    const board = warm((b) => {
      b.describe(FREE, descriptor);
      b.put(CODE, [0x8e, 0xd8]);
      b.s[st.EAX] = selector;
    });
    if (cold) board.machine.cpu.paging.flush(true);
    board.run(1);
    return picture(board);
  });
  expect(short).toEqual(full);
});
