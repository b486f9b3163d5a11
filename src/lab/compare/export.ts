/** A comparison as a file: counts and what follows from them, never wall-clock time, so that equal runs give equal files. */
import type { Comparison, Cost, Row } from './comparison.ts';
import { METRICS } from './metrics.ts';
import type { Sensitivity } from './sensitivity.ts';
import { standingsOf } from './summary.ts';

/** Puts a comparison into a text. */
export type Exporter = (comparison: Comparison, sensitivity?: Sensitivity) => string;

/** Everything, with the counts of every kernel by depth. */
export const toJson: Exporter = (comparison, sensitivity) => {
  const { profile, baseline, depths, tables } = comparison;
  const object = {
    profile,
    baseline,
    depths,
    metrics: Object.fromEntries(METRICS.map(({ name, meaning }) => [name, meaning])),
    operations: tables.map(({ operation: { name, title, argv }, count, rows }) => ({
      name,
      title,
      runs: [argv(count), argv(2 * count)],
      count,
      rows: rows.map(rowObject),
    })),
    standings: standingsOf(comparison),
    ...(sensitivity ? { sensitivity } : {}),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
};

function rowObject(row: Row): object {
  if ('refused' in row) return row;
  const { tower, depth, counts, cycles, parts, ratio, growth, perOperation } = row;
  const { instructions, depths } = perOperation;
  const kernels = depths.map(({ events, calls }, at) => ({
    depth: at,
    events: Object.fromEntries(Object.entries(events).filter(([, n]) => n !== 0)),
    calls,
  }));
  return { tower, depth, counts, instructions, cycles, cyclesBy: parts, ratio, growth, kernels };
}

const HEAD = ['operation', 'tower', 'depth', ...METRICS.map(({ name }) => name), 'instructions', 'cycles'];
const LAST = ['ratio', 'growth', 'refused'];

/** One line for each operation and place (RFC 4180). */
export const toCsv: Exporter = ({ tables }) => {
  const lines = tables.flatMap(({ operation, rows }) =>
    rows.map((row) => [
      operation.name,
      row.tower,
      row.depth,
      ...('refused' in row ? blank(row.refused) : figures(row)),
    ]),
  );
  return [[...HEAD, ...LAST], ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join('');
};

function figures({ counts, perOperation, cycles, ratio, growth }: Cost): (number | string)[] {
  const all = METRICS.map(({ name }) => counts[name]);
  return [...all, perOperation.instructions, cycles, ratio ?? '', growth ?? '', ''];
}

function blank(refused: string): string[] {
  return [...new Array<string>(METRICS.length + 4).fill(''), refused];
}

function quoted(value: number | string): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table for each operation. */
export const toMarkdown: Exporter = ({ tables, profile, baseline }) => {
  const head = ['tower', 'depth', ...METRICS.map(({ head: words }) => words.join(' ')), 'cycles', 'ratio'];
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = line(head.map((_, n) => (n === 0 ? ':---' : '---:')));
  const blocks = tables.map(({ operation, rows }) => {
    const lines = rows.map((row) => {
      if ('refused' in row)
        return line([
          row.tower,
          row.depth,
          `refused: ${row.refused.replaceAll('|', '\\|')}`,
          ...head.slice(3).map(() => ''),
        ]);
      const all = METRICS.map(({ name }) => row.counts[name]);
      return line([row.tower, row.depth, ...all, Math.round(row.cycles), row.ratio?.toFixed(2) ?? '']);
    });
    return `## ${operation.title}\n\n${line(head)}${rule}${lines.join('')}`;
  });
  const what = `What one operation adds; cycles are modelled for ${profile.title} (${profile.name}), ratios are to ${baseline.tower}.`;
  return `# nestlab compare\n\n${what}\n\n${blocks.join('\n')}`;
};
