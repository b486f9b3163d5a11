/** Several page tables of one process. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS, type Event } from '../../src/abi/events.ts';
import { canCompare, compile } from '../kernel/compare.ts';
import { runCounted } from '../ktrace/run.ts';

const EXPECTED = `operation 0: -22
switch before there is any: -22
not aligned: -22
backwards: -22
beyond the top: -22
private memory: -22
an empty table: 1
no such table: -22
drop the first: -22
drop none: -22
call nowhere: -14
call that is not about memory: -22
call in none: -22
map: 1
map what is wrong: -22
it is not here: 1
it is there: 0
a table with a shared page: 2
that is there: 0
a child has no tables but its own: 1
none after exec: 1
drop: 0
drop again: -22
call in what is dropped: -22
as many as there may be: 1023
answered: 3
reads its own: 1
reads its kernel's: why 3 number 14 error 4 there
reads its kernel's: why 3 number 14 error 4 there
reads its kernel's: why 3 number 14 error 4 there
reads its kernel's: why 3 number 14 error 4 there
a page that was cut off is gone there too: 1
a table that is not there: signal: 11
a process with one table: 22
`;

describe.skipIf(!canCompare())('pagetables(2) (needs gcc -m32)', () => {
  const program = compile(join(import.meta.dirname, 'native'), 'tables');

  it('keeps its rules, and hides a kernel from its application', () => {
    const { output, run } = runCounted(program, []);
    expect(output).toBe(EXPECTED);
    expect(run.audit()).toEqual([]);
  });

  it('a null call: two entries of the host and two switches of page tables', () => {
    const [one, two] = ['500', '1000'].map((count) => runCounted(program, [count]));
    const perCall = (event: Event): number =>
      (two.run.machine.ledger.counts[EVENTS[event]] - one.run.machine.ledger.counts[EVENTS[event]]) / 500;
    const events = ['crossingSoftware', 'crossingException', 'taskSwitch', 'pageTableSwitch', 'segmentChange'] as const;
    expect(two.output).toBe('answered: 1000\n');
    expect(events.map((event) => [event, perCall(event)])).toEqual([
      ['crossingSoftware', 2],
      ['crossingException', 0],
      ['taskSwitch', 0],
      ['pageTableSwitch', 2],
      ['segmentChange', 0],
    ]);
  });
});
