/** The ledger keeps the counts of every depth apart. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddedTree } from '../../src/cli/tree/embedded.ts';
import { statOf } from '../../src/lab/stat.ts';
import { trial } from '../../src/lab/trial.ts';
import { runUnder } from '../guest/runner.ts';

const PROGRAMS = join(import.meta.dirname, '../../programs');

/** What 20 more getpid add, by depth: calls that reached a table, calls that were asked for. */
function slope(argv: (count: number) => readonly string[], towers: readonly string[]): number[][] {
  const at = (count: number) => {
    const { run, output } = runUnder(towers, argv(count));
    expect(output).toBe(`getpid ${count} ${count}\n`);
    const { guests, ...machine } = statOf(run.machine.ledger.depths, 0, 0);
    return [machine, ...guests].map(({ events, calls }) => [calls.getpid ?? 0, events.systemCall, events.callTrap]);
  };
  const few = at(20);
  return at(40).map((depth, n) => depth.map((count, k) => (count - few[n][k]) / 20));
}

const probe = (count: number): readonly string[] => ['/bin/probe-getpid', String(count)];

describe('one getpid', () => {
  it('on the host kernel is one call', () => {
    expect(slope(probe, [])).toEqual([[1, 1, 1]]);
  });

  it('under sysemu is one call of depth 1, and seven of depth 0; the trap of the application is the eighth', () => {
    expect(slope(probe, ['sysemu'])).toEqual([
      [0, 7, 8],
      [1, 1, 1],
    ]);
  });

  it('under skas it is made at depth 0 too, in the place of the one that was left out', () => {
    expect(slope(probe, ['skas'])).toEqual([
      [1, 11, 11],
      [1, 1, 1],
    ]);
  });

  it('in a guest kernel that somebody started by hand in another counts at depth 2', () => {
    const nested = (count: number) => ['/boot/nestlab', 'mem=8M', 'tower=sysemu', '--', ...probe(count)];
    expect(slope(nested, ['sysemu'])).toEqual([
      // Each of the eight traps at depth 1 is such a round at depth 0.
      [0, 56, 64],
      [0, 7, 8],
      [1, 1, 1],
    ]);
  });
});

describe('bytes copied', () => {
  it('by a guest kernel are counted at its depth alone', () => {
    const copied = (towers: readonly string[], count: number): number[] =>
      runUnder(towers, ['/bin/probe-read', String(count)]).run.machine.ledger.depths.map(
        ({ counts }) => statOf([{ counts, calls: [] }], 0, 0).events.bytesCopied,
      );
    const perRead = (towers: readonly string[]): number[] => {
      const few = copied(towers, 20);
      return copied(towers, 40).map((bytes, depth) => (bytes - few[depth]) / 20);
    };
    expect(perRead([])).toEqual([4096]);
    const [host, guest] = perRead(['sysemu']);
    // The page itself, and the registers that go with every trap.
    expect(guest).toBeGreaterThanOrEqual(4096);
    expect(guest).toBeLessThan(3 * 4096);
    expect(host).toBeLessThan(4096);
  });
});

it('the trace hash is told of the events of guest kernels', () => {
  const depths = new Set<number>();
  const hash = (count: number): string => {
    const { run } = trial({
      tree: (memory) => new EmbeddedTree(PROGRAMS, memory),
      towers: ['sysemu'],
      argv: probe(count),
      memory: 64 << 20,
      prepare: ({ machine }) =>
        machine.ledger.trace(
          () => 0,
          (_event, _detail, depth) => depths.add(depth),
        ),
    });
    return run.machine.ledger.hash;
  };
  expect(hash(3)).toBe(hash(3));
  expect(hash(3)).not.toBe(hash(4));
  expect([...depths].sort()).toEqual([0, 1]);
});
