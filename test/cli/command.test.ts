import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nestlab } from './nestlab.ts';

/** Every mistake is told in one line on stderr, and the exit code says whose it was. */
function mistake(words: readonly string[], status: number, line: RegExp): void {
  const result = nestlab(words);
  expect(result.stderr).toMatch(/^nestlab: [^\n]*\n$/);
  expect(result.stderr).toMatch(line);
  expect([result.status, result.stdout]).toEqual([status, '']);
}

describe('help', () => {
  it('prints help with five examples and the exit codes', () => {
    const { stdout, status } = nestlab(['--help']);
    expect(status).toBe(0);
    expect(stdout.match(/^ {2}nestlab (run|check) /gm)).toHaveLength(5);
    expect(stdout).toMatch(/128\+n.*127.*126.*\n.*125/);
    expect(nestlab([]).stdout).toBe(stdout);
  });

  it.each(['run', 'check'])('help of %s', (command) => {
    const { stdout, status } = nestlab([command, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: nestlab ${command} `));
    expect(nestlab(['help', command]).stdout).toBe(stdout);
  });

  it('prints the version', () => expect(nestlab(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/));
});

describe('mistakes', () => {
  it('unknown command', () =>
    mistake(['chek', 'x'], 125, /unknown command 'chek'\. Did you mean check\? See: nestlab --help/));
  it('unknown option', () => mistake(['run', '--roots', '/', 'x'], 125, /'--roots'\. Did you mean --root\?/));
  it('no program', () => mistake(['run'], 125, /PROG.*See: nestlab run --help/));
  it('no value', () => mistake(['run', '--root'], 125, /--root/));
  it('memory', () => mistake(['run', '--mem', 'lots', 'true'], 125, /--mem: "lots" is not a size\. Write it as 64M/));
  it('too little memory', () => mistake(['run', '--mem', '1M', 'true'], 125, /--mem: 1M is not possible/));
  it('model', () => mistake(['run', '--cpu', 'pentiun2', 'true'], 125, /Did you mean "pentium2"\? There are: i486/));
  it('root', () => mistake(['run', '--root', '/nowhere', 'true'], 125, /--root: \/nowhere: no such directory/));
  it('root that is a file', () => mistake(['run', '--root', '/etc/passwd', 'true'], 125, /not a directory/));
  it('writing the embedded programs', () => mistake(['run', '--rw', 'true'], 125, /--rw: .*--root DIR --rw/));
  it('environment', () => mistake(['run', '--env', '=x', 'true'], 125, /Write it as NAME=VALUE/));
  it('log kind', () => mistake(['run', '-d', 'exek', 'true'], 125, /Did you mean "exec"\?/));
  it('log file', () =>
    mistake(['run', '-D', '/no/such/dir/x', 'true'], 125, /-D: \/no\/such\/dir\/x cannot be written/));
  it('filter', () => mistake(['run', '--strace=opne', 'true'], 125, /no system call "opne"\. Did you mean "open"\?/));
  it('program', () => mistake(['run', 'lss'], 127, /no program "lss" in the embedded programs\. Did you mean "ls"\?/));
  it('path', () => mistake(['run', '/bin/nothing-like-it'], 127, /no program "\/bin\/nothing-like-it"/));
  it('not executable', () => mistake(['run', '/etc/passwd'], 126, /\/etc\/passwd: it may not be executed/));
  it('directory', () => mistake(['run', '/etc'], 126, /\/etc/));
  it('script without interpreter', () => {
    const root = mkdtempSync(join(tmpdir(), 'nestlab-command-'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'bin', 'script'), '#!/bin/nosuch\n', { mode: 0o755 });
    mistake(['run', '--root', root, 'script'], 127, /run: script: it is there, but the interpreter/);
    rmSync(root, { recursive: true });
  });
  it('check: no file', () => mistake(['check', '/no/such'], 125, /check: \/no\/such: no such file/));
  it('check: not a program', () => mistake(['check', '/etc/passwd'], 125, /not an ELF file/));
  it('check: this very node', () => mistake(['check', process.execPath], 125, /not an i386 program/));
});
