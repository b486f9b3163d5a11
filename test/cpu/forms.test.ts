/** The fast forms of the interpreter against the general semantics of the same rows: no instruction may differ. */
import { expect, it } from 'vitest';
import { ROWS } from '../../src/machine/opcodes/table.ts';
import { allowance } from './differences.ts';
import { Generator } from './generate.ts';
import { imageSize } from './oracle.ts';
import { Ours } from './ours.ts';
import { Random } from './random.ts';
import { describeCase } from './report.ts';
import { differences } from './result.ts';

const COUNT = Number(process.env.NESTLAB_CPU_COUNT ?? 100_000);
const seed = Number(process.env.NESTLAB_SEED ?? 1);

it(`${COUNT} snippets, seed ${seed}: fast forms and general semantics agree`, { timeout: 30_000 + COUNT }, () => {
  const fast = new Ours();
  const general = new Ours();
  general.cpu.forms = false;
  const generator = new Generator(ROWS.filter(({ operands }) => !/[PQVWNU]/.test(operands)));
  const random = new Random(seed);
  const image = new Uint8Array(Int32Array.from({ length: imageSize >> 2 }, () => random.operand()).buffer);
  fast.setImage(image);
  general.setImage(image);
  for (let i = 0; i < COUNT; i++) {
    const made = generator.make(random, i);
    const a = fast.run(made.snippet, made.encodings.length);
    const b = general.run(made.snippet, made.encodings.length);
    const lines = differences(a, b, allowance(made, a));
    if (lines.length > 0) expect(describeCase(made, lines, seed, i)).toBe('');
  }
});
