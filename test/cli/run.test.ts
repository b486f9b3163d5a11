import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsFolder } from '../../src/cli/tree/embedded.ts';
import { MAIN, nestlab } from './nestlab.ts';

const sh = (script: string, ...options: string[]) => nestlab(['run', ...options, '--', '/bin/sh', '-c', script]);

describe('a run stands for its program', () => {
  it('output and success', () => {
    expect(nestlab(['run', '--', '/bin/hello'])).toMatchObject({
      status: 0,
      stdout: 'Hello from nestlab\n',
      stderr: '',
    });
  });

  it('looks names up in PATH, and takes everything behind the name as arguments', () => {
    expect(nestlab(['run', 'echo', '-n', '--stat', '--', '-x'])).toMatchObject({ stdout: '--stat -- -x', stderr: '' });
  });

  it('exit status', () => expect(sh('exit 42').status).toBe(42));
  it('128 + signal', () => expect(sh('kill -9 $$').status).toBe(137));
  it('standard error is apart', () =>
    expect(sh('echo out; echo err >&2')).toMatchObject({ stdout: 'out\n', stderr: 'err\n' }));
  it('bytes pass through untouched', () => {
    const input = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) & 255));
    expect(Buffer.from(nestlab(['run', 'cat'], { input }).stdout, 'latin1').equals(input)).toBe(true);
  });

  it('reads a file as its input', () => {
    const fd = openSync(join(programsFolder(), 'root/etc/passwd'), 'r');
    const { stdout } = nestlab(['run', 'cat'], { stdio: [fd, 'pipe', 'pipe'] });
    closeSync(fd);
    expect(stdout).toBe(readFileSync(join(programsFolder(), 'root/etc/passwd'), 'latin1'));
  });

  it('does not touch an input that the program does not read', () => {
    const shell = `(echo one; echo two) | (${process.execPath} ${MAIN} run -- /bin/true; cat)`;
    expect(spawnSync('/bin/sh', ['-c', shell], { encoding: 'utf8' }).stdout).toBe('one\ntwo\n');
  });

  it('dies of SIGPIPE when its reader goes away', () => {
    const shell = `${process.execPath} ${MAIN} run yes | head -n 1; echo "\${PIPESTATUS[0]}"`;
    expect(spawnSync('/bin/bash', ['-c', shell], { encoding: 'utf8', timeout: 110_000 }).stdout).toBe('y\n141\n');
  });

  it('environment, working directory, host name', () => {
    const { stdout } = sh('echo $A; pwd; uname -n; echo $PATH', '--env', 'A=b c', '--cwd', '/etc');
    expect(stdout).toBe('b c\n/etc\nnestlab\n/bin:/sbin:/usr/bin:/usr/sbin:/usr/local/bin\n');
  });

  it('hands signals on', async () => {
    const child = spawn(process.execPath, [
      MAIN,
      'run',
      '--',
      '/bin/sh',
      '-c',
      'trap "exit 9" TERM; echo up; while :; do :; done',
    ]);
    const status = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await status).toBe(9);
  });

  it('ends as the program does that SIGINT ends', async () => {
    const child = spawn(process.execPath, [MAIN, 'run', '--', '/bin/sh', '-c', 'echo up; while :; do :; done']);
    const status = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await status).toBe(130);
  });

  it('sleeps in virtual time', () => {
    const begun = performance.now();
    expect(nestlab(['run', 'sleep', '1000']).status).toBe(0);
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});

