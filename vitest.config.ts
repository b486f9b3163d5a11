import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: they begin first, so that none of them is left alone at the end. */
const LONGEST = ['test/soak/', 'test/robust/calls', 'test/debian/compare', 'test/debian/others', 'test/busybox/'];

/** Smaller is earlier. */
function turn({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.includes(name));
  return place < 0 ? LONGEST.length : place;
}

class LongestFirst extends BaseSequencer {
  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => turn(a) - turn(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The machine keeps tens of megabytes per instance: files in parallel, tests within one in order.
    pool: 'forks',
    // Most tests wait for a program that they started; vitest itself would leave one processor free.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
  },
});
