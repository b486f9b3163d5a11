/** What `run --guest` and a guest kernel's own command line refuse: one clear line each, and nothing is left running. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Guests } from '../../src/cli/run/guests.ts';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
const PATIENCE = 60_000;

function run(...words: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, 'run', ...words], {
    encoding: 'utf8',
    input: '',
    timeout: PATIENCE,
  });
  return { text: stdout + stderr, status };
}

describe('the command refuses', () => {
  it.each([
    ['an unknown tower', ['--guest', 'sysmu'], '--guest: sysmu: there is no tower sysmu. Did you mean sysemu?'],
    [
      'parts that do not fit',
      ['--guest', 'sysemu+jail'],
      '--guest: sysemu+jail: sysemu does not go together with jail: as protection it has apart',
    ],
    [
      'five of them',
      Array.from({ length: 5 }, () => ['--guest', 'sysemu']).flat(),
      '--guest: 5 of them. Guest kernels nest 4 deep at most: leave some out',
    ],
    [
      'a port for a guest kernel',
      ['--guest', 'sysemu', '--publish', '0:80'],
      '--publish: a guest kernel has a network of its own, to which no port leads. Leave out --guest',
    ],
    ['no name', ['--guest'], "option '--guest <TOWER>' argument missing. See: nestlab run --help"],
  ])('%s', (_what, options, line) => {
    const words = options.at(-1) === '--guest' ? options : [...options, '--', '/bin/true'];
    expect(run(...words)).toEqual({ text: `nestlab: ${line}\n`, status: 125 });
  });
});

describe('a guest kernel refuses', () => {
  const below = 'the kernel below has not so much memory; give less, or the run more (--mem)';
  it.each([
    ['no program of that name', ['/bin/nothing'], '/bin/nothing: cannot be executed: No such file or directory', 127],
    ['what is no program', ['/bin'], '/bin: cannot be executed: Permission denied', 126],
    [
      'too little memory',
      ['/boot/nestlab', 'mem=512K', 'tower=skas', '--', '/bin/true'],
      'mem=512K: expected a size from 1M to 1G in steps of 64K, such as mem=64M',
      125,
    ],
    [
      'a size that is none',
      ['/boot/nestlab', 'mem=much', 'tower=skas', '--', '/bin/true'],
      'mem=much: expected a size from 1M to 1G in steps of 64K, such as mem=64M',
      125,
    ],
    [
      'more memory than there is',
      ['/boot/nestlab', 'mem=900M', 'tower=skas', '--', '/bin/true'],
      `mem=900M: ${below}`,
      125,
    ],
    [
      'no program at all',
      ['/boot/nestlab', 'tower=skas'],
      "no program: expected '-- PROGRAM ARGUMENTS...' at the end",
      125,
    ],
    [
      'an option that it does not know',
      ['/boot/nestlab', 'x=1', '--', '/bin/true'],
      "unknown option 'x=1': mem=SIZE and tower=NAME are known",
      125,
    ],
    [
      'a tower that there is not',
      ['/boot/nestlab', 'tower=skass', '--', '/bin/true'],
      'tower=skass: there is no tower skass. Did you mean skas?',
      125,
    ],
    [
      'memory that is not its own',
      ['/boot/nestlab', 'memfd=77', 'tower=tt', 'mem=1M', '--', '/bin/true'],
      `mem=1M: ${below}`,
      125,
    ],
  ])('%s', (_what, words, line, status) => {
    expect(run('--guest', 'sysemu', '--', ...words)).toEqual({ text: `nestlab guest: ${line}\n`, status });
  });

  it('a depth for which the memory does not suffice', () => {
    const words = ['sysemu', 'skas', 'umlinux', 'sysemu'].flatMap((tower) => ['--guest', tower]);
    const { text, status } = run('--mem', '4M', ...words, '--', '/bin/true');
    expect(text).toMatch(/^nestlab guest: mem=\dM: the kernel below has not so much memory; .*\n$/);
    expect(status).toBe(125);
  });
});

describe('the outermost guest kernel was killed', () => {
  it('is said in one line, with its name and the signal', () => {
    const guests = new Guests(['tt', 'skas']);
    expect(guests.farewell(9)).toBe('the guest kernel at depth 1 (tt) is no more: it was killed by SIGKILL');
    expect(guests.farewell(137 << 8)).toBeUndefined();
    expect(new Guests([]).farewell(9)).toBeUndefined();
  });
});
