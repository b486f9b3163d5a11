import { beforeAll, describe, expect, it } from 'vitest';
import { canCompare, compile } from '../compare.ts';
import { type OurOutcome, runNatively, runOurs } from '../native.ts';
import { linesOf } from './lines.ts';

/** Programs of this folder with the fewest lines that each must print: one line, one assertion. */
const PROGRAMS = {
  descriptors: 330,
  events: 310,
  faults: 110,
  interrupt: 420,
  mappings: 180,
  names: 450,
  pointers: 600,
  processes: 290,
  signals: 260,
  sockets: 490,
  waiting: 280,
} as const;

describe.skipIf(!canCompare())('behaviour against the real kernel (needs gcc -m32 -static; natively as root)', () => {
  for (const [program, least] of Object.entries(PROGRAMS)) {
    // The real kernel says what is expected, now; only then are the tests known.
    const binary = canCompare() ? compile(import.meta.dirname, program) : new Uint8Array(0);
    const real = canCompare() ? runNatively(binary) : { output: '', status: 0 };
    const expected = linesOf(real.output);

    describe(program, () => {
      let ours: OurOutcome;
      let lines: Map<string, string>;
      beforeAll(() => {
        ours = runOurs(binary);
        lines = linesOf(ours.output);
      });

      for (const [name, value] of expected) it(name, () => expect(lines.get(name)).toBe(value));

      it('prints nothing else, and all of it on the real kernel', () => {
        expect(expected.size).toBeGreaterThanOrEqual(least);
        expect([...lines.keys()].filter((name) => !expected.has(name))).toEqual([]);
      });

      it('ends alike, with no complaint of ours', () => {
        expect(ours.status).toBe(real.status);
        // Calls that are none are tried on purpose.
        expect(ours.warnings.filter((line) => !line.startsWith('unknown system call'))).toEqual([]);
      });
    });
  }
});
