/** A guest kernel's own books are looked into at its end (the runner tells what is wrong as a warning), at every depth. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Guest } from '../../src/guest/platform.ts';
import { runUnder } from './runner.ts';

const MEMORY = 64 << 20;
const SCRIPT = ['/bin/sh', '-c', 'echo one | cat; (exit 3); sleep 0.01 & wait'];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the books of a guest kernel', () => {
  it.each(['umlinux', 'tt', 'skas', 'sysemu', 'ktrace', 'ktrace+pagetables'])('%s: agree', (tower) => {
    expect(runUnder([tower], SCRIPT, MEMORY)).toMatchObject({ output: 'one\n', status: 0, warnings: [] });
  });

  it('a frame that nobody answers for is told with the depth', () => {
    vi.spyOn(Guest.prototype, 'audit').mockImplementation(() => {});
    const { warnings } = runUnder(['sysemu', 'ktrace'], SCRIPT, MEMORY);
    expect(warnings.length).toBeGreaterThan(0);
    for (const line of warnings) expect(line).toMatch(/^depth 1: frame 0x[\da-f]+: expected 0 references, found 1$/);
  });
});
