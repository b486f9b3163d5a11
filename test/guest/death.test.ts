/** The death of a guest kernel: it takes its own processes along and nobody else, and the user is told which it was. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Guest } from '../../src/guest/platform.ts';
import { runUnder } from './runner.ts';

const KERNEL = '/boot/nestlab mem=8M';
const MEMORY = 64 << 20;
/** Names of the processes that are there. */
const NAMES = 'cat /proc/[0-9]*/comm; echo';

/** Runs a script on the host kernel, with guest kernels as programs in it. */
function onHost(script: string) {
  return runUnder([], ['/bin/sh', '-c', script], MEMORY);
}

/** Kills the first of two guest kernels, then asks what is left of it. */
function killing(tower: string, signal: number): string {
  const start = `${KERNEL} tower=${tower} --`;
  return [
    `${start} /bin/sh -c 'sleep 100 & sleep 100 & wait' & first=$!`,
    `${start} /bin/sh -c 'sleep 3; echo the neighbour lives' & second=$!`,
    'sleep 1',
    `kill -${signal} $first`,
    'wait $first; first=$?',
    'wait $second; echo first $first second $?',
    NAMES,
  ].join('\n');
}

describe('a guest kernel that is killed', () => {
  it.each([
    ['umlinux', 9],
    ['tt', 9],
    ['tt+jail', 9],
    ['skas', 9],
    ['sysemu', 9],
    ['sysemu', 15],
  ])('%s: signal %d takes its processes along, not those of its neighbour', (tower, signal) => {
    const { output, run } = onHost(killing(tower, signal));
    const [lives, ends, ...names] = output.replace(/^(Killed|Terminated)\n/m, '').split('\n');
    expect([lives, ends]).toEqual(['the neighbour lives', `first ${128 + signal} second 0`]);
    expect(names.filter((name) => name !== '').sort()).toEqual(['init', 'sh']);
    expect(run.audit()).toEqual([]);
  });
});

describe('a mistake of our own in a guest kernel', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The third address space of a guest kernel at this depth is a mistake. */
  function fail(depth: number, mistake: (guest: Guest) => void): void {
    const { newSpace } = Guest.prototype;
    let spaces = 0;
    vi.spyOn(Guest.prototype, 'newSpace').mockImplementation(function (this: Guest) {
      if (this.processor.depth === depth && ++spaces === 3) mistake(this);
      return newSpace.call(this);
    });
  }

  it.each(['sysemu', 'tt+jail'])('ends that kernel with one line, and nobody else: %s', (tower) => {
    fail(1, () => {
      throw new Error('three is one too many');
    });
    const { output, run } = onHost(`${KERNEL} tower=${tower} -- /bin/sh -c 'ls /; ls /'; echo $?; ${NAMES}`);
    const why = "a mistake of nestlab's own: three is one too many";
    expect(output).toContain(`nestlab guest: the guest kernel at depth 1 (${tower}) is no more: ${why}\n125\n`);
    expect(output.split('\n').slice(-4).filter(Boolean).sort()).toEqual(['init', 'sh']);
    expect(run.audit()).toEqual([]);
  });

  it('that is a fault kills it; the kernel below says which it was', () => {
    fail(2, ({ processor }) => processor.load32(0x10));
    const { output, status } = runUnder(['sysemu', 'skas'], ['/bin/sh', '-c', 'ls /; ls /'], MEMORY);
    expect(output).toBe('nestlab guest: the guest kernel at depth 2 (skas) is no more: it was killed by SIGSEGV\n');
    expect(status).toBe(128 + 11);
  });
});
