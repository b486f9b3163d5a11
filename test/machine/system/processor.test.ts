/**
 * Segments against the real processor: the same loads, accesses, far transfers and questions about selectors, under
 * many LDT descriptors, on both (test/cpu says how).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  imageSize,
  layout,
  type Oracle,
  openOracle,
  type Segment,
  type Setup,
  type Snippet,
  whyNoOracle,
} from '../../cpu/oracle.ts';
import { Ours } from '../../cpu/ours.ts';
import { differences, fromOracle } from '../../cpu/result.ts';
import { d, w } from './board.ts';

const { code: CODE, data: DATA, stack: STACK, selectors } = layout;
const FS = selectors.fs;

/** Bits of struct user_desc (modify_ldt(2)). */
const BIG = 1;
const DOWN = 2;
const EXECUTE = 4;
const READ_ONLY = 8;
const PAGES = 16;

const KINDS: readonly (readonly [string, number])[] = [
  ['data', 0],
  ['read-only data', READ_ONLY],
  ['expand-down data', DOWN],
  ['read-only expand-down data', DOWN | READ_ONLY],
  ['code', EXECUTE],
];
const LIMITS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0x0ffb, 0],
  [0x1fff, 0],
  [0xffff, 0],
  [0xfffff, 0],
  [0, PAGES],
  [1, PAGES],
  [0xfffff, PAGES],
];

function segments(): (readonly [string, Segment])[] {
  return KINDS.flatMap(([name, kind]) =>
    LIMITS.flatMap(([limit, pages]) =>
      [0, BIG].map(
        (big) =>
          [
            `${name}, limit ${limit.toString(16)}${pages ? ' pages' : ''}, ${big ? 32 : 16} bits`,
            { base: DATA, limit, flags: kind | pages | big },
          ] as const,
      ),
    ),
  );
}

const plain: Segment = { base: 0, limit: 0xfffff, flags: BIG | PAGES };

/** A snippet at the start of the code page with some registers. */
function snippet(code: readonly number[], registers: { [n: number]: number } = {}): Snippet {
  const gpr = new Uint32Array(8);
  gpr[4] = STACK + 0x1000;
  for (const [n, value] of Object.entries(registers)) gpr[Number(n)] = value;
  return { code: Uint8Array.from(code), offset: 0x100, gpr, eflags: 0x202 };
}
const [EAX, ECX, EBX, ESP] = [0, 1, 3, 4];

/** Offsets at which something changes for a limit: its neighbourhood, and the ends of 16 and 32 bits. */
function offsets({ limit, flags }: Segment): number[] {
  const last = flags & PAGES ? limit * 0x1000 + 0xfff : limit;
  const around = [0, last, 0xffff, 0xffffffff];
  return [...new Set(around.flatMap((at) => [-9, -7, -4, -3, -2, -1, 0, 1, 2, 4].map((by) => (at + by) >>> 0)))];
}

/** Accesses at FS:EBX: by one, two, four, eight bytes (ten are taken apart by AMD: the order of faults differs), reading, writing and both. */
const ACCESSES: readonly (readonly number[])[] = [
  [0x8a, 0x03],
  [0x66, 0x8b, 0x03],
  [0x8b, 0x03],
  [0x88, 0x03],
  [0x66, 0x89, 0x03],
  [0x89, 0x03],
  [0xdd, 0x03],
  [0xdd, 0x1b],
  [0xff, 0x03],
  [0xa6],
  [0xac],
];

function accesses(segment: Segment): Snippet[] {
  return offsets(segment).flatMap((at) =>
    ACCESSES.map((bytes) => snippet([0xd9, 0xe8, 0x64, ...bytes, 0xdb, 0xe3], { [EBX]: at, 6: at, 7: DATA })),
  );
}

