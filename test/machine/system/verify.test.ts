/** LAR, LSL, VERR, VERW, ARPL (SDM 2A/2B). */
import { describe, expect, it } from 'vitest';
import { getFlags } from '../../../src/machine/flags.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CALL32,
  CONFORMING,
  type Descriptor,
  EXECUTE_ONLY,
  EXECUTE_READ,
  FREE,
  gate,
  INTERRUPT32,
  LDT,
  READ_ONLY,
  READ_WRITE,
  segment,
  system,
  TASK_GATE,
  TSS,
} from './board.ts';

const ZF = 0x40;

/** Descriptor at FREE, RPL; which of LAR, LSL, VERR, VERW accept it in ring 3. */
const CASES: readonly [string, Descriptor, number, string][] = [
  ['data', segment(READ_WRITE, { dpl: 3 }), 3, 'LAR LSL VERR VERW'],
  ['read-only data', segment(READ_ONLY, { dpl: 3, limit: 0x1234 }), 3, 'LAR LSL VERR'],
  ['data that is not present', segment(READ_WRITE, { dpl: 3, present: false }), 3, 'LAR LSL VERR VERW'],
  ['inner data', segment(READ_WRITE, { dpl: 2 }), 0, ''],
  ['code', segment(EXECUTE_READ, { dpl: 3 }), 3, 'LAR LSL VERR'],
  ['execute-only code', segment(EXECUTE_ONLY, { dpl: 3 }), 3, 'LAR LSL'],
  ['conforming code of ring 0', segment(CONFORMING), 3, 'LAR LSL VERR'],
  ['a TSS', system(9, TSS, 0x67, 3), 3, 'LAR LSL'],
  ['a busy TSS', system(11, TSS, 0x67, 3), 3, 'LAR LSL'],
  ['an LDT', system(2, LDT, 0xff, 3), 3, 'LAR LSL'],
  ['an inner LDT', system(2, LDT, 0xff, 0), 3, ''],
  ['a call gate', gate(CALL32, 8, 0, 3), 3, 'LAR'],
  ['a task gate', gate(TASK_GATE, 8, 0, 3), 3, 'LAR'],
  ['an interrupt gate', gate(INTERRUPT32, 8, 0, 3), 3, ''],
  ['a reserved type', system(8, 0, 0, 3), 3, ''],
];

/** Instruction with selector in AX and result in EBX. */
const OPCODES: Readonly<Record<string, readonly number[]>> = {
  LAR: [0x0f, 0x02, 0xd8],
  LSL: [0x0f, 0x03, 0xd8],
  VERR: [0x0f, 0x00, 0xe0],
  VERW: [0x0f, 0x00, 0xe8],
};

function asked(ring: number, name: string, selector: number, descriptor: Descriptor): Board {
  const board = new Board();
  board.describe(FREE, descriptor);
  board.start(ring, [...OPCODES[name], 0xeb, 0xfe]);
  board.s[st.EAX] = selector;
  board.s[st.EBX] = 0x5a5a5a5a;
  expect(board.run().stop).toBe('budget');
  return board;
}

describe.each(Object.keys(OPCODES))('%s', (name) => {
  it.each(CASES)('%s', (_what, descriptor, rpl, accepted) => {
    const board = asked(3, name, FREE | rpl, descriptor);
    const yes = accepted.includes(name);
    expect(getFlags(board.s) & ZF).toBe(yes ? ZF : 0);
    if (!yes || name[0] === 'V') expect(board.s[st.EBX]).toBe(0x5a5a5a5a);
    else if (name === 'LAR') expect(board.s[st.EBX]).toBe(descriptor[1] & 0xffff00);
    else {
      const raw = (descriptor[0] & 0xffff) | (descriptor[1] & 0xf0000);
      expect(board.s[st.EBX]).toBe((descriptor[1] & 0x800000) !== 0 ? (raw << 12) | 0xfff : raw);
    }
  });

  it('refuses an RPL above the DPL, null, and selectors beyond the table', () => {
    const data = segment(READ_WRITE, { dpl: 1 });
    expect(getFlags(asked(0, name, FREE | 1, data).s) & ZF).toBe(ZF);
    expect(getFlags(asked(0, name, FREE | 2, data).s) & ZF).toBe(0);
    expect(getFlags(asked(0, name, 3, data).s) & ZF).toBe(0);
    expect(getFlags(asked(0, name, 0x1000, data).s) & ZF).toBe(0);
  });
});

it.each([
  [0x10, 0x03, 0x13, ZF],
  [0x13, 0x03, 0x13, 0],
  [0x12, 0x01, 0x12, 0],
])('ARPL %i, %i', (destination, source, result, zero) => {
  const board = new Board();
  // arpl bx,ax
  board.start(3, [0x63, 0xc3, 0xeb, 0xfe]);
  board.s[st.EBX] = 0x12340000 | destination;
  board.s[st.EAX] = source;
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EBX], getFlags(board.s) & ZF]).toEqual([0x12340000 | result, zero]);
});

it('outside protected mode all are #UD', () => {
  for (const code of [...Object.values(OPCODES), [0x63, 0xc3], [0x0f, 0x00, 0xc0]]) {
    const board = new Board();
    board.start(3, code);
    board.virtual();
    expect(board.run()).toMatchObject({ vector: 6, eip: 0 });
  }
});
