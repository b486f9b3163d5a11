/** Single step, breakpoints and debug registers (SDM 3B, chapter 17; 3A, 6.8). */
import { describe, expect, it } from 'vitest';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, CODE_OF, DATA, DATA_OF, d, FREE, gate, segment, TRAP32 } from './board.ts';

const TF = 0x100;
const RF = 0x10000;
const BS = 0x4000;
const BD = 0x2000;
const DR6_ONES = 0xffff0ff0;

function dr6(board: Board): number {
  return (board.s[st.DR + 6] ^ DR6_ONES) >>> 0;
}

/** A board whose next instruction runs in a ring with some flags set. */
function stepping(ring: number, code: readonly number[], flags = TF): Board {
  const board = new Board();
  board.start(ring, code);
  board.s[st.FLAGS] |= flags;
  return board;
}

describe('TF', () => {
  it('traps after one instruction, with TF in the frame and not in the handler', () => {
    const board = stepping(3, [0x90, 0x90]);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 1, eip: CODE + 1 });
    expect((outcome.flags as number) & (TF | RF)).toBe(TF);
    expect(board.s[st.FLAGS] & TF).toBe(0);
    expect(dr6(board)).toBe(BS);
  });

  it('set by POPF traps after the instruction that follows', () => {
    const board = new Board();
    board.start(3, [0x9d, 0x90, 0x90]);
    board.put32(board.s[st.ESP], 0x102);
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 2 });
  });

  it('cleared by POPF still traps after the POPF', () => {
    const board = stepping(3, [0x9d, 0x90]);
    board.put32(board.s[st.ESP], 2);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 1, eip: CODE + 1 });
    expect((outcome.flags as number) & TF).toBe(0);
  });

  it('set by IRET traps after the first instruction returned to', () => {
    const board = new Board();
    board.start(0, [0xcf]);
    board.put(CODE + 16, [0x90, 0x90]);
    const frame = [CODE + 16, CODE_OF[3], 0x102, 0xaaa0, DATA_OF[3]];
    frame.forEach((word, i) => {
      board.put32(board.s[st.ESP] + i * 4, word);
    });
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 17, cs: CODE_OF[3] });
  });

  it('is cleared by INT n: the handler runs on', () => {
    const board = stepping(3, [0xcd, 0x30]);
    board.vector(0x30, gate(TRAP32, CODE_OF[0], CODE + 16, 3));
    board.put(CODE + 16, [0x90, 0x90, 0xeb, 0xfe]);
    expect(board.run().stop).toBe('budget');
    expect(board.stack(3)[2] & TF).toBe(TF);
    expect(dr6(board)).toBe(0);
  });

  it('does not trap after a fault: the handler of the fault runs', () => {
    const board = stepping(3, [0x0f, 0x0b]);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 6, eip: CODE });
    expect((outcome.flags as number) & (TF | RF)).toBe(TF | RF);
  });

  it('traps after each iteration of a repeated instruction', () => {
    const board = stepping(3, [0xf3, 0xaa, 0x90]);
    board.s[st.ECX] = 3;
    board.s[st.EDI] = DATA;
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE });
    expect([board.s[st.ECX], board.s[st.EDI]]).toEqual([2, DATA + 1]);
    const last = stepping(3, [0xf3, 0xaa, 0x90]);
    last.s[st.ECX] = 1;
    last.s[st.EDI] = DATA;
    expect(last.run()).toMatchObject({ vector: 1, eip: CODE + 2 });
  });

  it('traps after a taken branch at its target', () => {
    const board = stepping(3, [0xeb, 0x10]);
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 0x12 });
  });

  it('every instruction until it is cleared', () => {
    const board = new Board();
    // A handler that counts in ECX and returns.
    board.vector(1, gate(TRAP32, CODE_OF[0], CODE + 16, 0));
    board.put(CODE + 16, [0x41, 0xcf]);
    board.start(3, [0x90, 0x40, 0x43, 0xcc]);
    board.s[st.FLAGS] |= TF;
    expect(board.run()).toMatchObject({ vector: 3, eip: CODE + 4 });
    expect([board.s[st.ECX], board.s[st.EAX], board.s[st.EBX]]).toEqual([3, 1, 1]);
  });
});

