/** Page faults: error codes, accessed and dirty bits, CR2 (SDM 3A, 4.6-4.8). */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, DATA, DIRECTORY, d, TABLE } from './board.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ALL = PRESENT | WRITABLE | USER;

/** mov eax,[DATA] and mov [DATA],eax */
const READ = [0xa1, ...d(DATA)];
const WRITE = [0xa3, ...d(DATA)];
/** jmp DATA */
const FETCH = [0xe9, ...d(DATA - CODE - 5)];

type Case = readonly [string, number, readonly number[], number, number, boolean, number];

/** Ring, code, bits of the directory entry and of the table entry, CR0.WP, error code (-1: no fault). */
const CASES: readonly Case[] = [
  ['user read, not present', 3, READ, ALL, USER | WRITABLE, false, 4],
  ['user read, no table', 3, READ, 0, ALL, false, 4],
  ['user write, not present', 3, WRITE, ALL, 0, false, 6],
  ['user fetch, not present', 3, FETCH, ALL, 0, false, 4],
  ['user read of a supervisor page', 3, READ, ALL, PRESENT | WRITABLE, false, 5],
  ['user read below a supervisor directory entry', 3, READ, PRESENT | WRITABLE, ALL, false, 5],
  ['user fetch of a supervisor page', 3, FETCH, ALL, PRESENT, false, 5],
  ['user write to a supervisor page', 3, WRITE, ALL, PRESENT | WRITABLE, false, 7],
  ['user write to a read-only page', 3, WRITE, ALL, PRESENT | USER, false, 7],
  ['user write below a read-only directory entry', 3, WRITE, PRESENT | USER, ALL, false, 7],
  ['user write', 3, WRITE, ALL, ALL, false, -1],
  ['supervisor read, not present', 0, READ, ALL, 0, false, 0],
  ['supervisor write, not present', 0, WRITE, ALL, 0, false, 2],
  ['supervisor write to a read-only page', 0, WRITE, ALL, PRESENT | USER, false, -1],
  ['supervisor write to a read-only page with WP', 0, WRITE, ALL, PRESENT | USER, true, 3],
  ['ring 1 is supervisor', 1, WRITE, ALL, PRESENT | WRITABLE, false, -1],
  ['ring 2 is supervisor', 2, READ, ALL, PRESENT, true, -1],
  ['ring 2 write with WP', 2, WRITE, ALL, PRESENT, true, 3],
];

it.each(CASES)('%s', (_name, ring, code, directory, entry, protect, error) => {
  const board = new Board();
  board.page();
  // The page under test has a directory entry of its own.
  const linear = DATA + 0x400000;
  board.put32(DIRECTORY + 4, 0x42000 | directory);
  board.put32(0x42000 + (DATA >>> 12) * 4, DATA | entry);
  board.put(DATA, [0xeb, 0xfe]);
  if (protect) board.s[st.CR0] |= 0x10000;
  const moved = [code[0], ...d((code === FETCH ? DATA - CODE - 5 : DATA) + 0x400000), 0xeb, 0xfe];
  board.start(ring, moved);
  const outcome = board.run();
  if (error < 0) {
    expect(outcome.stop).toBe('budget');
    const marks = code === WRITE ? 0x60 : 0x20;
    expect(board.get32(0x42000 + (DATA >>> 12) * 4)).toBe(DATA | entry | marks);
    expect(board.get32(DIRECTORY + 4)).toBe(0x42000 | directory | 0x20);
    return;
  }
  expect(outcome).toMatchObject({ vector: 14, error, eip: code === FETCH ? linear : CODE });
  expect(board.s[st.CR2]).toBe(linear);
  // A fault marks nothing dirty.
  expect(board.get32(0x42000 + (DATA >>> 12) * 4) & 0x40).toBe(0);
});

