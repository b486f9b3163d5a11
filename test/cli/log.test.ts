import { expect, it } from 'vitest';
import { warner } from '../../src/cli/run/log.ts';

it('a bomb of warnings is cut short, kind by kind', () => {
  const lines: string[] = [];
  const warn = warner({ line: (text) => lines.push(text), close: () => {} });
  for (let pid = 1; pid <= 1000; pid++) warn(`out of memory (4 MiB): killed process ${pid} (sh)`);
  warn('unknown system call 300 (x, pid 2): ENOSYS');
  expect(lines).toHaveLength(12);
  expect(lines[9]).toBe('nestlab: out of memory (4 MiB): killed process 10 (sh)');
  expect(lines[10]).toBe('nestlab: out of memory...: more of these are not shown');
  expect(lines[11]).toBe('nestlab: unknown system call 300 (x, pid 2): ENOSYS');
});
