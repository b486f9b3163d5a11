import { expect, it } from 'vitest';
import { compile } from '../compare.ts';
import { runOurs } from '../native.ts';
import { comparePrograms } from '../programs.ts';

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

function givesBack(): void {
  it('gives everything back', () => {
    const { output, status, warnings, frames } = runOurs(compile(import.meta.dirname, 'leak'), { memory: 16 << 20 });
    expect({ output, status, warnings }).toEqual({ output: 'first free descriptor 3\n', status: 0, warnings: [] });
    // The kernel's own: the zero page and what the boot made.
    expect(frames).toBeLessThanOrEqual(OWN_FRAMES);
  });
}

comparePrograms('sockets', import.meta.dirname, PROGRAMS, { more: givesBack });
