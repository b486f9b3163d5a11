/** Hardware task switches (SDM 3A, chapter 7). */
import { describe, expect, it } from 'vitest';
import { getFlags } from '../../../src/machine/flags.ts';
import * as st from '../../../src/machine/state.ts';
import {
  Board,
  CODE,
  CODE_OF,
  DATA_OF,
  EXECUTE_READ,
  FREE,
  GDT,
  gate,
  LDT_SELECTOR,
  READ_ONLY,
  READ_WRITE,
  segment,
  stackTop,
  system,
  TASK_GATE,
  TSS,
  TSS_SELECTOR,
  w,
} from './board.ts';

const OTHER = 0x30000;
const TARGET = CODE + 0x100;
const NT = 0x4000;
const JMP = (selector: number) => [0xea, 0, 0, 0, 0, ...w(selector), 0x90];
const CALL = (selector: number) => [0x9a, 0, 0, 0, 0, ...w(selector), 0x90];

/** Fields of a 32-bit TSS by their offsets (SDM 3A, figure 7-2). */
interface State {
  readonly [offset: number]: number;
}
const LINK = 0;
const EIP = 32;
const EFLAGS = 36;
const EAX = 40;
const ESP = 56;
const ES = 72;
const CS = 76;
const SS = 80;
const DS = 84;
const LDTR = 96;
const TRAP = 100;

/** A second task at FREE that spins at TARGET in a ring. */
function twoTasks(ring = 0, changes: State = {}): Board {
  const board = new Board();
  board.put(TARGET, [0xeb, 0xfe]);
  board.describe(FREE, system(9, OTHER, 0x67, 3));
  for (let ring = 0; ring < 3; ring++) {
    board.put32(OTHER + 4 + ring * 8, stackTop(ring) - 0x800);
    board.put32(OTHER + 8 + ring * 8, DATA_OF[ring]);
  }
  const state: State = {
    [EIP]: TARGET,
    [EFLAGS]: 0x8d7,
    [EAX]: 0xa1,
    [EAX + 4]: 0xa2,
    [EAX + 28]: 0xa8,
    [ESP]: stackTop(ring) - 0x400,
    [ES]: DATA_OF[ring],
    [CS]: CODE_OF[ring],
    [SS]: DATA_OF[ring],
    [DS]: DATA_OF[ring],
    [LDTR]: LDT_SELECTOR,
    [TRAP]: 0,
    ...changes,
  };
  for (const [offset, value] of Object.entries(state)) board.put32(OTHER + Number(offset), value);
  return board;
}

/** The type of the TSS descriptor that a selector names. */
function typeOf(board: Board, selector: number): number {
  return (board.get32(GDT + selector + 4) >>> 8) & 0xf;
}

describe.each([
  ['JMP', JMP, false],
  ['CALL', CALL, true],
] as const)('%s', (_name, transfer, nested) => {
  it.each([
    ['a TSS', FREE],
    ['a task gate', FREE + 8],
  ])('to %s saves one state and loads the other', (_what, selector) => {
    const board = twoTasks(1);
    board.describe(FREE + 8, gate(TASK_GATE, FREE, 0, 3));
    board.start(0, transfer(selector));
    board.s[st.EAX] = 0x51;
    board.s[st.FLAGS] |= 0x200;
    expect(board.run().stop).toBe('budget');
    const saved = [EIP, EFLAGS, EAX, ESP, CS, SS, DS, ES].map((at) => board.get32(TSS + at));
    const [cs, ds] = [CODE_OF[0], DATA_OF[0]];
    expect(saved).toEqual([CODE + 7, 0x202, 0x51, stackTop(0) - 0x100, cs, ds, ds, ds]);
    const loaded = [st.EIP, st.EAX, st.ECX, st.EDI, st.ESP, st.CPL, st.SELECTOR + st.CS, st.SELECTOR + st.LDTR];
    expect(loaded.map((at) => board.s[at])).toEqual([
      TARGET,
      0xa1,
      0xa2,
      0xa8,
      stackTop(1) - 0x400,
      1,
      CODE_OF[1],
      LDT_SELECTOR,
    ]);
    expect(getFlags(board.s)).toBe(0x8d7 | (nested ? NT : 0));
    expect(board.s[st.SELECTOR + st.TR]).toBe(FREE);
    expect(board.s[st.CR0] & 8).toBe(8);
    expect([typeOf(board, TSS_SELECTOR), typeOf(board, FREE)]).toEqual([nested ? 11 : 9, 11]);
    expect(board.get16(OTHER + LINK)).toBe(nested ? TSS_SELECTOR : 0);
  });

  it.each([
    ['beyond the limit of its TSS', (b: Board) => b.describe(FREE, system(9, OTHER, 0x66, 3)), 10, FREE],
    ['not present', (b: Board) => b.describe(FREE, system(9, OTHER, 0x67, 3, false)), 11, FREE],
    ['busy', (b: Board) => b.describe(FREE, system(11, OTHER, 0x67, 3)), 13, FREE],
    ['of an inner ring', (b: Board) => b.describe(FREE, system(9, OTHER, 0x67, 2)), 13, FREE],
  ] as const)('to a task %s changes nothing', (_what, change, vector, error) => {
    const board = twoTasks();
    change(board);
    const outcome = board.fault(3, transfer(FREE));
    expect(outcome).toMatchObject({ vector, error, eip: CODE, cs: CODE_OF[3] });
    expect(board.s[st.SELECTOR + st.TR]).toBe(TSS_SELECTOR);
    expect(typeOf(board, TSS_SELECTOR)).toBe(11);
  });
});

