import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../compare.ts';
import { runNatively, runOurs } from '../native.ts';

/** Programs of this folder: each prints what the kernel does. */
const FOLDER = join(import.meta.dirname, 'native');
const PROGRAMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.slice(0, -2));

describe.skipIf(!canCompare())('files against the real kernel (needs gcc -m32 -static)', () => {
  for (const name of PROGRAMS) {
    it(name, { timeout: 60_000 }, () => {
      const program = compile(FOLDER, name);
      const real = runNatively(program);
      expect(real.output.length).toBeGreaterThan(100);
      const ours = runOurs(program);
      expect(ours.output).toBe(real.output);
      expect(ours.status).toBe(real.status);
      expect(ours.warnings).toEqual([]);
    });
  }
});
