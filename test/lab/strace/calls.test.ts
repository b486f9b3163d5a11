import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HostTree } from '../../../src/cli/tree/hosttree.ts';
import { StraceLog } from '../../../src/lab/strace/log.ts';
import { runToEnd } from '../runner.ts';
import { buildProbe, haveStrace, SYSCALL_C, straceIn } from './native.ts';

/** What may differ between two kernels that do the same: addresses, pids, and columns. */
function normal(line: string): string {
  return line
    .replace(/^\d+ +/, '')
    .replace(/ +=/, ' =')
    .replace(/0x[0-9a-f]{5,}/g, 'ADDRESS')
    .replace(/\bSNDCTL_\w+ or /, '')
    .replace(/^(stat64\("dev".*st_size=)\d+/, '$1N')
    .replace(/\b(si_pid|st_ino)=\d+/g, '$1=N');
}

/**
 * Lines of the parent alone, whole calls only: when processes take turns differs, so that fork and wait4 are one line or
 * two by chance; and strace shows signals that are ignored.
 */
function calls(lines: readonly string[]): string[] {
  const parent = lines[0].split(' ')[0];
  return lines
    .filter(
      (line) =>
        line.split(' ')[0] === parent &&
        !/unfinished|resumed>|^\d+ +---|^\d+ +(fork|wait4)\(|^\d+ +execve\("\.?\/probe/.test(line),
    )
    .map(normal);
}

describe.skipIf(!haveStrace)('calls with their memory, as the real strace prints them on the real kernel', () => {
  it('equal line by line', () => {
    const dir = mkdtempSync(join(tmpdir(), 'nestlab-calls-'));
    try {
      for (const name of ['dev', 'proc', 'tmp']) mkdirSync(join(dir, name));
      writeFileSync(join(dir, 'data'), 'one line of text\nand another one, which is longer\n'.repeat(5), {
        mode: 0o644,
      });
      buildProbe(dir, SYSCALL_C + readFileSync(new URL('calls.c', import.meta.url), 'utf8'));
      const inside = mkdtempSync(join(tmpdir(), 'nestlab-calls-'));
      cpSync(dir, inside, { recursive: true });
      const theirs = calls(straceIn(dir, ['-f', './probe']));
      const lines: string[] = [];
      const tree = (memory: ConstructorParameters<typeof HostTree>[2]): HostTree => new HostTree(inside, false, memory);
      const { end } = runToEnd({
        tree,
        argv: ['/probe'],
        env: [],
        observer: () => new StraceLog({ depth: 0, shows: () => true, events: true, emit: (line) => lines.push(line) }),
      });
      rmSync(inside, { recursive: true });
      expect(end).toEqual({ kind: 'ended', status: 3 << 8 });
      expect(calls(lines)).toEqual(theirs);
      expect(theirs.length).toBeGreaterThan(110);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
