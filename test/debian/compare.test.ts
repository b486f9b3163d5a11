/** Debian's i386 programs, line by line: the real kernel and nestlab print the same and end the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import { LINES } from './lines.ts';
import { type Both, runBoth, whyNoDebian } from './run.ts';

const missing = whyNoDebian();
/** A run goes on to the next program until it has this many lines: to begin one costs as much as ten lines. */
const ENOUGH = 40;

const runs: [programs: string, lines: string[]][] = [];
for (const [program, lines] of Object.entries(LINES)) {
  const last = runs.at(-1);
  if (last === undefined || last[1].length >= ENOUGH) runs.push([program, [...lines]]);
  else runs[runs.length - 1] = [`${last[0]}, ${program}`, [...last[1], ...lines]];
}

describe.skipIf(missing)(`Debian's programs against the real kernel${missing ? ` (skipped: ${missing})` : ''}`, () => {
  describe.each(runs)('%s', (_programs, lines) => {
    let both: Both;
    beforeAll(() => {
      both = runBoth(lines);
    }, 600_000);

    it('reaches the end', () => {
      expect(both.native).toHaveLength(lines.length);
      expect(both.rest).toMatchObject({ status: 0 });
    });

    it.each(lines.map((line, index) => [line.slice(0, 100), index] as const))('%s', (_title, index) => {
      expect(both.nested[index]).toEqual(both.native[index]);
    });
  });
});
