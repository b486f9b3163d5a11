import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../compare.ts';
import { runNatively, runOurs } from '../native.ts';

/** Frames that the kernel keeps for itself after the last program has ended. */
const OWN_FRAMES = 8;

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = [
  'unix',
  'message',
  'inet',
  'inet6',
  'ends',
  'netlink',
  'urgent',
  'garbage',
  'ancillary',
  'errors',
  'splice',
];

describe.skipIf(!canCompare())('sockets against the real kernel (needs gcc -m32 -static)', () => {
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

  it('gives everything back', () => {
    const { output, status, warnings, frames } = runOurs(compile(import.meta.dirname, 'leak'), { memory: 16 << 20 });
    expect({ output, status, warnings }).toEqual({ output: 'first free descriptor 3\n', status: 0, warnings: [] });
    // The kernel's own: the zero page and what the boot made.
    expect(frames).toBeLessThanOrEqual(OWN_FRAMES);
  });
});
