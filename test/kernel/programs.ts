import { describe, expect, it } from 'vitest';
import { canCompare, compile } from './compare.ts';
import { runNatively, runOurs } from './native.ts';

/** Longest that one program may take on both kernels, with its compilation, ms. */
const PATIENCE = 60_000;

/**
 * Declares a test for each C program of a folder: it prints the same on the real kernel and on ours, at least `least`
 * characters of it, and ends the same. `more` declares tests of another kind beside them.
 */
export function comparePrograms(
  title: string,
  folder: string,
  names: readonly string[],
  { least = 100, more = () => {} }: { least?: number; more?: () => void } = {},
): void {
  describe.skipIf(!canCompare())(`${title} against the real kernel (needs gcc -m32 -static)`, () => {
    for (const name of names) {
      it(name, { timeout: PATIENCE }, () => {
        const program = compile(folder, name);
        const real = runNatively(program);
        expect(real.output.length).toBeGreaterThan(least);
        const ours = runOurs(program);
        expect(ours.output).toBe(real.output);
        expect(ours.status).toBe(real.status);
        expect(ours.warnings).toEqual([]);
      });
    }
    more();
  });
}
