/** What is #UD for us is #UD for the real processor, unless a later extension has taken the encoding. */
import { afterAll, describe, expect, it } from 'vitest';
import { imageSize, layout, openOracle, type Snippet, whyNoKnownOracle } from './oracle.ts';
import { Ours } from './ours.ts';
import { fromOracle } from './result.ts';

const missing = whyNoKnownOracle();

/** Opcodes after the Pentium 4's that an AMD Zen 4 has: prefixes, opcode and ModRM byte as text. */
const LATER: readonly (readonly [code: RegExp, extension: string])[] = [
  [/^(66 |f2 |f3 )?d[bdf] 0/, 'SSE3: FISTTP'],
  [/^66 0f (7c|7d|d0)|^f2 0f (7c|7d|d0|f0|12)|^f3 0f (12|16)/, 'SSE3'],
  [/^(66 |f2 |f3 )?0f 38|^66 0f 3a/, 'SSSE3 and after'],
  [/^(66 |f2 )0f (78|79)|^(f2|f3) 0f 2b/, 'SSE4a'],
  [/^f3 0f b8/, 'POPCNT'],
  [/^(66 |f2 |f3 )?0f 0d/, '3DNow!: PREFETCH'],
  [/^(66 |f2 |f3 )?0f 01/, 'VMX, SVM, XSAVE, RDTSCP'],
  [/^(66 |f2 |f3 )?0f (ae|c7)/, 'XSAVE, CLWB, RDRAND and their like'],
];

/** First bytes that are prefixes, leave the snippet, or are judged by more than the next byte. */
const SKIPPED_ONE = new Set([
  0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x62, 0x8e, 0x9a, 0xc2, 0xc3, 0xc4, 0xc5,
  0xca, 0xcb, 0xcc, 0xcd, 0xcf, 0xe0, 0xe1, 0xe2, 0xe3, 0xe8, 0xe9, 0xea, 0xeb,
]);
/** SYSCALL, SYSRET, SYSENTER, SYSEXIT; CPUID, RDTSC, RDPMC; UD1, UD0. */
const SKIPPED_TWO = new Set([0x05, 0x07, 0x34, 0x35, 0xa2, 0x31, 0x33, 0xb9, 0xff]);

function snippet(code: readonly number[]): Snippet {
  const gpr = Uint32Array.from({ length: 8 }, (_, i) => layout.data + 0x100 * i);
  gpr[4] = layout.stack + 0x800;
  // NOPs behind it serve as displacement and immediates.
  return { code: Uint8Array.from([...code, ...new Array<number>(12).fill(0x90)]), offset: 0x100, gpr, eflags: 0x202 };
}

function* encodings(): Generator<readonly number[]> {
  for (const prefix of [[], [0x66], [0xf3], [0xf2]]) {
    for (let opcode = 0; opcode < 256; opcode++) {
      for (let reg = 0; reg < 8; reg++) {
        for (const mod of [0x00, 0xc0, 0xc1, 0xc7]) {
          const branch = (opcode >= 0x70 && opcode < 0x80) || (opcode === 0xff && reg >= 2 && reg < 6);
          if (!branch && !SKIPPED_ONE.has(opcode)) yield [...prefix, opcode, mod | (reg << 3)];
          const jump = opcode >= 0x80 && opcode < 0x90;
          if (!jump && !SKIPPED_TWO.has(opcode)) yield [...prefix, 0x0f, opcode, mod | (reg << 3)];
        }
      }
    }
  }
}

describe.skipIf(missing)(`undefined encodings${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const oracle = missing ? undefined : openOracle();
  afterAll(() => oracle?.close());

  it('are those of the real processor', () => {
    const image = new Uint8Array(imageSize);
    const ours = new Ours();
    ours.setImage(image);
    const codes = [...encodings()];
    const snippets = codes.map(snippet);
    const theirs = oracle!.run(image, snippets);
    const wrong: string[] = [];
    snippets.forEach((each, i) => {
      const isUndefined = ({ vector, eip }: { vector: number; eip: number }) =>
        vector === 6 && eip === layout.code + 0x100;
      const [mine, real] = [ours.run(each, 1), fromOracle(each, theirs[i], 0)].map(isUndefined);
      const text = codes[i].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const later = mine && LATER.some(([code]) => code.test(text));
      if (mine !== real && !later) wrong.push(`${text}: ${mine ? 'only we' : 'only the processor'} #UD`);
    });
    expect(codes.length).toBeGreaterThan(50_000);
    expect(wrong).toEqual([]);
  });
});
