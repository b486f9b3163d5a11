/** Programs under guest kernels print what they print on the host kernel, at every depth. */
import { describe, expect, it } from 'vitest';
import { TOWERS } from '../../src/lab/registry.ts';
import { runUnder } from './runner.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  'a pipeline': 'ls / | wc -l; echo $((3 * 4)); false; echo $?',
  'files, written and read again':
    'echo one > /tmp/a; echo two >> /tmp/a; cat /tmp/a; wc /tmp/a; rm /tmp/a; cat /tmp/a; echo $?',
  'signals and their status': 'sleep 10 & kill $!; wait $!; echo $?; sh -c "kill -9 $$"; echo not reached',
  'loops of processes': 'for i in 1 2 3; do (exit $i); echo $?; done; seq 5 | while read n; do echo got $n; done',
};

const CHAINS = [...TOWERS.map(({ name }) => [name]), ['sysemu', 'skas'], ['tt+jail', 'umlinux'], ['skas', 'tt']];

describe.each(CHAINS.map((towers) => [towers]))('under %s', (towers) => {
  it.each(Object.entries(SCRIPTS))('%s', (_name, script) => {
    const argv = ['/bin/sh', '-c', script];
    const bare = runUnder([], argv);
    const nested = runUnder(towers, argv);
    expect(nested.warnings).toEqual([]);
    expect(nested.output).toBe(bare.output);
    expect(nested.status).toBe(bare.status);
  });
});

describe('a guest kernel that cannot start says why', () => {
  it('no such tower', () => {
    const { output, status } = runUnder(['nothing'], ['/bin/hello']);
    expect(output).toMatch(
      /^nestlab guest: tower=nothing: there is no nothing\. Choose one of umlinux, tt, skas, sysemu/,
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
