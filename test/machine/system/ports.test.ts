/** IN, OUT, INS, OUTS against IOPL and the TSS's bitmap (SDM 1, chapter 18). */
import { describe, expect, it } from 'vitest';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, DATA, TSS, w } from './board.ts';

/** Bytes of the bitmap at 0x80 in the TSS: 0 allows. */
function bitmap(board: Board, bytes: readonly number[], limit = 0x80 + bytes.length - 1): void {
  board.put(TSS + 102, w(0x80));
  board.put(TSS + 0x80, bytes);
  board.s[st.LIMIT + st.TR] = limit;
}

const IN = { 1: [0xec], 2: [0x66, 0xed], 4: [0xed] } as const;

/** Size, port, bitmap, limit, allowed. */
const MAPS: readonly [string, 1 | 2 | 4, number, readonly number[], number | undefined, boolean][] = [
  ['a clear bit', 1, 3, [0xf7, 0xff], undefined, true],
  ['a set bit', 1, 2, [0xf7, 0xff], undefined, false],
  ['two clear bits', 2, 2, [0xf3, 0xff], undefined, true],
  ['one clear and one set bit', 2, 3, [0xf3, 0xff], undefined, false],
  ['four bits over two bytes', 4, 6, [0x3f, 0xfc, 0xff], undefined, true],
  ['four bits, the last one set', 4, 6, [0x3f, 0xfe, 0xff], undefined, false],
  ['the byte behind beyond the limit', 1, 3, [0x00, 0x00], 0x80, false],
  ['a port beyond the limit', 1, 0x20, [0x00, 0x00], undefined, false],
];

describe('IN in ring 3 with IOPL 0', () => {
  it.each(MAPS)('%s', (_name, size, port, bytes, limit, allowed) => {
    const board = new Board();
    bitmap(board, bytes, limit);
    board.start(3, [...IN[size], 0xeb, 0xfe]);
    board.s[st.EDX] = port;
    const outcome = board.run();
    if (allowed) expect(outcome.stop).toBe('budget');
    else expect(outcome).toMatchObject({ vector: 13, error: 0, eip: CODE });
    const ones = size === 4 ? -1 : 2 ** (8 * size) - 1;
    expect(board.s[st.EAX]).toBe(allowed ? ones : 0);
  });

  it('needs a bitmap within the TSS, of 32 bits', () => {
    const none = new Board();
    expect(none.fault(3, [0xe4, 0x10])).toMatchObject({ vector: 13, error: 0 });
    const short = new Board();
    short.s[st.LIMIT + st.TR] = 0x66;
    expect(short.fault(3, [0xe4, 0x10])).toMatchObject({ vector: 13, error: 0 });
    const small = new Board();
    bitmap(small, [0, 0, 0]);
    small.s[st.ATTR + st.TR] = 0x83;
    small.put(TSS + 2, [0, 0x80, 0x10, 0]);
    expect(small.fault(3, [0xe4, 0x00])).toMatchObject({ vector: 13, error: 0 });
  });
});

it('IOPL at or above CPL needs no bitmap', () => {
  for (const [ring, iopl, allowed] of [
    [0, 0, true],
    [2, 1, false],
    [2, 2, true],
    [3, 3, true],
  ] as const) {
    for (const code of [[0xe4, 0x10], [0xe5, 0x10], [0xe6, 0x10], [0xe7, 0x10], [0xee], [0xef]]) {
      const board = new Board();
      board.start(ring, [...code, 0xeb, 0xfe]);
      board.s[st.FLAGS] |= iopl << 12;
      if (allowed) expect(board.run().stop).toBe('budget');
      else expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: CODE });
    }
  }
});

it('INS stores ones, OUTS reads, both as often as REP says', () => {
  const board = new Board();
  // rep insw; then rep outsb
  board.start(0, [0x66, 0xf3, 0x6d, 0xb1, 3, 0xf3, 0x6e, 0xf4]);
  board.s[st.ECX] = 2;
  board.s[st.EDI] = DATA;
  board.s[st.ESI] = DATA;
  expect(board.run().stop).toBe('halt');
  expect([board.get32(DATA), board.get32(DATA + 4)]).toEqual([0xffffffff, 0]);
  expect([board.s[st.EDI], board.s[st.ESI], board.s[st.ECX]]).toEqual([DATA + 4, DATA + 3, 0]);
});

it('a fault in the middle of INS leaves it restartable', () => {
  const board = new Board();
  board.page();
  board.entry(DATA + 0x1000, 0);
  board.start(0, [0xf3, 0x6c]);
  board.s[st.ECX] = 4;
  board.s[st.EDI] = DATA + 0xffe;
  expect(board.run()).toMatchObject({ vector: 14, error: 2, eip: CODE });
  expect([board.s[st.ECX], board.s[st.EDI]]).toEqual([2, DATA + 0x1000]);
});
