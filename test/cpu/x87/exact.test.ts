import { describe, expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { PARTS } from './compare.ts';
import { buildOracle, NO_ORACLE } from './oracle.ts';
import { difference } from './report.ts';
import { ARITHMETIC, EXACT, writeRequest } from './requests.ts';

const BATCHES = Number(process.env.NESTLAB_X87_BATCHES ?? 20);
const seed = Number(process.env.NESTLAB_SEED ?? 20261120);
const program = buildOracle();

function compare(real: DataView, ours: DataView): string[] {
  return PARTS.flatMap(([name, at, bytes]) => difference(name, real, ours, at, bytes));
}

describe.skipIf(program === null && process.env.NESTLAB_REQUIRE_ORACLE !== '1')('x87 against the real FPU', () => {
  it(`agrees bit for bit on ${BATCHES * 10_000} operations, seed ${seed}`, () => {
    if (program === null) throw new Error(NO_ORACLE);
    const found = campaign(
      program,
      seed,
      BATCHES,
      (random, requests, at) => writeRequest(random, random.chance(0.5) ? ARITHMETIC : EXACT, requests, at),
      compare,
    );
    expect(found).toEqual([]);
  });
});
