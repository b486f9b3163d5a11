/** --strace of programs on guest kernels: the innermost kernel's, or those of a depth. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAIN, nestlab } from './nestlab.ts';

const HELLO = 'write(1, "Hello from nestlab\\n", 19) = 19';

describe.skipIf(!existsSync(MAIN))('--strace --guest (after npm run build)', () => {
  const trace = (...words: string[]): string[] =>
    nestlab(['run', '--strace=write', ...words, '--', '/bin/hello']).stderr.split('\n');

  it('shows the programs of the innermost kernel, with its depth', () => {
    expect(trace('--guest', 'sysemu', '--guest', 'skas')).toEqual([
      `2:2     ${HELLO}`,
      '2:2     +++ exited with 0 +++',
      '',
    ]);
  });

  it('shows those of the host kernel: the guest kernel writes what its program wrote', () => {
    const lines = trace('--guest', 'sysemu', '--strace-depth', '0');
    expect(lines.filter((line) => line.includes('write('))).toEqual([`2     ${HELLO}`]);
  });

  it('shows all of them', () => {
    const writes = trace('--guest', 'sysemu', '--guest', 'skas', '--strace-depth', 'all').filter((line) =>
      line.includes('write('),
    );
    expect(writes.map((line) => line.split(' ')[0]).sort()).toEqual(['1:2', '2', '2:2']);
  });

  it('refuses a depth that there is not', () => {
    const { status, stderr } = nestlab([
      'run',
      '--strace',
      '--strace-depth',
      '2',
      '--guest',
      'sysemu',
      '--',
      '/bin/hello',
    ]);
    expect({ status, stderr }).toEqual({
      status: 125,
      stderr: 'nestlab: --strace-depth: "2" is no depth of this run. Give 0 (the host) to 1, or all\n',
    });
  });
});
