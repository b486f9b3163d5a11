/** Random instruction streams of every encoding, executed by the real processor and by ours. */
import { afterAll, describe, expect, it } from 'vitest';
import { ROWS } from '../../src/machine/opcodes/table.ts';
import { run } from './campaign.ts';
import { openOracle, whyNoKnownOracle } from './oracle.ts';

const missing = whyNoKnownOracle();
const count = Number(process.env.NESTLAB_CPU_COUNT ?? 100_000);
const seed = Number(process.env.NESTLAB_SEED ?? 1);
/** Regular expression for row names: only these, to look into a difference. */
const only = new RegExp(process.env.NESTLAB_CPU_ONLY ?? '^');

const title = 'random instructions against the real processor';

describe.skipIf(missing)(`${title}${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const oracle = missing ? undefined : openOracle();
  afterAll(() => oracle?.close());

  it(`${count} snippets, seed ${seed} (NESTLAB_CPU_COUNT, NESTLAB_SEED)`, { timeout: 30_000 + count }, () => {
    expect(run({ oracle: oracle!, rows: ROWS, only, count, seed, enough: 20 }).join('\n')).toBe('');
  });
});
