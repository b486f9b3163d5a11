/** ptrace(2) against the real kernel: programs tell, line by line, what every request and stop does. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runNatively, runOurs } from '../kernel/native.ts';

const NAMES = ['ptrace', 'tracer-ends'];

describe.skipIf(!canCompare()).each(NAMES)('%s against the real kernel (needs gcc -m32 and i386 execution)', (name) => {
  const program = compile(join(import.meta.dirname, 'native'), name);
  const real = runNatively(program);
  const ours = runOurs(program);
  const lines = ours.output.split('\n');

  it('ends the same', () => {
    expect(ours.warnings).toEqual([]);
    expect(ours.status).toBe(real.status);
    expect(lines).toHaveLength(real.output.split('\n').length);
  });

  it.each(real.output.split('\n').map((line, index) => [line, index] as const))('%s', (line, index) => {
    expect(lines[index]).toBe(line);
  });
});