describe('MOV SS and POP SS', () => {
  it('hide the step trap until after the next instruction', () => {
    const board = stepping(3, [0x8e, 0xd0, 0x90, 0x90]);
    board.s[st.EAX] = DATA_OF[3];
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 3 });
    const pop = stepping(3, [0x17, 0x90, 0x90]);
    pop.put32(pop.s[st.ESP], DATA_OF[3]);
    expect(pop.run()).toMatchObject({ vector: 1, eip: CODE + 2 });
  });

  it('in a row: only the first one hides', () => {
    const board = stepping(3, [0x8e, 0xd0, 0x8e, 0xd0, 0x90]);
    board.s[st.EAX] = DATA_OF[3];
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 4 });
  });

  it('LSS and MOV DS do not', () => {
    const board = stepping(3, [0x8e, 0xd8, 0x90]);
    board.s[st.EAX] = DATA_OF[3];
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 2 });
    const lss = stepping(3, [0x0f, 0xb2, 0x1d, ...d(DATA), 0x90]);
    lss.put32(DATA + 4, DATA_OF[3]);
    expect(lss.run()).toMatchObject({ vector: 1, eip: CODE + 7 });
  });

  it('keep a data breakpoint that they hit until after the next instruction', () => {
    const board = new Board();
    // mov ss,[DATA]; nop; nop
    board.start(3, [0x8e, 0x15, ...d(DATA), 0x90, 0x90]);
    board.put32(DATA, DATA_OF[3]);
    board.s[st.DR + 0] = DATA;
    board.s[st.DR + 7] = 0x30001 | 0x400;
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 7 });
    expect(dr6(board)).toBe(1);
  });
});

/** Length and kind of breakpoint n in DR7, enabled locally. */
function dr7(n: number, kind: number, length: number): number {
  return 0x400 | (1 << (n * 2)) | (((kind | ((length - 1) << 2)) << (16 + n * 4)) >>> 0);
}
const EXECUTE = 0;
const WRITE = 1;
const ACCESS = 3;

describe('breakpoints on execution', () => {
  it('fault before the instruction, with RF clear in the frame', () => {
    const board = new Board();
    board.start(3, [0x40, 0x40, 0x40]);
    board.s[st.DR + 1] = CODE + 1;
    board.s[st.DR + 7] = dr7(1, EXECUTE, 1);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 1, eip: CODE + 1 });
    expect((outcome.flags as number) & RF).toBe(0);
    expect(board.s[st.EAX]).toBe(1);
    expect(dr6(board)).toBe(2);
  });

  it('are passed over once when IRET sets RF', () => {
    const board = new Board();
    // The handler sets RF in its frame, counts in ECX and returns: or dword [esp+8],0x10000; inc ecx; iret
    board.vector(1, gate(TRAP32, CODE_OF[0], CODE + 32, 0));
    board.put(CODE + 32, [0x81, 0x4c, 0x24, 8, ...d(RF), 0x41, 0xcf]);
    // Two rounds over the breakpoint: inc eax; dec edx; jnz $-4; int3
    board.start(3, [0x40, 0x4a, 0x75, 0xfc, 0xcc]);
    board.s[st.EDX] = 2;
    board.s[st.DR + 0] = CODE;
    board.s[st.DR + 7] = dr7(0, EXECUTE, 1);
    const outcome = board.run();
    expect(outcome).toMatchObject({ vector: 3, eip: CODE + 5 });
    expect((outcome.flags as number) & RF).toBe(0);
    expect([board.s[st.ECX], board.s[st.EAX]]).toEqual([2, 2]);
  });

  it('do not take a breakpoint on data for one on execution', () => {
    for (const n of [0, 1, 2, 3]) {
      const board = new Board();
      board.start(3, [0x40, 0xcc]);
      board.s[st.DR + n] = CODE;
      board.s[st.DR + 7] = dr7(n, WRITE, 1);
      expect(board.run()).toMatchObject({ vector: 3 });
    }
  });

  it('need RF clear and are not shadowed by others', () => {
    const board = new Board();
    board.start(3, [0x40, 0x40, 0xcc]);
    board.s[st.DR + 0] = CODE;
    board.s[st.DR + 2] = CODE + 1;
    board.s[st.DR + 7] = dr7(0, EXECUTE, 1) | dr7(2, EXECUTE, 1);
    board.s[st.FLAGS] |= RF;
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 1 });
    expect(dr6(board)).toBe(4);
  });

  it('are hidden by MOV SS', () => {
    const board = new Board();
    board.start(3, [0x8e, 0xd0, 0x90, 0xcc]);
    board.s[st.EAX] = DATA_OF[3];
    board.s[st.DR + 0] = CODE + 2;
    board.s[st.DR + 7] = dr7(0, EXECUTE, 1);
    expect(board.run()).toMatchObject({ vector: 3 });
  });

  it('compare linear addresses', () => {
    const board = new Board();
    board.describe(FREE, segment(10, { dpl: 3, base: CODE, limit: 0xffff }));
    board.start(3, [0x40, 0x40]);
    board.load(st.CS, FREE | 3);
    board.s[st.EIP] = 0;
    board.s[st.DR + 3] = CODE + 1;
    board.s[st.DR + 7] = dr7(3, EXECUTE, 1);
    expect(board.run()).toMatchObject({ vector: 1, eip: 1 });
    expect(dr6(board)).toBe(8);
  });
});