/** SS from FS, a push and a pop around its limit, SS put back. */
function stacks(segment: Segment): Snippet[] {
  const bodies = [[0x50], [0x66, 0x50], [0x58], [0x66, 0x58], [0xc8, 4, 0, 0], [0x9c], [0x60], [0xff, 0x34, 0x24]];
  return offsets(segment).flatMap((at) =>
    bodies.map((body) =>
      snippet([0x8e, 0xd0, 0x89, 0xdc, ...body, 0x8e, 0xd1], { [EAX]: FS, [ECX]: selectors.ss, [EBX]: at, 2: at }),
    ),
  );
}

/** Every selector of the first sixteen entries of both tables, and some beyond. */
const SELECTORS = [...Array.from({ length: 0x80 }, (_, n) => n), 0x80, 0x87, 0xff, 0x1000, 0x7ffc, 0xfff8, 0xffff];

/** Loads of all but CS and SS, and questions, with every selector in AX. */
const QUESTIONS: readonly (readonly number[])[] = [
  [0x8e, 0xd8],
  [0x8e, 0xc0],
  [0x8e, 0xe0],
  [0x0f, 0x02, 0xd0],
  [0x66, 0x0f, 0x02, 0xd0],
  [0x0f, 0x03, 0xd0],
  [0x66, 0x0f, 0x03, 0xd0],
  [0x0f, 0x00, 0xe0],
  [0x0f, 0x00, 0xe8],
  [0x63, 0xc3],
];

function questions(): Snippet[] {
  return SELECTORS.flatMap((selector) => QUESTIONS.map((code) => snippet(code, { [EAX]: selector, 2: 0x5a5a5a5a })));
}

/** MOV SS with every selector, SS put back where it succeeded. */
function stackLoads(): Snippet[] {
  return SELECTORS.map((selector) => snippet([0x8e, 0xd0, 0x8e, 0xd1], { [EAX]: selector, [ECX]: selectors.ss }));
}

const NEXT = CODE + 0x100;

/**
 * JMP, CALL, RET and IRET with every selector, to the instruction that follows; not with the kernel's 64-bit segment, and
 * with nothing below the stack compared: AMD writes a far CALL's frame before it looks at the limit.
 */
function transfers(): Snippet[] {
  return SELECTORS.filter((selector) => (selector & ~3) !== 0x30).flatMap((selector) => {
    const direct = [0xea, 0x9a].map((opcode) => snippet([opcode, ...d(NEXT + 7), ...w(selector)]));
    const far = snippet([0x68, ...d(selector), 0x68, ...d(NEXT + 11), 0xcb]);
    const drop = snippet([0x68, ...d(selector), 0x68, ...d(NEXT + 13), 0xca, 8, 0]);
    const back = snippet([0x9c, 0x68, ...d(selector), 0x68, ...d(NEXT + 12), 0xcf]);
    return [...direct, far, drop, back];
  });
}

/** Far pointers in memory, loaded and jumped through, at the end of FS. */
function pointers(segment: Segment): Snippet[] {
  const loads = [
    [0xc4, 0x13],
    [0xc5, 0x13],
    [0x0f, 0xb4, 0x13],
    [0x0f, 0xb5, 0x13],
    [0x66, 0xc5, 0x13],
  ];
  return offsets(segment).flatMap((at) =>
    loads.map((load) => snippet([0x64, ...load], { [EBX]: at, 2: 7, [ESP]: STACK + 0x1000 })),
  );
}

/** INT n for all vectors but the system call and those that a debugger hears of. */
function interrupts(): Snippet[] {
  const vectors = Array.from({ length: 256 }, (_, n) => n).filter((n) => n !== 3 && n !== 4 && n !== 0x80);
  return vectors.map((n) => snippet([0xcd, n]));
}

