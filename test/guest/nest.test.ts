/** Programs under guest kernels print what they print on the host kernel, at every depth. */
import { describe, expect, it } from 'vitest';
import { runUnder } from './runner.ts';

const SCRIPT = `ls / | wc -l; echo one > /tmp/a; cat /tmp/a; sleep 10 & kill $!; wait $!; echo $?
for i in 1 2; do (exit $i); echo $?; done; seq 2 | while read n; do echo got $n; done`;

const CHAINS = [
  ['sysemu', 'skas'],
  ['tt+jail', 'sysemu'],
  ['skas', 'tt'],
  ['ktrace', 'ktrace+pagetables'],
];

describe.each(CHAINS.map((towers) => [towers]))('under %s', (towers) => {
  it('a script', () => {
    const argv = ['/bin/sh', '-c', SCRIPT];
    const bare = runUnder([], argv);
    const nested = runUnder(towers, argv);
    expect(nested.warnings).toEqual([]);
    expect(nested.output).toBe(bare.output);
    expect(nested.status).toBe(bare.status);
  });
});

it.each([
  ['ktrace', 'ktrace', 'ktrace', 'ktrace'],
  ['ktrace+segments', 'ktrace+segments', 'ktrace+segments', 'ktrace+segments'],
  ['ktrace+pagetables', 'ktrace+pagetables', 'ktrace+pagetables', 'ktrace+pagetables'],
  ['gate', 'ktrace+pagetables', 'ktrace', 'sysemu'],
])('a program at depth 4: %s > %s > %s > %s', (...towers) => {
  expect(runUnder(towers, ['/bin/hello'], 768 << 20)).toMatchObject({ output: 'Hello from nestlab\n', status: 0 });
});

describe('a guest kernel that cannot start says why', () => {
  it('no such tower', () => {
    const { output, status } = runUnder(['nothing'], ['/bin/hello']);
    expect(output).toMatch(
      /^nestlab guest: tower=nothing: there is no tower nothing\. Choose one of umlinux, tt, skas, sysemu/,
    );
    expect(status).toBe(125);
  });

  it('no such program', () => {
    const { output, status } = runUnder(['sysemu'], ['/bin/nothing']);
    expect(output).toMatch(/^nestlab guest: \/bin\/nothing: /);
    expect(status).toBe(127);
  });

  it('too little memory below', () => {
    const words = ['/boot/nestlab', 'mem=512M', 'tower=sysemu', '--', '/bin/hello'];
    const { output, status } = runUnder([], words, 64 << 20);
    expect(output).toMatch(/mem=512M: the kernel below has not so much memory/);
    expect(status).toBe(125);
  });
});
