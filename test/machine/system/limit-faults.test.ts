/** A limit is checked before the page is looked for (SDM 3A, 5.3 and 4.7), by every way of executing an instruction. */
import { describe, expect, it } from 'vitest';
import { GP, PF, SS_FAULT } from '../../../src/machine/fault.ts';
import { setSegment, updateMode } from '../../../src/machine/segments.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, DATA_OF, d } from './board.ts';

/** Present, writable, user, read-write data of ring 3, in pages. */
const DATA3 = 0xc0f3;
/** The first byte beyond the limit; the pages on both sides are absent. */
const END = 0x100000;
const USER_READ = 4;
const USER_WRITE = 6;

const load = (at: number): number[] => [0x8b, 0x0d, ...d(at)];
const store = (at: number): number[] => [0x89, 0x0d, ...d(at)];
/** MOV ESP, at; PUSH EAX. */
const push = (at: number): number[] => [0xbc, ...d(at), 0x50];

const CASES: readonly (readonly [string, readonly number[], number, number])[] = [
  ['a load below', load(END - 4), PF, USER_READ],
  ['a store below', store(END - 4), PF, USER_WRITE],
  ['a load across', load(END - 3), GP, 0],
  ['a store across', store(END - 1), GP, 0],
  ['a load beyond', load(END), GP, 0],
  ['a store beyond', store(END + 0x5000), GP, 0],
  ['a load at the top', load(-4), GP, 0],
  ['a push below', push(END), PF, USER_WRITE],
  ['a push across', push(END + 1), SS_FAULT, 0],
  ['a push beyond', push(END + 8), SS_FAULT, 0],
];

describe.each([
  ['forms of their own', true],
  ['general semantics', false],
])('%s', (_, forms) => {
  it.each(CASES)('%s', (_, code, vector, error) => {
    const board = new Board();
    const { cpu } = board.machine;
    cpu.forms = forms;
    board.page();
    for (const page of [END - 0x1000, END, END + 0x5000]) board.entry(page, 0);
    board.start(3, [...code, 0xf4]);
    for (const seg of [st.SS, st.DS, st.ES]) setSegment(cpu, seg, DATA_OF[3], 0, END - 1, DATA3);
    updateMode(cpu);
    expect(cpu.flat).toBe(true);
    expect(board.run()).toMatchObject({ stop: 'halt', vector, error });
  });
});
