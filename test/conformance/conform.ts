import { describe, expect, it } from 'vitest';
import { canCompare } from '../kernel/compare.ts';
import { expectation } from './limits.ts';
import type { Job } from './plan.ts';

/** Longest that one program may take, ms. */
const PATIENCE = 600_000;

/** Exit code and words of a guest kernel that cannot be where it was started. */
const REFUSED = 125;
const REASON = /[Tt]he kernel at depth \d (cannot|has no) /;

/**
 * Declares a test for each program of each job: it prints what it prints on the real kernel, but for the
 * lines of limits.ts, and ends so.
 */
export function conform(title: string, jobs: readonly Job[]): void {
  describe.skipIf(!canCompare())(`${title} (needs gcc -m32 -static, and to run i386 programs)`, () => {
    for (const { towers, programs } of jobs) {
      describe(towers.join(' > '), () => {
        for (const program of programs) {
          it(program.name, { timeout: PATIENCE }, () => {
            const expected = program.expected();
            expect(expected.output).not.toBe('');
            const { output, status, warnings } = program.under(towers);
            // A tower that cannot be there at this depth says why.
            if (status === REFUSED && towers.length > 1 && REASON.test(warnings.join())) return;
            expect(output).toBe(expectation(program.name, towers, expected.output).output);
            expect(status).toBe(expected.status);
            // Calls that are none are tried on purpose.
            expect(warnings.filter((line) => !line.startsWith('unknown system call'))).toEqual([]);
          });
        }
      });
    }
  });
}
