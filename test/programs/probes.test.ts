import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { found, programs, runsNatively } from './stage.ts';

/** Runs bin/NAME with the arguments. */
function run(name: string, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(join(programs, 'bin', name), args, {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout, stderr, status };
}

// 0 + 1 + ... + 99 written by fault; 1 + 2 + ... + 100 come back through pipe; cpu's checksums come from the same arithmetic written in Python.
const results: readonly (readonly [string, number, number])[] = [
  ['getpid', 100, 100],
  ['fault', 100, 4950],
  ['mmap', 100, 100],
  ['pipe', 100, 5050],
  ['switch', 100, 100],
  ['fork', 100, 100],
  ['exec', 100, 100],
  ['signal', 100, 100],
  ['read', 100, 100],
  ['write', 100, 100],
  ['open', 100, 100],
  ['cpu', 100, 339319902],
  ['cpu', 100000, 3496924868],
];

/** System calls per operation: the slope between two counts, as strace counts them. */
const slopes: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ['getpid', { getpid: 1 }],
  ['mmap', { mmap2: 1, munmap: 1 }],
  ['pipe', { read: 2, write: 2 }],
  ['switch', { sched_yield: 2 }],
  ['fork', { fork: 1, wait4: 1, exit_group: 1 }],
  ['exec', { fork: 1, execve: 1, wait4: 1, exit_group: 1 }],
  ['signal', { kill: 1, sigreturn: 1 }],
  ['read', { pread64: 1 }],
  ['write', { pwrite64: 1 }],
  ['open', { open: 1, close: 1 }],
  ['cpu', {}],
  ['fault', {}],
];

/** How often each call was made during a run with this count. */
function callCounts(strace: string, name: string, count: number): Map<string, number> {
  const { stderr } = spawnSync(
    strace,
    ['-f', '-qq', '-e', 'signal=none', join(programs, 'bin', `probe-${name}`), String(count)],
    { encoding: 'utf8', timeout: 60_000 },
  );
  const counts = new Map<string, number>();
  for (const match of stderr.matchAll(/^(?:\[pid +\d+\] )?([a-z0-9_]+)\(/gm)) {
    const call = match[1] ?? '';
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}

describe.skipIf(!runsNatively)('programs/probes on the real kernel (linux x64 only)', () => {
  test('there is a result for every probe', () => {
    const probes = readdirSync(join(programs, 'bin')).filter((name) => name.startsWith('probe-'));
    expect([...new Set(results.map(([name]) => `probe-${name}`))].sort()).toEqual(probes);
  });

  test.each(results)('probe-%s %i prints %i', (name, count, result) => {
    expect(run(`probe-${name}`, String(count))).toEqual({
      stdout: `${name} ${count} ${result}\n`,
      stderr: '',
      status: 0,
    });
  });

  test('a count that is none is refused', () => {
    for (const args of [[], ['x'], ['-1'], [''], ['99999999999']])
      expect(run('probe-getpid', ...args)).toEqual({ stdout: '', stderr: 'usage: probe-getpid COUNT\n', status: 2 });
  });

  test('hello', () => {
    expect(run('hello')).toEqual({ stdout: 'Hello from nestlab\n', stderr: '', status: 0 });
  });

  const strace = found('/usr/bin/strace');
  test.skipIf(!strace).each(slopes)(
    'probe-%s makes exactly its calls per operation (needs strace)',
    (name, expected) => {
      const few = callCounts(strace ?? '', name, 10);
      const many = callCounts(strace ?? '', name, 30);
      const slope: Record<string, number> = {};
      for (const [call, count] of many) if (count !== few.get(call)) slope[call] = (count - (few.get(call) ?? 0)) / 20;
      expect(slope).toEqual(expected);
    },
  );
});