describe('what it counts and logs', () => {
  it('--stat: a table on stderr', () => {
    const { stdout, stderr } = nestlab(['run', '--stat', '--', '/bin/hello']);
    expect(stdout).toBe('Hello from nestlab\n');
    expect(stderr).toMatch(/^ Counts for \/bin\/hello:\n/m);
    expect(stderr).toMatch(/^ +6\d {2}instructions$/m);
    expect(stderr).toMatch(/^ +2 {2}system calls\n +1 {4}exit_group\n +1 {4}write$/m);
  });

  it('--stat --json: counts only, equal in every run', () => {
    const stat = () => nestlab(['run', '--stat', '--json', '--', '/bin/sh', '-c', 'ls /bin | wc -l']).stderr;
    const first = stat();
    expect(JSON.parse(first)).toMatchObject({ calls: { execve: 2, exit_group: 3 }, events: { crossingGate: 0 } });
    expect(stat()).toBe(first);
  });

  it('the trace hash is equal in every run', () => {
    const hash = (...options: string[]) =>
      nestlab(['run', '-d', 'hash', ...options, '--', '/bin/sh', '-c', 'ls -l /bin | sort | head -3; mktemp']).stderr;
    const first = hash();
    expect(first).toMatch(/^trace hash [0-9a-f]{16}$/m);
    expect(hash()).toBe(first);
  });

  it('--strace: lines as strace prints them', () => {
    const { stderr } = nestlab(['run', '--strace=open,write', '--', 'cat', '/etc/hostname', '/nothing']);
    expect(stderr.split('\n')).toEqual([
      '2     open("/etc/hostname", O_RDONLY)   = 3',
      '2     write(1, "nestlab\\n", 8)          = 8',
      '2     open("/nothing", O_RDONLY)        = -1 ENOENT (No such file or directory)',
      'cat: /nothing: No such file or directory',
      '2     write(2, "cat: /nothing: No such file or d"..., 41) = 41',
      '2     +++ exited with 1 +++',
      '',
    ]);
  });

  it('--strace --json: one object a line', () => {
    const lines = nestlab(['run', '--strace', '--json', '--', '/bin/hello']).stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'call', depth: 0, pid: 2, number: 4, name: 'write', result: 19, outcome: '19' },
      { kind: 'call', name: 'exit_group', text: 'exit_group(0)', result: null, outcome: '?' },
      { kind: 'exit', pid: 2, code: 0 },
    ]);
  });

  it('--strace -c: a table', () => {
    const { stderr } = nestlab(['run', '--strace', '-c', '--', 'cat', '/nothing']);
    expect(stderr).toMatch(/^% time +seconds +usecs\/call +calls +errors syscall\n------/m);
    expect(stderr).toMatch(/ 1 +1 open$/m);
    expect(stderr).toMatch(/ total$/m);
  });

  it('-D: logs go to a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nestlab-log-')), 'log');
    expect(nestlab(['run', '--strace', '-d', 'crossing', '-D', file, '--', '/bin/hello'])).toMatchObject({
      stdout: 'Hello from nestlab\n',
      stderr: '',
    });
    const log = readFileSync(file, 'utf8');
    expect(log).toMatch(/^2 {5}write\(1, "Hello from nestlab\\n", 19\) = 19$/m);
    expect(log).toMatch(/crossingSoftware 0x80$/m);
  });

  it('-d exec: every instruction of the program', () => {
    const { stderr } = nestlab(['run', '-d', 'exec', '--', '/bin/hello']);
    const own = stderr.split('\n').filter((line) => line.startsWith('3 '));
    expect([own.length > 55, own.length < 70]).toEqual([true, true]);
    expect(stderr).toMatch(/^3 0x08048[0-9a-f]{3} {2}cd 80 +int 0x80$/m);
  });
});

describe('--root', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nestlab-root-'));
    mkdirSync(join(root, 'bin'));
    for (const name of ['sh', 'tools'])
      writeFileSync(join(root, 'bin', name), readFileSync(join(programsFolder(), 'bin', name)), { mode: 0o755 });
    for (const name of ['cat', 'rm', 'ls', 'mkdir', 'ln'])
      writeFileSync(join(root, 'bin', name), readFileSync(join(programsFolder(), 'bin/tools')), { mode: 0o755 });
    writeFileSync(join(root, 'note'), 'as it was\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is read, and never written', () => {
    const { stdout, stderr } = nestlab([
      'run',
      '--root',
      root,
      '--',
      '/bin/sh',
      '-c',
      'cat note; echo new > note; echo x > more; rm bin/ls; cat note',
    ]);
    expect([stdout, stderr]).toEqual(['as it was\nnew\n', '']);
    expect(readFileSync(join(root, 'note'), 'utf8')).toBe('as it was\n');
    expect(readdirSync(root).sort()).toEqual(['bin', 'note']);
    expect(readdirSync(join(root, 'bin'))).toContain('ls');
  });

  it('--save: the changes as a tar archive, removed names as OCI whiteouts', () => {
    const archive = join(root, '..', `${root.slice(-6)}.tar`);
    const script =
      'echo new > note; mkdir -p a/b; ln -s note a/link; ln note a/b/hard; rm bin/ls; echo x > gone; rm gone';
    const { status, stderr } = nestlab(['run', '--root', root, '--save', archive, '--', '/bin/sh', '-c', script]);
    expect([status, stderr]).toEqual([0, '']);
    const list = spawnSync('tar', ['tf', archive], { encoding: 'utf8' }).stdout.trimEnd().split('\n');
    expect(list).toEqual(['a/', 'a/b/', 'a/b/hard', 'a/link', 'bin/.wh.ls', 'note']);
    const note = spawnSync('tar', ['xOf', archive, 'a/b/hard'], { encoding: 'utf8' }).stdout;
    rmSync(archive);
    expect(note).toBe('new\n');
    expect(readFileSync(join(root, 'note'), 'utf8')).toBe('as it was\n');
  });
});
