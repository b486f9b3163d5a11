/** Random calls of ktrace(2) and pagetables(2): the kernel goes on, and its books are right. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runCounted } from './run.ts';

describe.skipIf(!canCompare())('random calls (needs gcc -m32)', () => {
  it.each(['1', '2'])('seed %s', (seed) => {
    const { output, run } = runCounted(compile(join(import.meta.dirname, 'native'), 'noise'), [seed]);
    expect(output).toBe('1\n');
    expect(run.audit()).toEqual([]);
  });
});