/** What TF does to the instructions that follow the POPF that sets it: code, and registers. */
const STEPPED: readonly (readonly number[])[] = [
  [0x90, 0x90],
  [0x8e, 0xd1, 0x90, 0x90],
  [0x51, 0x17, 0x90, 0x90],
  [0x8e, 0xd9, 0x90],
  [0x0f, 0xb2, 0x23, 0x90],
  [0xf3, 0xaa, 0x90],
  [0xf3, 0xa6, 0x90],
  [0xeb, 0x01, 0x90, 0x90],
  [0x75, 0x01, 0x90, 0x90],
  [0xe2, 0x01, 0x90, 0x90],
  [0xea, ...d(CODE + 0x107 + 7), ...w(selectors.cs), 0x90, 0x90],
  [0x9c, 0x90],
  [0x9d, 0x90],
  [0x6a, 2, 0x9d, 0x90, 0x90],
  [0xfa, 0x90],
  [0xf4, 0x90],
  [0xcd, 0x90],
  [0x0f, 0x0b],
  [0xd9, 0xe8, 0x90],
  [0x8e, 0xd1, 0x0f, 0x0b],
  [0x8e, 0xd1, 0xf3, 0xaa, 0x90],
];

/** pushf; or byte [esp+1],1; popf, then the code. */
function stepped(): Snippet[] {
  const prologue = [0x9c, 0x80, 0x4c, 0x24, 1, 1, 0x9d];
  const state = { [ECX]: selectors.ss, [EBX]: DATA, 6: DATA + 0x100, 7: DATA + 0x200 };
  return STEPPED.map((code) => snippet([...prologue, ...code], state));
}

const reason = whyNoOracle();

describe.skipIf(reason !== undefined)(`beside the real processor${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let oracle: Oracle;
  const ours = new Ours();
  const image = new Uint8Array(imageSize);
  // Selectors that can be loaded, so that far pointers read from anywhere mean something now and then.
  for (let at = 0; at < imageSize; at += 2) image[at] = at % 6 === 4 ? FS : at & 0xff;
  beforeAll(() => {
    oracle = openOracle();
  });
  afterAll(() => oracle.close());

  /** The first few differences between the processors over some snippets under one setup. */
  function compare(setup: Setup, snippets: readonly Snippet[]): string[] {
    ours.setSegments(setup);
    ours.setImage(image);
    const outcomes = oracle.run(image, snippets, setup);
    const found: string[] = [];
    snippets.forEach((made, i) => {
      const mine = ours.run(made, made.code.length);
      const lines = differences(mine, fromOracle(made, outcomes[i], 0), {
        flags: 0,
        memory: made.code[0] === 0x9a && mine.vector >= 0 ? [[STACK + 0xff8, 8]] : [],
        status: 0,
        x87: true,
        registers: 0,
        anyFault: false,
      });
      const bytes = Array.from(made.code, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const registers = Array.from(made.gpr, (word) => word.toString(16)).join(' ');
      if (lines.length > 0) found.push(`${bytes} with ${registers}: ${lines.join('; ')}`);
    });
    return found.slice(0, 5);
  }

  it.each(segments())('accesses, stacks and pointers in FS: %s', (_name, segment) => {
    const setup = { fs: segment, gs: plain };
    expect(compare(setup, accesses(segment))).toEqual([]);
    if ((segment.flags & (EXECUTE | READ_ONLY)) === 0) expect(compare(setup, stacks(segment))).toEqual([]);
    expect(compare(setup, pointers(segment))).toEqual([]);
  });

  it.each([
    ['data', { base: 0, limit: 0xfffff, flags: BIG | PAGES }],
    ['code', { base: 0, limit: 0xfffff, flags: BIG | PAGES | EXECUTE }],
    ['short code', { base: 0, limit: 0x10, flags: BIG | PAGES | EXECUTE }],
    ['read-only data', { base: 0, limit: 0x12345, flags: BIG | READ_ONLY }],
  ])('all selectors, with %s in the LDT', (_name, segment) => {
    const setup = { fs: segment, gs: plain };
    expect(compare(setup, questions())).toEqual([]);
    expect(compare(setup, stackLoads())).toEqual([]);
    expect(compare(setup, transfers())).toEqual([]);
  });

  it('single step', () => {
    expect(compare({ fs: plain, gs: plain }, stepped())).toEqual([]);
  });

  it('INT n beyond its DPL', () => {
    expect(compare({ fs: plain, gs: plain }, interrupts())).toEqual([]);
  });
});
