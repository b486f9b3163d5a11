/** Random instruction streams of every encoding, executed by the real processor and by ours. */
import { afterAll, describe, expect, it } from 'vitest';
import { ROWS } from '../../src/machine/opcodes/table.ts';
import { allowance } from './differences.ts';
import { type Case, Generator } from './generate.ts';
import { imageSize, openOracle, whyNoOracle } from './oracle.ts';
import { Ours } from './ours.ts';
import { Random } from './random.ts';
import { describeCase } from './report.ts';
import { differences, fromOracle, type Result } from './result.ts';

const missing = whyNoOracle();
const count = Number(process.env.NESTLAB_CPU_COUNT ?? 100_000);
const seed = Number(process.env.NESTLAB_SEED ?? 1);
const only = process.env.NESTLAB_CPU_ONLY;
const BATCH = 5000;

/** Where the snippet server lies (5.., 6..), or our descriptor tables (c..): such a snippet is not compared. */
function hitsServer(result: Result): boolean {
  const within = (address: number) => [5, 6, 0xc].includes(address >>> 28);
  return result.vector === -2 || within(result.eip) || (result.vector === 14 && within(result.address));
}

describe.skipIf(missing)(
  `random instructions against the real processor${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    const oracle = missing ? undefined : openOracle();
    afterAll(() => oracle?.close());

    it(`${count} snippets, seed ${seed} (NESTLAB_CPU_COUNT, NESTLAB_SEED)`, { timeout: 30_000 + count }, () => {
      const ours = new Ours();
      const generator = new Generator(only ? ROWS.filter(({ name }) => new RegExp(only).test(name)) : ROWS);
      const random = new Random(seed);
      const reports: string[] = [];
      for (let done = 0; done < count && reports.length < 20; done += BATCH) {
        const image = memoryImage(random);
        ours.setImage(image);
        const cases: Case[] = [];
        const results: Result[] = [];
        while (cases.length < Math.min(BATCH, count - done)) {
          const made = generator.make(random);
          const result = ours.run(made.snippet, made.encodings.length);
          if (hitsServer(result)) continue;
          cases.push(made);
          results.push(result);
        }
        const outcomes = oracle!.run(
          image,
          cases.map(({ snippet }) => snippet),
        );
        outcomes.forEach((outcome, i) => {
          const made = cases[i];
          const theirs = fromOracle(made.snippet, outcome);
          const lines = differences(results[i], theirs, allowance(made, results[i]));
          if (lines.length > 0) reports.push(describeCase(made, lines, seed, done + i));
        });
      }
      expect(reports.slice(0, 20).join('\n')).toBe('');
    });
  },
);

/** A random memory image: boundary values and plain random bytes. */
function memoryImage(random: Random): Uint8Array {
  const words = Int32Array.from({ length: imageSize >> 2 }, () =>
    random.chance(0.5) ? random.operand() : random.word(),
  );
  return new Uint8Array(words.buffer);
}
