/** `nestlab ktrace` as a user types it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nestlab } from '../cli/nestlab.ts';

const folder = mkdtempSync(join(tmpdir(), 'nestlab-ktrace-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ktrace = (...words: string[]) => nestlab(['ktrace', ...words]);

describe('counts', () => {
  it('by name, the least first, and leaves output and status to the program', () => {
    const script = 'syscall:write:entry { @[name, arg0] = count(); @bytes = sum(arg2); }';
    const { stdout, stderr, status } = ktrace('-e', script, '--', '/bin/sh', '-c', 'echo one; echo two >&2; exit 3');
    expect(stdout).toBe('one\n');
    expect(stderr).toBe('two\n@[write, 1]: 2\n\n@bytes: 8\n');
    expect(status).toBe(3);
  });

  it('in every kernel of the run, told apart by depth', () => {
    const script = 'syscall:write:entry { @[depth, comm] = count(); }';
    const { stderr, stdout } = ktrace('-e', script, '--guest', 'sysemu', '--json', '--', '/bin/sh', '-c', 'echo one');
    expect(stdout).toBe('one\n');
    const { entries } = JSON.parse(stderr);
    expect(entries).toContainEqual({ keys: [1, 'sh'], value: 1 });
    expect(entries).toContainEqual({ keys: [0, 'nestlab'], value: 1 });
  });

  it('what the ledger counts too: system calls, switches, crossings', () => {
    const script =
      'syscall:*:entry { @calls = count(); } switch { @switches = count(); } crossing:* { @[name] = count(); }';
    const program = ['/bin/sh', '-c', 'ls / | wc -l'];
    const maps = ktrace('-e', script, '--json', '--', ...program)
      .stderr.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const value = (map: string, key?: string): number =>
      maps.find((row) => row.map === map).entries.find((entry: { keys: string[] }) => entry.keys[0] === key).value;
    const stat = JSON.parse(nestlab(['run', '--stat', '--json', '--', ...program]).stderr);
    expect(value('@calls')).toBe(stat.events.systemCall);
    expect(value('@switches')).toBe(stat.events.taskSwitch);
    expect(value('@', 'software')).toBe(stat.events.crossingSoftware);
    expect(value('@', 'exception')).toBe(stat.events.crossingException);
  });

  it('the same twice, byte for byte, and changes nothing in the run', () => {
    const script = 'syscall:*:return { @[comm, name] = hist(elapsed); } demand { @d[address >> 12] = count(); }';
    const runs = [1, 2].map(() => ktrace('-e', script, '--', '/bin/sh', '-c', 'ls / | wc -l').stderr);
    expect(runs[0]).toBe(runs[1]);
    const now = '/bin/sh -c "ls / | wc -l; cat /proc/uptime"'.split(' ');
    expect(ktrace('-e', script, '--', ...now).stdout).toBe(nestlab(['run', '--', ...now]).stdout);
  });

  it('shows histograms', () => {
    const script = 'syscall:write:return { @ = hist(ret); @l = lhist(ret, 0, 6, 2); }';
    const { stderr } = ktrace('-e', script, '--', '/bin/sh', '-c', 'echo; echo; echo four; echo eleven bytes');
    const bar = (count: number): string => '@'.repeat(count).padEnd(52);
    expect(stderr).toBe(
      [
        '@:',
        `[1]                     2 |${bar(52)}|`,
        `[2, 4)                  0 |${bar(0)}|`,
        `[4, 8)                  1 |${bar(26)}|`,
        `[8, 16)                 1 |${bar(26)}|`,
        '',
        '@l:',
        `[0, 2)                  2 |${bar(52)}|`,
        `[2, 4)                  0 |${bar(0)}|`,
        `[4, 6)                  1 |${bar(26)}|`,
        `[6, ...)                1 |${bar(26)}|`,
        '',
      ].join('\n'),
    );
  });

  it('into a file', () => {
    const file = join(folder, 'maps');
    expect(
      ktrace('-e', 'syscall:execve:return { @[comm] = count(); }', '-o', file, '--', '/bin/sh', '-c', '/bin/true; :')
        .stderr,
    ).toBe('');
    expect(readFileSync(file, 'utf8')).toBe('@[true]: 1\n');
  });

  it('with a script from a file', () => {
    const file = join(folder, 'script');
    writeFileSync(file, '#!/usr/bin/env nestlab ktrace\nsyscall:exit_group:entry { @[arg0] = count(); }\n');
    expect(ktrace(file, '--', '/bin/sh', '-c', 'exit 5')).toMatchObject({ stderr: '@[5]: 1\n', status: 5 });
  });
});

describe('changes', () => {
  it('only when asked to', () => {
    const script = 'syscall:getppid:entry { return(4711); }';
    const words = ['--', '/bin/sh', '-c', 'echo $PPID'];
    const refused = ktrace('-e', script, ...words);
    expect(refused).toMatchObject({ stdout: '', status: 125 });
    expect(refused.stderr).toBe('nestlab: ktrace: -e: return: this changes the run. If it shall, add --unsafe\n');
    expect(ktrace('-e', script, '--unsafe', ...words)).toMatchObject({ stdout: '4711\n', status: 0 });
  });

  it('sends signals', () => {
    const script = 'syscall:getcwd:entry /comm == "pwd"/ { signal(SIGKILL); }';
    expect(ktrace('--unsafe', '-e', script, '--', '/bin/pwd').status).toBe(137);
  });
});

describe('looks', () => {
  it('lists probes with what is known at each', () => {
    const { stdout } = ktrace('-l', 'syscall:open:*');
    expect(stdout.split('\n')).toEqual([
      'syscall:open:entry   name number arg0(path) arg1(flags:open) arg2(mode)',
      'syscall:open:return  name number arg0(path) arg1(flags:open) arg2(mode) ret elapsed',
      '',
      'at every probe: pid tid uid comm depth mode ip sp ring nsecs',
      '',
    ]);
  });

  it('says each clause in a sentence', () => {
    const script =
      'syscall:*:entry /depth == 1 && comm != "sh"/ { @[name, pid] = count(); } ' +
      'fault:page:write /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; goto(entry); }';
    expect(ktrace('--explain', '-e', script).stdout).toBe(
      'At the entry of a system call, if depth is 1 and comm is not "sh": counts by name and pid in @.\n' +
        'At exception page by a write that the kernel does not serve itself, if mode is app: saves the registers and the ' +
        'cause into frame, ends all segments at 0xbfffffff, sets the mode to kernel and goes on at entry.\n',
    );
  });

  it('parses only', () => {
    expect(ktrace('-n', '-e', 'tick { @ = count(); }')).toMatchObject({ stdout: '', stderr: '', status: 0 });
    expect(ktrace('-n', '-e', 'tick { @ = cuont(); }')).toMatchObject({
      stdout: '',
      stderr:
        'nestlab: ktrace: -e:1:12: there is no aggregation cuont\n  tick { @ = cuont(); }\n             ^~~~~\nDid you mean count?\n',
      status: 125,
    });
  });
});

describe('bad input is told in a line', () => {
  it.each([
    [[], 'ktrace: which script? Give one with -e, or name a file'],
    [['/nowhere', '--', 'ls'], 'ktrace: /nowhere: it cannot be read (ENOENT). A script stands in a file, or behind -e'],
    [['-e', 'tick { @ = count(); }'], 'ktrace: which program? For example: nestlab ktrace -e SCRIPT -- /bin/sh -c ls'],
    [['-l', 'open'], 'ktrace: no probe is called open. Did you mean syscall:open:entry?'],
    [['-l', 'nix:*'], 'ktrace: no probe is called nix:*. See all: nestlab ktrace -l'],
    [['-e', 'tick { }', '--', 'nosuch'], undefined],
  ])('%j', (words, message) => {
    const { stderr, stdout, status } = ktrace(...words);
    expect(stdout).toBe('');
    expect(status).toBe(message === undefined ? 127 : 125);
    if (message !== undefined) expect(stderr).toBe(`nestlab: ${message}\n`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
