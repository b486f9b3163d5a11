import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, s on two busy cores: the longest begin first, so that none is left alone at the end. The order is
 * all that matters; a file that is not here takes less than any that is.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'conformance/quickest': 220,
  'busybox/testsuite': 120,
  'conformance/others': 130,
  'debian/others': 130,
  'attacks/attacks': 130,
  'robust/calls': 100,
  'debian/compare': 95,
  'determinism/debian': 80,
  'soak/soak': 70,
  'cpu/forms': 45,
  'cpu/random': 45,
  'determinism/real': 45,
  'determinism/slices': 40,
  'binaries/compare': 39,
  'determinism/guests': 31,
  'attacks/fuzz': 30,
  'conformance/deep': 24,
  'programs/nestlab': 23,
  'robust/mutants': 23,
  'kernel/threads/threads': 23,
  'kernel/native': 22,
  'determinism/own': 20,
  'cpu/lockstep': 19,
  'kernel/sockets/sockets': 18,
  'robust/hostile': 14,
  'programs/build': 14,
  'cpu/x87/transcendental': 13,
  'kernel/behaviour/blocking': 12,
  'kernel/behaviour/processes': 11,
  'cpu/x87/exact': 10,
};

const seconds = ({ moduleId }: TestSpecification): number =>
  SECONDS[/\/test\/(.*)\.test\.ts$/.exec(moduleId)?.[1] ?? ''] ?? 0;

class LongestFirst extends BaseSequencer {
  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => seconds(b) - seconds(a));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The machine keeps tens of megabytes per instance: files in parallel, tests within one in order.
    pool: 'forks',
    // As `nestlab run` has it: the machine's loop would be compiled a second time for nothing.
    execArgv: ['--no-use-osr'],
    // Most tests wait for a program that they started, some for time to pass: one more than there are processors.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
  },
});
