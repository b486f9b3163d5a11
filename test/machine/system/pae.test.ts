/** Page faults with 8-byte entries and execute-disable (SDM 3A, 4.4 and 4.7). */
import { expect, it } from 'vitest';
import { updateMode } from '../../../src/machine/segments.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, DATA, d } from './board.ts';

const POINTERS = 0x42000;
const DIRECTORY = 0x43000;
const TABLE = 0x44000;
const PRESENT = 1;
const ALL = 7;
const LARGE = 0x80;
/** Bit 63, in the high dword. */
const NO_EXECUTE = 0x80000000 | 0;

/** Identity mapping of the first 2 MiB by 4 KiB pages and of the next 2 MiB by a large one. */
function board(nx: boolean): Board {
  const made = new Board();
  made.put32(POINTERS, DIRECTORY | PRESENT);
  made.put32(DIRECTORY, TABLE | ALL);
  made.put32(DIRECTORY + 8, 0x200000 | LARGE | ALL);
  for (let n = 0; n < 512; n++) made.put32(TABLE + n * 8, (n << 12) | ALL);
  const { s, cpu } = { s: made.s, cpu: made.machine.cpu };
  s[st.CR3] = POINTERS;
  s[st.CR4] |= 0x20;
  s[st.CR0] |= 0x80000000 | 0;
  cpu.paging.nx = nx;
  updateMode(cpu);
  return made;
}

const ENTRY = TABLE + (DATA >>> 12) * 8;
const READ = [0xa1, ...d(DATA), 0xeb, 0xfe];
const FETCH = [0xe9, ...d(DATA - CODE - 5)];
const FAR_FETCH = [0xe9, ...d(0x212340 - CODE - 5)];

type Case = readonly [string, boolean, readonly number[], (b: Board) => void, number];

/** NX, code of ring 3, what is changed, error code (-1: no fault). */
const CASES: readonly Case[] = [
  ['a read', false, READ, () => {}, -1],
  ['a page that is not present', false, READ, (b) => b.put32(ENTRY, 0), 4],
  ['a directory that is not present', false, [0xa1, ...d(0x40000000)], () => {}, 4],
  ['a reserved high bit', false, READ, (b) => b.put32(ENTRY + 4, 0x10), 13],
  ['bit 63 without NX is reserved', false, READ, (b) => b.put32(ENTRY + 4, NO_EXECUTE), 13],
  ['bit 63 with NX lets data through', true, READ, (b) => b.put32(ENTRY + 4, NO_EXECUTE), -1],
  ['a fetch from a page with bit 63', true, FETCH, (b) => b.put32(ENTRY + 4, NO_EXECUTE), 21],
  ['a fetch from a large page with bit 63', true, FAR_FETCH, (b) => b.put32(DIRECTORY + 12, NO_EXECUTE), 21],
  ['a fetch from a page that is not present', true, FETCH, (b) => b.put32(ENTRY, 0), 20],
  ['the same without NX', false, FETCH, (b) => b.put32(ENTRY, 0), 4],
  ['a large page', false, [0xa1, ...d(0x212340), 0xeb, 0xfe], (b) => b.put32(0x212340, 7), -1],
  [
    'a reserved bit of a large page',
    false,
    [0xa1, ...d(0x212340)],
    (b) => b.put32(DIRECTORY + 8, 0x202000 | LARGE | ALL),
    13,
  ],
  ['a supervisor page', false, READ, (b) => b.put32(ENTRY, DATA | 3), 5],
];

it.each(CASES)('%s', (_name, nx, code, change, error) => {
  const made = board(nx);
  made.start(3, code);
  change(made);
  const outcome = made.run();
  if (error < 0) {
    expect(outcome.stop).toBe('budget');
    return;
  }
  expect(outcome).toMatchObject({ vector: 14, error });
});

it('reads the right bytes through a large page', () => {
  const made = board(false);
  made.put32(0x212340, 0x5a5a);
  made.start(3, [0xa1, ...d(0x212340), 0xeb, 0xfe]);
  expect(made.run().stop).toBe('budget');
  expect(made.s[st.EAX]).toBe(0x5a5a);
});
