/** Limits of flat segments and the TLB: entries beyond a limit are put aside and come back, and none is stale. */
import { expect, it } from 'vitest';
import { loadCr3 } from '../../../src/machine/control.ts';
import { GP } from '../../../src/machine/fault.ts';
import { EVENTS } from '../../../src/machine/ledger.ts';
import { setSegment, updateMode } from '../../../src/machine/segments.ts';
import * as st from '../../../src/machine/state.ts';
import { Random } from '../../cpu/random.ts';
import { Board, CODE, DATA_OF, TABLE } from './board.ts';

/** Present, writable, user, read-write data of ring 3, in pages. */
const DATA3 = 0xc0f3;
/** Pages that are used, from here on; they lie on frames of their own. */
const FIRST = 0x100;
const PAGES = 0x80;
const FRAMES = 0x200;

function limited(board: Board, limit: number): void {
  const { cpu } = board.machine;
  for (const seg of [st.SS, st.DS, st.ES]) setSegment(cpu, seg, DATA_OF[3], 0, limit, DATA3);
  updateMode(cpu);
}

it('any order of limits, accesses, new mappings and flushes', () => {
  const board = new Board();
  const { cpu } = board.machine;
  const random = new Random(7);
  board.page();
  board.start(3, [0x90]);
  const frames = Array.from({ length: PAGES }, (_, n) => FRAMES + n);
  for (const frame of frames) board.put32(frame << 12, frame);
  for (const [n, frame] of frames.entries()) board.entry((FIRST + n) << 12, (frame << 12) | 7);
  let limit = 0xffffffff;
  let denied = 0;
  for (let turn = 0; turn < 20_000; turn++) {
    const n = random.below(PAGES);
    const page = (FIRST + n) << 12;
    switch (random.below(8)) {
      case 0:
        limit =
          [0xffffffff, ((FIRST + random.below(PAGES)) << 12) - 1, (page - 1) | 0, 0xbfffffff][random.below(4)] >>> 0;
        limited(board, limit | 0);
        break;
      case 1:
        [frames[n], frames[0]] = [frames[0], frames[n]];
        for (const which of [0, n]) {
          board.entry((FIRST + which) << 12, (frames[which] << 12) | 7);
          cpu.paging.invalidate((FIRST + which) << 12);
        }
        break;
      case 2:
        if (random.below(20) === 0) loadCr3(cpu, cpu.s[st.CR3]);
        break;
      default: {
        let value = -1;
        try {
          value = random.below(2) === 0 ? cpu.load32(st.DS, page) : cpu.load32(st.ES, page);
          cpu.store32(st.DS, page + 8, turn);
        } catch (thrown) {
          expect(thrown).toBe(cpu.pending);
          expect(cpu.pending.vector).toBe(GP);
          denied++;
        }
        expect(value).toBe(page + 11 > limit ? -1 : frames[n]);
        if (value >= 0) expect(board.get32((frames[n] << 12) + 8)).toBe(turn);
      }
    }
    // What translated code looks at: nothing that lies beyond the limit.
    if (turn % 50 !== 0) continue;
    for (let e = st.TLB; e < st.TLB + st.TLB_SUPERVISOR; e += 2) {
      if (cpu.s[e] !== st.TLB_EMPTY) expect((cpu.s[e] >>> 0) + 4095).toBeLessThanOrEqual(limit);
    }
  }
  expect(denied).toBeGreaterThan(1000);
});

it('a change of limits there and back costs no miss and no flush', () => {
  const board = new Board();
  const { cpu, ledger } = board.machine;
  board.page();
  board.start(3, [0x90]);
  const touch = (): void => {
    for (let n = 0; n < 32; n++) cpu.load32(st.DS, (FIRST + n) << 12);
  };
  touch();
  limited(board, (FIRST << 12) - 1);
  cpu.load32(st.DS, CODE);
  const before = [ledger.counts[EVENTS.tlbMiss], ledger.counts[EVENTS.tlbFlush]];
  for (let n = 0; n < 10; n++) {
    limited(board, -1);
    touch();
    limited(board, (FIRST << 12) - 1);
    cpu.load32(st.DS, CODE);
  }
  expect([ledger.counts[EVENTS.tlbMiss], ledger.counts[EVENTS.tlbFlush]]).toEqual(before);
  expect(() => cpu.load32(st.DS, FIRST << 12)).toThrow();
  expect(TABLE).toBeLessThan(FIRST << 12);
});

it('in an inner ring a limit is checked at each access, and entries of supervisors stay', () => {
  const board = new Board();
  const { cpu } = board.machine;
  board.page();
  // mov eax, [FIRST page]
  board.start(0, [0xa1, 0, (FIRST << 4) & 0xff, (FIRST >> 4) & 0xff, 0, 0xf4]);
  setSegment(cpu, st.DS, DATA_OF[0], 0, (FIRST << 12) - 1, 0xc093);
  expect(board.run()).toMatchObject({ stop: 'halt', vector: GP, error: 0 });
});