it('IRET with NT goes back, and clears NT and the busy bit of the task it leaves', () => {
  const board = twoTasks();
  // The called task returns; the caller then spins behind its CALL.
  board.put(TARGET, [0xcf, 0xeb, 0xfe]);
  board.start(0, [...CALL(FREE).slice(0, 7), 0xeb, 0xfe]);
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EIP], board.s[st.SELECTOR + st.TR]]).toEqual([CODE + 7, TSS_SELECTOR]);
  expect([typeOf(board, TSS_SELECTOR), typeOf(board, FREE)]).toEqual([11, 9]);
  expect(board.get32(OTHER + EFLAGS) & NT).toBe(0);
  // The next entry goes on where it left: behind its IRET.
  expect(board.get32(OTHER + EIP)).toBe(TARGET + 1);
});

it.each([
  ['a link to a task that is not busy', FREE, 10, FREE],
  ['a null link', 0, 10, 0],
  ['a link beyond the GDT', 0x1000, 10, 0x1000],
  ['a link to code', CODE_OF[0], 10, CODE_OF[0]],
])('IRET with NT refuses %s', (_what, link, vector, error) => {
  const board = twoTasks();
  board.put16(TSS + LINK, link);
  board.start(0, [0xcf]);
  board.s[st.FLAGS] |= NT;
  expect(board.run()).toMatchObject({ vector, error, eip: CODE });
});

describe('interrupts through a task gate', () => {
  it('nest, and return with IRET', () => {
    const board = twoTasks();
    board.put(TARGET, [0xcf, 0xeb, 0xfe]);
    board.vector(0x30, gate(TASK_GATE, FREE, 0, 3));
    board.start(3, [0xcd, 0x30, 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.CPL], board.s[st.SELECTOR + st.TR]]).toEqual([CODE + 2, 3, TSS_SELECTOR]);
    expect(board.get16(OTHER + LINK)).toBe(TSS_SELECTOR);
  });

  it('put an error code on the stack of the new task, and RF into the saved EFLAGS', () => {
    const board = twoTasks();
    board.vector(13, gate(TASK_GATE, FREE, 0));
    board.start(3, [0xf4]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.ESP]).toBe(stackTop(0) - 0x404);
    expect(board.stack(1)).toEqual([0]);
    expect([board.get32(TSS + EIP), board.get32(TSS + EFLAGS) & 0x10000]).toEqual([CODE, 0x10000]);
  });

  it('make a double fault survivable', () => {
    const board = twoTasks();
    // Ring 0 has no stack any more: the stack fault on the way to #GP becomes a double fault, which brings its own.
    board.put32(TSS + 8, 0);
    board.vector(8, gate(TASK_GATE, FREE, 0));
    board.start(3, [0xf4]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.CPL]]).toEqual([TARGET, 0]);
  });

  it.each([
    ['no TSS', gate(TASK_GATE, CODE_OF[0], 0, 3), 13, CODE_OF[0]],
    ['an LDT selector', gate(TASK_GATE, 0x0c, 0, 3), 13, 0x0c],
    ['a busy task', gate(TASK_GATE, TSS_SELECTOR, 0, 3), 13, TSS_SELECTOR],
    ['a selector beyond the GDT', gate(TASK_GATE, 0x1000, 0, 3), 13, 0x1000],
  ] as const)('refuse %s', (_what, descriptor, vector, error) => {
    const board = twoTasks();
    board.vector(0x30, descriptor);
    expect(board.fault(3, [0xcd, 0x30])).toMatchObject({ vector, error, eip: CODE });
  });
});