/** Code, address and DR7 of breakpoint 0, whether it traps (after the first instruction, which is 6 bytes or as given). */
const WATCHED: readonly [string, readonly number[], number, number, boolean][] = [
  ['a write', [0x89, 0x05, ...d(DATA)], DATA, dr7(0, WRITE, 4), true],
  ['a read of a write breakpoint', [0x8b, 0x05, ...d(DATA)], DATA, dr7(0, WRITE, 4), false],
  ['a read', [0x8b, 0x05, ...d(DATA)], DATA, dr7(0, ACCESS, 4), true],
  ['a byte inside', [0x88, 0x05, ...d(DATA + 3)], DATA, dr7(0, WRITE, 4), true],
  ['a byte beyond', [0x88, 0x05, ...d(DATA + 4)], DATA, dr7(0, WRITE, 4), false],
  ['a dword that overlaps by a byte', [0x89, 0x05, ...d(DATA - 3)], DATA, dr7(0, WRITE, 1), true],
  ['a dword that ends before', [0x89, 0x05, ...d(DATA - 4)], DATA, dr7(0, WRITE, 1), false],
  ['a word breakpoint, aligned down', [0x88, 0x05, ...d(DATA)], DATA + 1, dr7(0, WRITE, 2), true],
  ['a disabled breakpoint', [0x89, 0x05, ...d(DATA)], DATA, dr7(0, WRITE, 4) & ~3, false],
];

describe('breakpoints on data', () => {
  it.each(WATCHED)('%s', (_name, code, address, control, hit) => {
    const board = new Board();
    board.start(3, [...code, 0x90, 0xcc]);
    board.s[st.DR + 0] = address;
    board.s[st.DR + 7] = control;
    const outcome = board.run();
    expect(outcome).toMatchObject(hit ? { vector: 1, eip: CODE + 6 } : { vector: 3 });
    expect(dr6(board)).toBe(hit ? 1 : 0);
  });

  it('join the step trap', () => {
    const board = stepping(3, [0x89, 0x05, ...d(DATA), 0x90]);
    board.s[st.DR + 2] = DATA;
    board.s[st.DR + 7] = dr7(2, WRITE, 4);
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 6 });
    expect(dr6(board)).toBe(BS | 4);
  });

  it('see pages that were in the TLB before', () => {
    const board = new Board();
    // mov [DATA],eax; mov dr0,ebx; mov dr7,ecx; mov [DATA],eax; nop
    const write = [0x89, 0x05, ...d(DATA)];
    board.start(0, [...write, 0x0f, 0x23, 0xc3, 0x0f, 0x23, 0xf9, ...write, 0x90]);
    board.s[st.EBX] = DATA;
    board.s[st.ECX] = dr7(0, WRITE, 4);
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE + 18 });
  });

  it('stop a repeated instruction after the iteration that hit', () => {
    const board = new Board();
    board.start(3, [0xf3, 0xaa, 0xcc]);
    board.s[st.ECX] = 8;
    board.s[st.EDI] = DATA;
    board.s[st.DR + 0] = DATA + 2;
    board.s[st.DR + 7] = dr7(0, WRITE, 1);
    expect(board.run()).toMatchObject({ vector: 1, eip: CODE });
    expect([board.s[st.ECX], board.s[st.EDI]]).toEqual([5, DATA + 3]);
  });
});

