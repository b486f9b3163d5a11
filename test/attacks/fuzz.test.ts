/** Random code and random calls inside a guest: neither the guest kernel nor the kernel below comes to harm. */
import { expect, test } from 'vitest';
import { buildCalls } from '../robust/calls.ts';
import { jumper } from '../robust/jumper.ts';
import { execute, guest } from './lab.ts';

/** All of it where nothing may be skipped; a sample in `npm test` on a user's machine. */
const FULL = process.env.NESTLAB_REQUIRE_BINARIES === '1';
const SEED = Number(process.env.NESTLAB_SEED ?? 1);
const MEMORY = 64 << 20;

const CODE = ['sysemu', 'tt+jail', 'ktrace+segments', 'gate'];
const MORE = ['skas', 'umlinux', 'ktrace', 'ktrace+pagetables', 'ktrace+ring1'];

test.each(FULL ? [...CODE, ...MORE] : CODE)('random code under %s', (tower) => {
  const files = { '/bin/driver': jumper(SEED * 77, 256) };
  const outcome = execute(guest(tower, ['/bin/driver'], '16M'), files, { memory: MEMORY });
  expect(outcome).toMatchObject({ status: 1, violations: [] });
  expect(outcome.output).not.toContain('is no more');
});

const calls = buildCalls();
test.skipIf(typeof calls === 'string').each(['sysemu', 'ktrace+segments', 'gate'])('random calls under %s', (tower) => {
  const files = { '/bin/calls': calls as Uint8Array };
  const argv = ['/bin/calls', String(SEED), FULL ? '5' : '1', '0'];
  const outcome = execute(guest(tower, argv, '24M'), files, { memory: MEMORY });
  expect(outcome.violations).toEqual([]);
  expect(outcome.output).not.toContain('is no more');
  expect(outcome.status).toBe(0);
});
