/** Debian's i386 programs, line by line: the real kernel and nestlab print the same and end the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import { LINES } from './lines.ts';
import { type Both, runBoth, whyNoDebian } from './run.ts';

const missing = whyNoDebian();

describe.skipIf(missing)(`Debian's programs against the real kernel${missing ? ` (skipped: ${missing})` : ''}`, () => {
  describe.each(Object.entries(LINES))('%s', (_program, lines) => {
    let both: Both;
    beforeAll(() => {
      both = runBoth(lines);
    }, 300_000);

    it('reaches the end', () => {
      expect(both.native).toHaveLength(lines.length);
      expect(both.rest).toMatchObject({ status: 0 });
    });

    it.each(lines.map((line, index) => [line.slice(0, 100), index] as const))('%s', (_title, index) => {
      expect(both.nested[index]).toEqual(both.native[index]);
    });
  });
});
