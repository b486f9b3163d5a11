/** Random system calls and random code: the kernel answers each, nobody hangs, and nothing is left behind. */
import { expect, test } from 'vitest';
import { caller, jumper } from './fuzz.ts';
import { perform } from './lab.ts';

/** All of it where nothing may be skipped; a sample in `npm test` on a user's machine. */
const FULL = process.env.NESTLAB_REQUIRE_BINARIES === '1';
const CALLS = FULL ? 200_000 : 50_000;
const ROUNDS = FULL ? 8 : 2;
const SEED = Number(process.env.NESTLAB_SEED ?? 1);
/** Calls of one child, and children of one run. */
const LOAD = 48;
const CHILDREN = 512;
const LIMITS = { memory: 16 << 20, instructions: 200_000_000, time: 60e9, layer: { bytes: 2 << 20, names: 500 } };

test(`${CALLS} random system calls, seed ${SEED}`, () => {
  let calls = 0;
  for (let round = 0; calls < CALLS; round++) {
    const seed = SEED * 1000 + round;
    const program = caller(seed, CHILDREN, LOAD, round % 4 === 3 ? undefined : 1000);
    const report = perform({
      files: { '/bin/driver': program },
      argv: ['/bin/driver'],
      ...LIMITS,
      seed,
      terminal: round % 2 === 0,
    });
    expect(report, `seed ${seed}`).toMatchObject({ violations: [] });
    if (round % 4 !== 3) expect(report, `seed ${seed}`).toMatchObject({ status: CHILDREN >> 8, cut: false });
    calls += report.calls;
  }
  expect(calls).toBeGreaterThanOrEqual(CALLS);
});

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
