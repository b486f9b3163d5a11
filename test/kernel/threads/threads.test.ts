import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../compare.ts';
import { runNatively, runOurs } from '../native.ts';

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = [
  'broadcast',
  'clone',
  'execat',
  'futex',
  'group',
  'kcmp',
  'pidfd',
  'privilege',
  'schedule',
  'seccomp',
  'segment',
  'torture',
];

describe.skipIf(!canCompare())('threads against the real kernel (needs gcc -m32 -static)', () => {
  for (const name of PROGRAMS) {
    it(name, () => {
      const program = compile(import.meta.dirname, name);
      const real = runNatively(program);
      expect(real.output.length).toBeGreaterThan(100);
      const ours = runOurs(program);
      expect(ours.output).toBe(real.output);
      expect(ours.status).toBe(real.status);
      expect(ours.warnings).toEqual([]);
    });
  }
});
