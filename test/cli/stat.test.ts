/** `run --stat` shows what guest kernels saw, by depth. */
import { expect, it } from 'vitest';
import { nestlab } from './nestlab.ts';

it('a guest kernel has figures of its own', () => {
  const { stderr, status } = nestlab(['run', '--stat', '--guest', 'sysemu', '--', '/bin/probe-getpid', '3']);
  expect(status).toBe(0);
  const [machine, guest] = stderr.split(' Guest kernels at depth 1:\n');
  expect(machine).toMatch(/\n +\d+ {4}ptrace\n/);
  expect(machine).toContain('ring crossings inward');
  // One before the loop, three in it.
  expect(guest).toMatch(/\n +4 {4}getpid\n/);
  expect(guest).toMatch(/\n +1 {4}write\n/);
  expect(guest).not.toContain('ring crossings');
});

it('JSON has them by depth; without guests there are none', () => {
  const stat = (...guests: readonly string[]) =>
    JSON.parse(nestlab(['run', '--stat', '--json', ...guests, '--', '/bin/probe-getpid', '3']).stderr);
  expect(stat().guests).toEqual([]);
  expect(stat().calls.getpid).toBe(4);
  const { guests, calls } = stat('--guest', 'sysemu', '--guest', 'sysemu');
  expect(calls.ptrace).toBeGreaterThan(0);
  expect(guests.map(({ depth }: { depth: number }) => depth)).toEqual([1, 2]);
  expect(guests[0].calls.ptrace).toBeGreaterThan(0);
  expect(guests[1].calls).toEqual({ exit_group: 1, getpid: 4, write: 1 });
});
