/** What operations cost, measured: figures that a reader can derive by hand, and laws that they obey. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddedTree } from '../../../src/cli/tree/embedded.ts';
import { measure } from '../../../src/lab/compare/measure.ts';
import { METRICS } from '../../../src/lab/compare/metrics.ts';
import { type Sample, sampleOf, slope } from '../../../src/lab/compare/slope.ts';
import { OPERATIONS, type Operation } from '../../../src/lab/operations.ts';
import { trial } from '../../../src/lab/trial.ts';

const PROGRAMS = join(import.meta.dirname, '../../../programs');
const tree = (memory: ConstructorParameters<typeof EmbeddedTree>[1]) => new EmbeddedTree(PROGRAMS, memory);

function perOperation(operation: string, towers: readonly string[]): Sample {
  const order = { operation, tower: towers[0] ?? 'native', depths: [towers.length], most: Number.POSITIVE_INFINITY };
  const [measured] = measure(order, tree);
  if ('refused' in measured) throw new Error(measured.refused);
  return measured.perOperation;
}

/** Figures that are not zero, without those named. */
function figures(sample: Sample, without: readonly string[] = []): Record<string, number> {
  const all = METRICS.map(({ name, of }) => [name, of(sample)] as const);
  return Object.fromEntries(all.filter(([name, count]) => count !== 0 && !without.includes(name)));
}

/**
 * One operation on the host kernel. TLB misses follow from the pages that a program touches after a switch, and bytes of
 * signal frames and of exec from the layout of structures: these are left out where they are not the point.
 */
const NATIVE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  null: { crossings: 1, hostCalls: 1 },
  // The first touch is an exception. Two lookups: the one that failed at first, and the one in the sum afterwards.
  fault: { crossings: 1, tlbMisses: 2 },
  // mmap, the fault, munmap.
  mmap: { crossings: 3, hostCalls: 2, mapCalls: 2 },
  // kill, and sigreturn at the end of the handler.
  signal: { crossings: 2, hostCalls: 2, signalFrames: 1 },
  // write and read here, read and write there; a byte each way, into the pipe and out of it.
  pipe: { crossings: 4, hostCalls: 4, taskSwitches: 2, pageTableSwitches: 2, bytesCopied: 4 },
  switch: { crossings: 2, hostCalls: 2, taskSwitches: 2, pageTableSwitches: 2 },
  open: { crossings: 2, hostCalls: 2 },
  read: { crossings: 1, hostCalls: 1, bytesCopied: 4096 },
  cpu: {},
};

describe('on the host kernel', () => {
  it.each(Object.entries(NATIVE))('%s', (name, expected) => {
    const without = ['tlbMisses', 'bytesCopied'].filter((metric) => !(metric in expected));
    expect(figures(perOperation(name, []), without)).toEqual(expected);
  });

  it('fork: fork, exit, wait; the page that both write is copied once', () => {
    const sample = perOperation('fork', []);
    expect(sample.depths[0].calls).toEqual({ fork: 1, exit_group: 1, wait4: 1 });
    expect(figures(sample)).toMatchObject({ hostCalls: 3, taskSwitches: 2, bytesCopied: 4096 });
  });

  it('exec: fork, execve, exit, wait', () => {
    const { calls } = perOperation('exec', []).depths[0];
    expect(calls).toEqual({ fork: 1, execve: 1, exit_group: 1, wait4: 1 });
  });

  it('a pipeline: two children that execute a tool each', () => {
    const { calls } = perOperation('pipeline', []).depths[0];
    expect(calls).toMatchObject({ fork: 2, execve: 2, exit_group: 2, pipe: 1 });
  });
});

/** Slope between `count` and twice as many. */
function between(operation: Operation, towers: readonly string[], count: number): Sample {
  const [few, many] = [count, 2 * count].map((times) => {
    const done = trial({ tree, towers, argv: operation.argv(times), memory: 32 << 20 });
    expect(done.status, done.output).toBe(0);
    return sampleOf(done);
  });
  return slope(few, many, count);
}

describe('how often an operation is done does not show', () => {
  const steady = OPERATIONS.filter(({ name }) => name !== 'pipeline' && name !== 'cpu');
  it.each(steady.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
    const [usual, few] = operation.counts.map((count) => figures(between(operation, ['sysemu'], count), ['tlbMisses']));
    expect(few).toEqual(usual);
  });
});

it('the timer does not show: every figure is whole', () => {
  for (const name of ['null', 'mmap', 'signal', 'pipe', 'switch', 'open', 'read'])
    for (const count of Object.values(figures(perOperation(name, ['sysemu', 'sysemu']), ['tlbMisses'])))
      expect(count % 1).toBe(0);
});

it('a trap is eight at the depth below: getpid under sysemu takes 8, 64, 512 crossings', () => {
  const crossings = [1, 2, 3].map(
    (depth) => figures(perOperation('null', new Array<string>(depth).fill('sysemu')))['crossings'],
  );
  expect(crossings).toEqual([8, 64, 512]);
});

it('a run that would take too long is not made, nor those below it', () => {
  const answers = measure({ operation: 'null', tower: 'sysemu', depths: [2, 3, 4], most: 10_000 }, tree);
  expect(answers).toEqual([
    expect.objectContaining({ count: 16 }),
    { refused: expect.stringMatching(/^a run would take some [\d,]+ crossings\. Name this tower and one operation/) },
    { refused: expect.stringMatching(/^a run would take some [\d,]+ crossings\./) },
  ]);
});

it('a tower that cannot begin gives its reason', () => {
  const small = (memory: ConstructorParameters<typeof EmbeddedTree>[1]) => {
    const without = new EmbeddedTree(PROGRAMS, memory);
    without.lookup = function* () {
      return -2;
    };
    return without;
  };
  const [answer] = measure({ operation: 'null', tower: 'sysemu', depths: [1], most: 1e9 }, small);
  expect(answer).toEqual({ refused: expect.stringMatching(/probe-getpid: .*\(exit code 127\)$/) });
});