describe('debug registers', () => {
  it('are of ring 0', () => {
    expect(new Board().fault(1, [0x0f, 0x21, 0xc0])).toMatchObject({ vector: 13, error: 0 });
    expect(new Board().fault(3, [0x0f, 0x23, 0xf8])).toMatchObject({ vector: 13, error: 0 });
  });

  it('DR4 and DR5 are DR6 and DR7, or #UD with CR4.DE', () => {
    const board = new Board();
    // mov eax,dr4; mov ebx,dr5
    board.start(0, [0x0f, 0x21, 0xe0, 0x0f, 0x21, 0xeb, 0xf4]);
    expect(board.run().stop).toBe('halt');
    expect([board.s[st.EAX] >>> 0, board.s[st.EBX]]).toEqual([DR6_ONES, 0x400]);
    const extended = new Board();
    extended.s[st.CR4] |= 8;
    expect(extended.fault(0, [0x0f, 0x21, 0xe0])).toMatchObject({ vector: 6, eip: CODE });
  });

  it('DR7.GD raises #DB before the access, and is off in the handler', () => {
    const board = new Board();
    board.s[st.DR + 7] |= 0x2000;
    expect(board.fault(0, [0x0f, 0x21, 0xc0])).toMatchObject({ vector: 1, eip: CODE });
    expect(dr6(board)).toBe(BD);
    expect(board.s[st.DR + 7] & 0x2000).toBe(0);
  });

  it('read as they were left', () => {
    const board = new Board();
    // mov eax,dr6; mov ebx,dr7; mov ecx,dr3; hlt
    board.start(0, [0x0f, 0x21, 0xf0, 0x0f, 0x21, 0xfb, 0x0f, 0x21, 0xd9, 0xf4]);
    board.s[st.DR + 3] = 0x1234;
    board.s[st.DR + 6] = DR6_ONES | BS | 5 | 0;
    board.s[st.DR + 7] = 0x12340400;
    expect(board.run().stop).toBe('halt');
    expect([board.s[st.EAX] >>> 0, board.s[st.EBX], board.s[st.ECX]]).toEqual([
      (DR6_ONES | BS | 5) >>> 0,
      0x12340400,
      0x1234,
    ]);
  });

  it('keep their reserved bits', () => {
    const board = new Board();
    // xor eax,eax; mov dr6,eax; mov dr7,eax; mov ebx,dr6; mov ecx,dr7; hlt
    board.start(0, [0x31, 0xc0, 0x0f, 0x23, 0xf0, 0x0f, 0x23, 0xf8, 0x0f, 0x21, 0xf3, 0x0f, 0x21, 0xf9, 0xf4]);
    expect(board.run().stop).toBe('halt');
    expect([board.s[st.EBX] >>> 0, board.s[st.ECX]]).toEqual([DR6_ONES, 0x400]);
  });
});

it('INT1 is a trap that sets nothing in DR6', () => {
  const board = new Board();
  expect(board.fault(3, [0xf1])).toMatchObject({ vector: 1, eip: CODE + 1 });
  expect(dr6(board)).toBe(0);
});
