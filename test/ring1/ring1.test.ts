/** Ring 1 for a part of a program: what it may, what it may not, what ring 3 may not. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runNatively, runOurs } from '../kernel/native.ts';
import { runCounted } from '../ktrace/run.ts';

const EXPECTED = `operation 0: -22
not aligned: -22
backwards: -22
beyond the top: -22
TABLES from ring 3: -1
GATE from ring 3: -1
ring: 3
ENTER: 0
ring: 1
the page: 7
ENTER again: 0
by the other vector: 1
TABLES elsewhere: -22
TABLES over pages: -17
TABLES: 0
read-only, for supervisors: 1
the page there: present, writable: 3
an application's page: 5
read: dirty: 0
written: dirty: 1
write a page table: signal 11 trap 14 error 3 in ring 1
hlt: signal 11 trap 13 error 0 in ring 1
cli: signal 11 trap 13 error 0 in ring 1
mov cr3: signal 11 trap 13 error 0 in ring 1
lgdt: signal 11 trap 13 error 0 in ring 1
ltr: signal 11 trap 13 error 0 in ring 1
invlpg: signal 11 trap 13 error 0 in ring 1
in: signal 11 trap 13 error 0 in ring 1
read the host kernel: signal 11 trap 13 error 0 in ring 1
write its GDT: signal 11 trap 13 error 0 in ring 1
by the stack segment: signal 7 trap 12 error 0 in ring 1
jump there: signal 11 trap 13 error 0 in ring 1
load a selector of ring 0: signal 11 trap 13 error 104 in ring 1
a TLS segment around the top: 1
read what is its own through it: goes on in ring 1
read the host kernel through it: signal 11 trap 13 error 0 in ring 1
an LDT segment that lies there: 0
read through it: signal 11 trap 13 error 4 in ring 1
an LDT segment around the top: 0
read the host kernel through that: signal 11 trap 13 error 0 in ring 1
handler in ring: 1
and back in ring: 1
ring: 3
read a page of ring 1: signal 11 trap 14 error 4 in ring 3
write one: signal 11 trap 14 error 6 in ring 3
read the page tables: signal 11 trap 14 error 4 in ring 3
jump into one: signal 11 trap 14 error 4 in ring 3
int 0x81: signal 11 trap 13 error 1034 in ring 3
a buffer there, write: -14
a buffer there, read: -14
ENTER: -1
TABLES: -1
GATE: -1
load a selector of ring 1: signal 11 trap 13 error 152 in ring 3
far jump to ring 1: signal 11 trap 13 error 144 in ring 3
a signal frame of ring 1: signal 11 trap 13 error 0 in ring 3
a child, ring: 1
its page: 7
its page tables, of another directory: 1
writes one: signal 11 trap 14 error 3 in ring 1
after exec, ring: 3
unmap the page tables: 0
read them: signal 11 trap 14 error 0 in ring 1
GATE beyond the top: -22
GATE: 0
the gate answered: 720
no gate any more: 0
calls by int 0x80 again: 1
`;

describe.skipIf(!canCompare())('ring1(2) (needs gcc -m32)', () => {
  const program = compile(join(import.meta.dirname, 'native'), 'ring');

  it('keeps ring 3 out of its pages, and ring 1 out of the host kernel', () => {
    const { output, run } = runCounted(program, []);
    expect(output).toBe(EXPECTED);
    expect(run.audit()).toEqual([]);
  });

  describe('the page tables below, read', () => {
    const dirty = compile(join(import.meta.dirname, 'native'), 'dirty');
    const real = runNatively(dirty);

    it.each([[[]], [['ktrace+ring1']], [['ktrace+ring1+pagetables']], [['gate']]])(
      'tell which pages were written: %j',
      (towers) => {
        expect(real.output).toContain('two read: clean 8 dirty 8');
        expect(runOurs(dirty, { towers, memory: 128 << 20 }).output).toBe(real.output);
      },
    );

    it('are nowhere else: without them every page counts as clean', () => {
      expect(runOurs(dirty, { towers: ['ktrace+segments'], memory: 128 << 20 }).output).toContain(
        'one of them written: clean 16 dirty 0',
      );
    });
  });

  it('is at depth 1 alone, and says why', () => {
    for (const towers of [
      ['sysemu', 'ktrace+ring1'],
      ['gate', 'gate'],
    ]) {
      const { output, status } = runOurs(program, { towers, memory: 256 << 20 });
      expect(status).toBe(125);
      expect(output).toContain(
        "guest kernel at depth 2 cannot begin: the kernel at depth 1 has no ring between its own and its applications'",
      );
    }
  });
});
