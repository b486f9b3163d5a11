/** Redirections that meet signals, single steps, and frames that a kernel has filled with what it must not. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runCounted } from './run.ts';

// nop, inc, mov (5 bytes), int: a step each; HLT is #GP.
const EXPECTED = `calls 20000 wrong 0 signals in the application 1 in its kernel 1
why 3 number 1 at +1, trap flag 1
why 3 number 1 at +2, trap flag 1
why 3 number 1 at +7, trap flag 1
why 1 number 20 at +9, trap flag 1
why 3 number 1 at +10, trap flag 1
why 3 number 1 at +11, trap flag 1
why 3 number 13 at +11, trap flag 1
why 3 number 13 at +11, trap flag 1
its kernel is not stepped: 1
data of ring 0: why 1 number 20 cs 3 ss 3 ds 0 flags 0
the tss: why 1 number 20 cs 3 ss 3 ds 0 flags 0
i/o privilege and vm: why 1 number 20 cs 3 ss 3 ds 0 flags 0
beyond the limit: why 3 number 13 cs 3 ss 3 ds 0 flags 0
in the host: why 3 number 13 cs 3 ss 3 ds 0 flags 0
cs of ring 0: ends with signal 11
cs of ring 1: ends with signal 11
null cs: ends with signal 11
ss of ring 0: ends with signal 11
null ss: ends with signal 11
`;

describe.skipIf(!canCompare())('redirections (needs gcc -m32)', () => {
  it('lose nothing and let nothing through', () => {
    const { output, run } = runCounted(compile(join(import.meta.dirname, 'native'), 'race'), []);
    expect(output).toBe(EXPECTED);
    expect(run.audit()).toEqual([]);
  });
});