/** What the new task's state can be refused for: the fault is the new task's, at its EIP (SDM 3A, table 7-1). */
const REFUSED: readonly [string, State, ((b: Board) => void) | undefined, number, number][] = [
  ['LDT beyond the GDT', { [LDTR]: 0x1000 }, undefined, 10, 0x1000],
  ['LDT that is none', { [LDTR]: CODE_OF[0] }, undefined, 10, CODE_OF[0]],
  ['null CS', { [CS]: 0 }, undefined, 10, 0],
  ['CS beyond the GDT', { [CS]: 0x1000 }, undefined, 10, 0x1000],
  ['data as CS', { [CS]: DATA_OF[0] }, undefined, 10, DATA_OF[0]],
  ['CS with another RPL', { [CS]: 0x18 }, undefined, 10, 0x18],
  ['CS not present', { [CS]: 0x60 }, (b) => b.describe(0x60, segment(EXECUTE_READ, { present: false })), 11, 0x60],
  ['null SS', { [SS]: 0 }, undefined, 10, 0],
  ['SS of another ring', { [SS]: DATA_OF[1] }, undefined, 10, DATA_OF[1] & ~3],
  ['read-only SS', { [SS]: 0x60 }, (b) => b.describe(0x60, segment(READ_ONLY)), 10, 0x60],
  ['SS not present', { [SS]: 0x60 }, (b) => b.describe(0x60, segment(READ_WRITE, { present: false })), 12, 0x60],
  ['a system descriptor in DS', { [DS]: TSS_SELECTOR }, undefined, 10, TSS_SELECTOR],
  ['DS with RPL above DPL', { [DS]: 0x13 }, undefined, 10, 0x10],
  ['DS not present', { [DS]: 0x60 }, (b) => b.describe(0x60, segment(READ_WRITE, { present: false })), 11, 0x60],
];

it.each(REFUSED.flatMap((row) => [[...row, 'JMP'] as const, [...row, 'INT'] as const]))(
  'a new task with %s faults in its own context',
  (_what, changes, prepare, vector, error, by) => {
    const board = twoTasks(0, changes);
    prepare?.(board);
    // #TS, #NP and #SS go to a third task, because the second may have neither code nor stack.
    const third = 0x31000;
    board.describe(0x68, system(9, third, 0x67));
    const state: State = {
      [EIP]: TARGET,
      [EFLAGS]: 2,
      [ESP]: 0x7000,
      [CS]: CODE_OF[0],
      [SS]: DATA_OF[0],
      [DS]: DATA_OF[0],
    };
    for (const [offset, value] of Object.entries(state)) board.put32(third + Number(offset), value);
    board.vector(vector, gate(TASK_GATE, 0x68, 0));
    board.vector(0x30, gate(TASK_GATE, FREE, 0));
    board.start(0, by === 'JMP' ? JMP(FREE) : [0xcd, 0x30]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.SELECTOR + st.TR]).toBe(0x68);
    expect(board.stack(1)).toEqual([error]);
    expect([board.get16(third + LINK), board.get32(OTHER + EIP)]).toEqual([FREE, TARGET]);
  },
);

it('the T bit traps before the first instruction of the new task', () => {
  const board = twoTasks(0, { [TRAP]: 1 });
  board.start(0, JMP(FREE));
  expect(board.run()).toMatchObject({ vector: 1, eip: TARGET });
  expect((board.s[st.DR + 6] ^ 0xffff0ff0) >>> 0).toBe(0x8000);
});

it('a switch loads CR3 where paging is on', () => {
  const board = twoTasks();
  board.page();
  board.put32(OTHER + 28, board.s[st.CR3] | 0x18);
  board.start(0, JMP(FREE));
  expect(board.run().stop).toBe('budget');
  expect(board.s[st.CR3]).toBe(board.get32(OTHER + 28));
});

it('a switch leaves CR3 where paging is off', () => {
  const board = twoTasks();
  board.put32(OTHER + 28, 0x77000);
  board.start(0, JMP(FREE));
  expect(board.run().stop).toBe('budget');
  expect(board.s[st.CR3]).toBe(0);
});

it('a task whose own TSS is too short for its state cannot be left', () => {
  const board = twoTasks();
  board.s[st.LIMIT + st.TR] = 0x66;
  expect(board.fault(0, JMP(FREE))).toMatchObject({ vector: 10, error: TSS_SELECTOR, eip: CODE });
});

it('16-bit tasks have 16-bit state', () => {
  const board = new Board();
  board.put(0x7f00, [0xeb, 0xfe]);
  board.describe(FREE, system(1, OTHER, 0x2b));
  // IP, FLAGS, AX..DI, ES, CS, SS, DS, LDT (SDM 3A, figure 7-10)
  const words = [0x7f00, 0x202, 1, 2, 3, 4, 0x7e00, 6, 7, 8, DATA_OF[0], CODE_OF[0], DATA_OF[0], DATA_OF[0], 0];
  board.put(OTHER + 14, words.flatMap(w));
  board.start(0, JMP(FREE));
  board.load(st.FS, DATA_OF[0]);
  expect(board.run().stop).toBe('budget');
  expect([board.s[st.EIP], board.s[st.EAX] & 0xffff, board.s[st.EDI] & 0xffff]).toEqual([0x7f00, 1, 8]);
  expect([board.s[st.SELECTOR + st.FS], board.s[st.SELECTOR + st.LDTR]]).toEqual([0, 0]);
  expect(board.s[st.LIMIT + st.TR]).toBe(0x2b);
});
