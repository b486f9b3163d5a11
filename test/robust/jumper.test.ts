/** Random code: nobody hangs, and nothing is left behind. */
import { expect, test } from 'vitest';
import { jumper } from './jumper.ts';
import { perform } from './lab.ts';

/** All of it where nothing may be skipped; a sample in `npm test` on a user's machine. */
const FULL = process.env.NESTLAB_REQUIRE_BINARIES === '1';
const ROUNDS = FULL ? 8 : 2;
const SEED = Number(process.env.NESTLAB_SEED ?? 1);
const LIMITS = { memory: 16 << 20, instructions: 200_000_000, time: 60e9, layer: { bytes: 2 << 20, names: 500 } };

test('random code at ring 3', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const report = perform({
      files: { '/bin/driver': jumper(SEED * 77 + round, 512) },
      argv: ['/bin/driver'],
      ...LIMITS,
    });
    expect(report, `round ${round}`).toMatchObject({ status: 2, cut: false, violations: [] });
  }
});
