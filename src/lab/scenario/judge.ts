/** What came of a scenario, held against what it expects. */

import { chainOf } from '../chain.ts';
import type { Measured, Order } from '../compare/measure.ts';
import { METRICS } from '../compare/metrics.ts';
import type { Program, Scenario } from './scenario.ts';

/** What came of one thing that was run. */
export interface Verdict {
  readonly tower: string;
  /** The operation, or the program and its arguments. */
  readonly what: string;
  /** How many figures were looked at. */
  readonly looked: number;
  /** What one operation counts; absent for a program. */
  readonly counts?: Readonly<Record<string, number>>;
  /** What is not as expected, one line each. */
  readonly wrong: readonly string[];
}

/** The operations to be measured, in the order of `judgeOperations`. */
export function ordersOf({ towers, operations }: Scenario): Order[] {
  return towers.flatMap((tower) =>
    operations.map((operation) => ({
      operation,
      tower,
      depths: [(chainOf(tower) as readonly string[]).length],
      most: Number.POSITIVE_INFINITY,
    })),
  );
}

/** Holds what was measured against what is expected. */
export function judgeOperations(scenario: Scenario, answers: readonly Measured[]): Verdict[] {
  const { towers, operations, expect } = scenario;
  return towers.flatMap((tower, row) =>
    operations.map((operation, n): Verdict => {
      const answer = answers[row * operations.length + n];
      const expected = expect[tower]?.[operation] ?? {};
      const looked = Object.keys(expected).length;
      if ('refused' in answer) return { tower, what: operation, looked, wrong: [answer.refused] };
      const counts = Object.fromEntries(METRICS.map(({ name, of }) => [name, of(answer.perOperation)]));
      const wrong = Object.entries(expected)
        .filter(([name, value]) => counts[name] !== value)
        .map(([name, value]) => `${name}: ${value} expected, ${counts[name]} counted`);
      return { tower, what: operation, looked, counts, wrong };
    }),
  );
}

/** Holds a program's run against what is expected of it. */
export function judgeProgram(
  tower: string,
  { argv, output, status }: Program,
  run: { readonly output: string; readonly status: number },
): Verdict {
  const wrong: string[] = [];
  if (run.status !== status) wrong.push(`status: ${status} expected, ${run.status} came`);
  if (output !== undefined && run.output !== output)
    wrong.push(`output: ${JSON.stringify(output)} expected, ${JSON.stringify(run.output)} came`);
  return { tower, what: argv.join(' '), looked: output === undefined ? 1 : 2, wrong };
}