describe('large pages', () => {
  it('map 4 MiB, with a reserved bit faulting as such', () => {
    const board = new Board();
    board.page();
    board.s[st.CR4] |= 0x10;
    board.put32(DIRECTORY + 4, 0x80 | ALL);
    board.put32(DIRECTORY + 8, 0x2000 | 0x80 | ALL);
    board.start(3, [0xa1, ...d(0x400000 + CODE), 0xa1, ...d(0x800000)]);
    expect(board.run()).toMatchObject({ vector: 14, error: 13, eip: CODE + 5 });
    expect(board.s[st.EAX]).toBe(board.get32(CODE) | 0);
    expect(board.s[st.CR2]).toBe(0x800000);
  });

  it('need CR4.PSE', () => {
    const board = new Board();
    board.page();
    board.put32(DIRECTORY + 4, TABLE | 0x80 | ALL);
    board.start(3, [0xa1, ...d(0x400000 + CODE), 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect(board.s[st.EAX]).toBe(board.get32(CODE) | 0);
  });
});

describe('operands across pages', () => {
  it('fault before anything is written, with the address of the second page', () => {
    const board = new Board();
    board.page();
    board.entry(DATA + 0x1000, (DATA + 0x1000) | PRESENT | USER);
    board.start(3, [0xa3, ...d(DATA + 0xffe)]);
    board.s[st.EAX] = -1;
    expect(board.run()).toMatchObject({ vector: 14, error: 7, eip: CODE });
    expect(board.s[st.CR2]).toBe(DATA + 0x1000);
    expect(board.get16(DATA + 0xffe)).toBe(0);
  });

  it('instructions too', () => {
    const board = new Board();
    board.page();
    board.entry(CODE + 0x1000, 0);
    board.start(3, [0xe9, ...d(0xffd - 5)]);
    board.put(CODE + 0xffd, [0xb8, 1, 2]);
    expect(board.run()).toMatchObject({ vector: 14, error: 4, eip: CODE + 0xffd });
    expect(board.s[st.CR2]).toBe(CODE + 0x1000);
  });
});

describe('the TLB', () => {
  /** mov eax,[DATA]; (entry changed by the program); mov ebx,[DATA] */
  function changing(between: readonly number[]): number[] {
    const entry = TABLE + (DATA >>> 12) * 4;
    return [0xa1, ...d(DATA), 0xc7, 0x05, ...d(entry), ...d(0x30000 | ALL), ...between, 0x8b, 0x1d, ...d(DATA), 0xf4];
  }
  function values(between: readonly number[], prepare?: (board: Board) => void): number[] {
    const board = new Board();
    board.page();
    board.put32(DATA, 1);
    board.put32(0x30000, 2);
    prepare?.(board);
    board.start(0, changing(between));
    expect(board.run().stop).toBe('halt');
    return [board.s[st.EAX], board.s[st.EBX]];
  }

  it('keeps a translation until INVLPG or a load of CR3', () => {
    expect(values([])).toEqual([1, 1]);
    expect(values([0x0f, 0x01, 0x3d, ...d(DATA + 0x123)])).toEqual([1, 2]);
    expect(values([0x0f, 0x20, 0xd9, 0x0f, 0x22, 0xd9])).toEqual([1, 2]);
  });

  it('keeps global pages over a load of CR3, not over INVLPG or a change of CR4.PGE', () => {
    const global = (board: Board) => {
      board.s[st.CR4] |= 0x80;
      board.entry(DATA, DATA | ALL | 0x100);
    };
    expect(values([0x0f, 0x20, 0xd9, 0x0f, 0x22, 0xd9], global)).toEqual([1, 1]);
    expect(values([0x0f, 0x01, 0x3d, ...d(DATA)], global)).toEqual([1, 2]);
    // mov ecx,cr4; xor cl,0x80; mov cr4,ecx
    expect(values([0x0f, 0x20, 0xe1, 0x80, 0xf1, 0x80, 0x0f, 0x22, 0xe1], global)).toEqual([1, 2]);
  });

  it('counts loads of CR3 by whether the value changed', () => {
    const board = new Board();
    board.page();
    // mov eax,cr3; mov cr3,eax; or al,8; mov cr3,eax; hlt
    board.start(0, [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, 0x0c, 8, 0x0f, 0x22, 0xd8, 0xf4]);
    expect(board.run().stop).toBe('halt');
    const { counts } = board.machine.ledger;
    expect([counts[EVENTS.pageTableReload], counts[EVENTS.pageTableSwitch]]).toEqual([1, 1]);
  });
});
