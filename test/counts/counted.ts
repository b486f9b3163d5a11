/** What one operation counts, and what a scenario expects, in the columns of the tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedTree } from '../../src/cli/tree/embedded.ts';
import { measure } from '../../src/lab/compare/measure.ts';
import { METRICS } from '../../src/lab/compare/metrics.ts';
import { readScenario } from '../../src/lab/scenario/scenario.ts';
import { COLUMNS } from './columns.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The figures of one operation under a tower, measured. */
export function counted(tower: string, operation: string, columns: readonly string[] = COLUMNS): number[] {
  const order = { operation, tower, depths: [tower === 'native' ? 0 : 1], most: Number.POSITIVE_INFINITY };
  const [measured] = measure(order, (memory) => new EmbeddedTree(join(ROOT, 'programs'), memory));
  if ('refused' in measured) throw new Error(`${tower} ${operation}: ${measured.refused}`);
  return columns.map((name) => METRICS.find((metric) => metric.name === name)!.of(measured.perOperation));
}

/** What scenarios/NAME.json expects of a tower, by operation. */
export function expectedBy(
  name: string,
  tower: string,
  columns: readonly string[] = COLUMNS,
): Record<string, number[]> {
  const scenario = readScenario(readFileSync(join(ROOT, 'scenarios', `${name}.json`), 'utf8'));
  if ('error' in scenario) throw new Error(`scenarios/${name}.json: ${scenario.error}`);
  return Object.fromEntries(
    Object.entries(scenario.expect[tower]).map(([operation, counts]) => [
      operation,
      columns.map((column) => counts[column]),
    ]),
  );
}
