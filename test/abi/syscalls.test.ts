import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYSCALL_CLASSES } from '../../src/abi/classes.ts';
import { words } from '../../src/abi/kinds.ts';
import { SYSCALLS, syscall, syscallName, syscallNamed } from '../../src/abi/syscalls.ts';
import { haveHeaders } from './kernel-headers.ts';

const UNASSIGNED = [222, 223, 251, 285, 387, 388, 389, 390, 391, 392, 415];

describe('the system-call table', () => {
  it('has a row for every number up to 450 that Linux assigned', () => {
    const missing = Array.from({ length: 451 }, (_, n) => n).filter((n) => syscall(n) === undefined);
    expect(missing).toEqual(UNASSIGNED);
    expect(SYSCALLS.length).toBe(451 - UNASSIGNED.length);
  });

  it.skipIf(!haveHeaders)('has the numbers and names of asm/unistd_32.h', () => {
    const header = readFileSync('/usr/include/x86_64-linux-gnu/asm/unistd_32.h', 'utf8');
    const theirs = [...header.matchAll(/^#define __NR_(\w+) (\d+)$/gm)]
      .map((m) => ({ name: m[1], number: Number(m[2]) }))
      .filter((row) => row.number <= 450);
    expect(SYSCALLS.map(({ name, number }) => ({ name, number }))).toEqual(theirs);
  });

  it('gives no call more than six words, and lengths that exist', () => {
    for (const row of SYSCALLS) {
      expect(row.args.reduce((sum, kind) => sum + words(kind), 0)).toBeLessThanOrEqual(6);
      for (const kind of row.args) {
        const index = /^(bytes|iov|iovfilled|iovaddr|pollfds|fdset|sockaddr|sockaddrout|sockval|sockvalout):(\d)$/.exec(
          kind,
        )?.[2];
        if (index) expect(Number(index), row.name).toBeLessThan(row.args.length);
      }
    }
  });

  it('looks up by number and by name', () => {
    expect(syscallNamed('openat')?.number).toBe(295);
    expect(syscallNamed('nosuch')).toBeUndefined();
    expect(syscallName(5)).toBe('open');
    expect(syscallName(451)).toBe('syscall_0x1c3');
  });

  it('names only calls that exist in its classes', () => {
    for (const [name, calls] of Object.entries(SYSCALL_CLASSES)) {
      expect(
        calls.filter((call) => syscallNamed(call) === undefined),
        name,
      ).toEqual([]);
    }
    expect(SYSCALL_CLASSES.file).toContain('execve');
  });
});
