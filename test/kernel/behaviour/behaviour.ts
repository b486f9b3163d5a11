/** Programs of this folder, line by line, on the real kernel and on ours. */
import { beforeAll, describe, expect, it } from 'vitest';
import { canCompare, compile } from '../compare.ts';
import { type OurOutcome, runNatively, runOurs } from '../native.ts';
import { linesOf } from './lines.ts';

/**
 * Declares a test for every line `name: value` that each program prints on the real kernel of this machine, now: ours
 * has to print the same. `programs`: names of C files here, with the fewest lines that each must print, so that a
 * program that natively dies early cannot pass.
 */
export function behaviour(programs: Readonly<Record<string, number>>): void {
  const able = canCompare() && isRoot();
  describe.skipIf(!able)('against the real kernel (needs gcc -m32 -static, and to be root)', () => {
    if (able) for (const [program, least] of Object.entries(programs)) describeProgram(program, least);
  });
}

/** Ours runs the programs as root, so the real kernel has to; throws where NESTLAB_REQUIRE_ORACLE=1 demands it. */
function isRoot(): boolean {
  const root = process.getuid?.() === 0;
  if (!root && process.env.NESTLAB_REQUIRE_ORACLE === '1') throw new Error('the behaviour tests need to be root');
  return root;
}

function describeProgram(program: string, least: number): void {
  // What is expected is known before the tests are: each of its lines becomes one.
  const binary = compile(import.meta.dirname, program);
  const real = runNatively(binary);
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
