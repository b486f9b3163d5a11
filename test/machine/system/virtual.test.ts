/** Virtual-8086 and real-address mode (SDM 3A, chapter 20). */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, CODE_OF, CONFORMING, d, FREE, gate, HANDLERS, segment, stackTop, TRAP32, w } from './board.ts';

const VM = 0x20000;
const SEGMENTS = [st.ES, st.CS, st.SS, st.DS, st.FS, st.GS];
const HLT = 0xf4;

/** A board about to run code at CODE in virtual-8086 mode. */
function virtual(code: readonly number[], iopl = 3): Board {
  const board = new Board();
  board.start(3, code);
  board.virtual();
  board.s[st.FLAGS] |= iopl << 12;
  return board;
}

describe('virtual-8086 mode', () => {
  it('forms addresses from selectors times 16', () => {
    // mov ax,0x2000; mov ds,ax; mov bx,[0x10]; jmp $
    const board = virtual([0xb8, 0x00, 0x20, 0x8e, 0xd8, 0x8b, 0x1e, 0x10, 0x00, 0xeb, 0xfe]);
    board.put(0x20010, [0x34, 0x12]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EBX], board.s[st.BASE + st.DS], board.s[st.LIMIT + st.DS]]).toEqual([0x1234, 0x20000, 0xffff]);
  });

  it('is left by an interrupt to ring 0, with the data segments in the frame and null afterwards', () => {
    const board = virtual([0xcd, 0x30]);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 0x30, eip: 2, cs: CODE >>> 4 });
    expect((outcome.flags as number) & VM).toBe(VM);
    expect(board.s[st.ESP]).toBe(stackTop(0) - 36);
    const frame = board.stack(9).slice(3);
    expect(frame).toEqual([0x1000, 0x900, 0x2000, 0x2001, 0x2002, 0x2003]);
    expect(SEGMENTS.map((seg) => board.s[st.SELECTOR + seg])).toEqual([0, CODE_OF[0], 0x10, 0, 0, 0]);
    expect(board.s[st.FLAGS] & VM).toBe(0);
    expect(board.machine.ledger.counts[EVENTS.crossingSoftware]).toBe(1);
  });

  it('is entered by IRET in ring 0', () => {
    const board = new Board();
    board.start(0, [0xcf]);
    const frame = [0x20, CODE >>> 4, VM | 0x3202, 0x1000, 0x900, 0x2000, 0x2001, 0x2002, 0x2003];
    frame.forEach((word, i) => {
      board.put32(board.s[st.ESP] + i * 4, word);
    });
    board.put(CODE + 0x20, [0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect(SEGMENTS.map((seg) => board.s[st.SELECTOR + seg])).toEqual([
      0x2000,
      CODE >>> 4,
      0x900,
      0x2001,
      0x2002,
      0x2003,
    ]);
    expect([board.s[st.CPL], board.s[st.EIP], board.s[st.ESP], board.s[st.FLAGS] & VM]).toEqual([3, 0x20, 0x1000, VM]);
    expect(board.s[st.BASE + st.GS]).toBe(0x20030);
  });

  it.each([
    ['INT n', [0xcd, 0x30]],
    ['IRET', [0xcf]],
    ['PUSHF', [0x9c]],
    ['POPF', [0x9d]],
    ['CLI', [0xfa]],
    ['STI', [0xfb]],
  ] as const)('%s needs IOPL 3', (_name, code) => {
    expect(virtual(code, 2).run()).toMatchObject({ vector: 13, error: 0, eip: 0 });
  });

  it('INT3 does not, and IN asks the bitmap even with IOPL 3', () => {
    expect(virtual([0xcc], 0).run()).toMatchObject({ vector: 3, eip: 1 });
    expect(virtual([0xe4, 0x10], 3).run()).toMatchObject({ vector: 13, error: 0 });
  });

  it('IRET and POPF leave VM and IOPL', () => {
    // iret to 0:0x100 within the segment
    const board = virtual([0xcf]);
    const at = 0x9000 + (board.s[st.ESP] & 0xffff);
    board.put(at, [...w(0x100), ...w(CODE >>> 4), ...w(0x0ad5)]);
    board.put(CODE + 0x100, [0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.EIP], board.s[st.FLAGS] & (VM | 0x3200)]).toEqual([0x100, VM | 0x3200]);
  });

  it('far jumps and calls take selectors as they are', () => {
    const board = virtual([0x9a, ...w(0x10), ...w(0x1100)]);
    board.put(0x11010, [0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect([board.s[st.SELECTOR + st.CS], board.s[st.EIP]]).toEqual([0x1100, 0x10]);
    expect(board.stack(1)).toEqual([5 | ((CODE >>> 4) << 16)]);
  });

  it('faults beyond 64 KiB', () => {
    // mov ax,[0xffff]
    expect(virtual([0xa1, 0xff, 0xff]).run()).toMatchObject({ vector: 13, error: 0, eip: 0 });
  });

  it('enters handlers of ring 0 only', () => {
    for (const [selector, expected] of [
      [CODE_OF[1], CODE_OF[1] & ~3],
      [FREE, FREE],
    ]) {
      const board = virtual([0xcd, 0x30]);
      board.describe(FREE, segment(CONFORMING));
      board.vector(0x30, gate(TRAP32, selector, HANDLERS, 3));
      expect(board.run()).toMatchObject({ vector: 13, error: expected });
    }
  });
});

describe('real-address mode', () => {
  it('is entered and left by MOV CR0', () => {
    const board = new Board();
    // mov cr0,eax (PE off); the 32-bit code segment stays until the far jump
    board.start(0, [0x0f, 0x22, 0xc0, 0xea, ...d(0x40), ...w(CODE >>> 4)]);
    // mov ax,0x2000; mov ds,ax; mov [0],ax; hlt, decoded with the 32-bit default that CS keeps
    board.put(CODE + 0x40, [0x66, 0xb8, 0x00, 0x20, 0x8e, 0xd8, 0x66, 0xa3, ...d(4), HLT]);
    board.s[st.EAX] = 0x10;
    expect(board.run()).toEqual({ stop: 'halt' });
    expect(board.get16(0x20004)).toBe(0x2000);
    expect(board.s[st.BASE + st.CS]).toBe(CODE);
  });

  it('delivers interrupts through far pointers', () => {
    const board = new Board();
    board.describe(FREE, segment(10, { limit: 0xffff, base: CODE, big: false }));
    board.start(0, [0xcd, 0x30]);
    board.load(st.CS, FREE);
    board.s[st.EIP] = 0;
    board.s[st.CR0] &= ~1;
    board.s[st.SELECTOR + st.CS] = CODE >>> 4;
    board.s[st.IDTR_BASE] = 0;
    board.s[st.IDTR_LIMIT] = 0x3ff;
    board.put(0x30 * 4, [...w(0x50), ...w(CODE >>> 4)]);
    board.put(CODE + 0x50, [0xcf]);
    board.put(CODE + 2, [HLT]);
    board.s[st.FLAGS] |= 0x200;
    board.run(1);
    expect([board.s[st.EIP], board.s[st.FLAGS] & 0x200]).toEqual([0x50, 0]);
    expect(board.stack(2)).toEqual([2 | ((CODE >>> 4) << 16), expect.any(Number)]);
    expect(board.run()).toEqual({ stop: 'halt' });
    expect([board.s[st.EIP], board.s[st.FLAGS] & 0x200]).toEqual([3, 0x200]);
  });
});
