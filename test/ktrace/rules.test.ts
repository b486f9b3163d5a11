/** What ktrace(2) allows and refuses; the errors are those of ptrace(2) where it has the same rule. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runCounted } from './run.ts';

const EXPECTED = `operation 0: -22
operation 7: -22
load from nowhere: -14
text nowhere: -14
error nowhere: -14
too long: -7
too many names: -7
wrong: -22
ktrace:1:10: there is no pidd
  tick { @[pidd] = count(); }
           ^~~~
Did you mean pid?
wrong, little room: -22
ktrace:
frame: 1
frame in private memory: -22
frame nowhere: -14
frame of the kernel below: -14
frame that cannot be written: -14
frame across pages: -22
frame not aligned: -22
entry: 1
entry with registers in private memory: -22
word: 1
name that is none: -22
empty name: -22
kind 4: -22
the same name twice: -22
pagetable: -22
This process has one page table: make others first.
as many as there may be: 1
unload again: -2
attach what is not there: -2
attach with flag 8: -22
attach to nobody: -3
detach before: -3
attach: 0
getppid is: 4711
detach: 0
getppid is again: 1
read: 65
[{"map":"@","how":"count","entries":[{"keys":[true],"value":1}]}]
read into nowhere: -14
attach anew: 0
a child is not watched: 0
unload: 0
getppid after unload: 1
a new thread without PROCESS: 0
a new thread with PROCESS: 1
a child of a script that changes: 0
[{"map":"@","how":"count","entries":[{"keys":[],"value":2}]}]
lead a process into memory that it has not: -22
change a process that one may trace: 0
changed: 1
after the owner's end: 0
another user's process: 1
a script that changes, after exec: 0
[{"map":"@","how":"count","entries":[{"keys":["self"],"value":1}]}]
the one attached first decides: 2
then the other: 1
word 5: 0
word 41: 42
word unmapped: 42
raw result: -7
`;

describe.skipIf(!canCompare())('ktrace(2) (needs gcc -m32)', () => {
  it('keeps its rules', () => {
    const { output, run } = runCounted(compile(join(import.meta.dirname, 'native'), 'rules'), []);
    expect(output).toBe(EXPECTED);
    expect(run.audit()).toEqual([]);
  });
});
