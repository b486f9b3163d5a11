/** Exceptions on the way to a handler (SDM 3A, tables 6-4 and 6-5). */
import { describe, expect, it } from 'vitest';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, CODE_OF, EXECUTE_READ, FREE, gate, HANDLERS, INTERRUPT32, segment, TRAP32 } from './board.ts';

const FAR_PAGE = 0x300000;

/** Makes the handler of a vector raise a class of exception when it is entered. */
const SECOND = {
  /** A code segment that is not present: #NP. */
  contributory(board: Board, vector: number): void {
    board.describe(FREE, segment(EXECUTE_READ, { present: false }));
    board.vector(vector, gate(TRAP32, FREE, HANDLERS, 3));
  },
  /** The gate itself on a page that is not mapped: #PF. The tables move so that only this vector's gate is hit. */
  page(board: Board, vector: number): void {
    const idt = FAR_PAGE + 0x1000 - (vector + 1) * 8;
    for (let v = 0; v <= 32; v++) {
      const target = gate(INTERRUPT32, CODE_OF[0], HANDLERS + v * 8, 3);
      board.put32(idt + v * 8, target[0]);
      board.put32(idt + v * 8 + 4, target[1]);
    }
    board.s[st.IDTR_BASE] = idt;
  },
} as const;

/** First exceptions, raised by code of ring 3. */
const FIRST = {
  benign: { vector: 6, code: [0x0f, 0x0b] },
  contributory: { vector: 13, code: [0xf4] },
  divide: { vector: 0, code: [0x31, 0xc0, 0xf6, 0xf0] },
  page: { vector: 14, code: [0xa1, 0, 0, 0x39, 0] },
} as const;

describe('the double-fault table', () => {
  const TABLE: readonly [keyof typeof FIRST, number][] = [
    ['benign', 11],
    ['contributory', 8],
    ['divide', 8],
    ['page', 8],
  ];
  it.each(TABLE)('%s, then contributory: vector %i', (first, vector) => {
    const board = new Board();
    board.page();
    board.entry(0x390000, 0);
    SECOND.contributory(board, FIRST[first].vector);
    board.start(3, FIRST[first].code);
    const outcome = board.run();
    expect(outcome.vector).toBe(vector);
    // The error code of a double fault is zero; the one of the second fault has EXT, as its event was no INT n.
    expect(outcome.error).toBe(vector === 8 ? 0 : FREE | 1);
  });

  it.each(['benign', 'contributory'] as const)('%s, then page fault: the page fault', (first) => {
    const board = new Board();
    board.page();
    const { vector, code } = FIRST[first];
    // Gates up to `vector` lie on a page that is then taken away; those above it on the next page.
    SECOND.page(board, vector);
    board.entry(FAR_PAGE, 0);
    expect(board.fault(3, code)).toMatchObject({ vector: 14, error: 0, eip: CODE });
    expect(board.s[st.CR2]).toBe(board.s[st.IDTR_BASE] + vector * 8);
  });
});

it('a fault on the way to the double-fault handler shuts the processor down', () => {
  const board = new Board();
  SECOND.contributory(board, 13);
  board.vector(8, gate(TRAP32, CODE_OF[0], HANDLERS, 3, 0, false));
  expect(board.fault(3, [0xf4]).stop).toBe('shutdown');
  expect(board.s[st.EIP]).toBe(CODE);
});

it('a page fault on the way to the page-fault handler is a double fault', () => {
  const board = new Board();
  board.page();
  board.entry(0x390000, 0);
  // #PF goes to ring 1, whose stack is not mapped; #DF goes to ring 0.
  board.vector(14, gate(TRAP32, CODE_OF[1], HANDLERS, 3));
  board.entry(0x8fff, 0);
  const outcome = board.fault(3, FIRST.page.code);
  expect(outcome).toMatchObject({ vector: 8, error: 0, eip: CODE, cs: CODE_OF[3] });
  expect(board.s[st.CR2]).toBe(0x8ffc);
});

it('an interrupt from outside whose handler is missing is delivered as that fault, with EXT', () => {
  const board = new Board();
  board.vector(0x20, gate(TRAP32, CODE_OF[0], HANDLERS, 3, 0, false));
  board.start(3, [0x90, 0x90]);
  board.interrupt(0x20);
  expect(board.run()).toMatchObject({ vector: 11, error: 0x20 * 8 + 3, eip: CODE });
});
