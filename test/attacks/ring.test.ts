/** What a hostile program in ring 1 gets at on the host, and what its ring 3 gets at of it (program/ring.c). */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAttacks, execute, type Outcome, sections } from './lab.ts';

const program = buildAttacks();
const missing = typeof program === 'string' ? program : undefined;

/** A line of refusals is of SDM 3A, 5.5 to 5.8, or of src/ring1/README.md. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  // 8 places of the host, 4 segments each, loaded before ENTER and after it.
  ring_segments: ['64 tried, 0 read'],
  ring_deputy: [
    "ring 1: tables 0, the host's 0, page tables written 0",
    "ring 3: its own all, ring 1's 0, page tables' 0",
  ],
  // Whoever may move a mapping may move that of the page tables: read-only it stays.
  ring_tables: ['0 written, its code is present: refused done done done', 'after munmap: SIGSEGV', 'a child: exited 0'],
  ring_outside: [
    'ring 3, call -1 -1 -1',
    'far call: SIGSEGV, ring 3',
    'far jump: SIGSEGV, ring 3',
    'iret: SIGSEGV, ring 3',
    'iret of RPL 3: SIGSEGV, ring 3',
    'ss: SIGSEGV, ring 3',
    'gs: SIGSEGV, ring 3',
    'int 0x81: SIGSEGV, ring 3',
    'sigreturn: SIGSEGV, ring 3',
    'read: SIGSEGV, ring 3',
    'write: SIGSEGV, ring 3',
    'the page tables: SIGSEGV, ring 3',
  ],
  // The processor faults on the stack of ring 1, or at its first instruction: the thread's own fault. #SS is SIGBUS.
  ring_gates: [
    'no entry: killed 11',
    'no stack: killed 11',
    'stack 0: killed 7',
    'the page tables as stack: killed 11',
    'entry in them: killed 11',
    'the host as entry: -22',
    'the host as stack: -22',
    'odd stack: -22',
  ],
  ring_script: ['ring 1, 0 reached'],
};

describe.skipIf(missing)('a program in ring 1', () => {
  let outcome: Outcome;
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    outcome = execute(['/bin/attack', ...Object.keys(EXPECTED)], { '/bin/attack': program as Uint8Array });
    found = sections(outcome.output);
  });

  it.each(Object.entries(EXPECTED))('%s', (name, lines) => {
    expect(found.get(name)).toEqual(lines);
  });

  it('the host goes on, and keeps nothing', () => {
    expect(outcome).toMatchObject({ status: 0, violations: [] });
  });
});
