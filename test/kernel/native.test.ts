import { describe, expect, it } from 'vitest';
import { build, canRunNatively, runNatively, runOurs } from './native.ts';

/** Programs in test/kernel/native: each prints what the kernel does. */
const PROGRAMS = [
  'exec',
  'execveat',
  'identity',
  'limit',
  'memory',
  'restart',
  'signal',
  'stop',
  'thread',
  'time',
  'timer',
  'wait',
  'xattr',
];

describe.skipIf(!canRunNatively())('our kernel against the real one (needs gcc -m32 and i386 execution)', () => {
  for (const name of PROGRAMS) {
    it(name, () => {
      const program = build(name);
      const real = runNatively(program);
      expect(real.output.length).toBeGreaterThan(100);
      const ours = runOurs(program);
      expect(ours.output).toBe(real.output);
      expect(ours.status).toBe(real.status);
      expect(ours.warnings).toEqual([]);
    });
  }
});
