/** A comparison as a reader sees it. */
import { NATIVE } from '../../lab/chain.ts';
import type { Comparison, Cost, Place, Table } from '../../lab/compare/comparison.ts';
import { PARTS, type Part } from '../../lab/compare/cycles.ts';
import { METRICS } from '../../lab/compare/metrics.ts';
import type { Sensitivity } from '../../lab/compare/sensitivity.ts';
import { standingsOf } from '../../lab/compare/summary.ts';
import { PRICED } from '../../lab/profiles/profile.ts';
import { type Column, layout, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { towerLines } from './towers.ts';

/** Columns of a terminal that may be relied on. */
export const WIDTH = 80;
const NONE = '·';

/** A count: whole where it is whole, with all its digits where not. */
const figure = (count: number): string => (count === 0 ? NONE : String(count));

/** A ratio, with three digits or more. */
const times = (ratio: number | undefined): string =>
  ratio === undefined ? '' : ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);

/** A place in words; `deep` where depths are told apart. */
export const nameOf = ({ tower, depth }: Place, deep: boolean): string =>
  deep && tower !== NATIVE ? `${tower} at depth ${depth}` : tower;

/** A column that is shown if anybody has something in it. */
interface Figure {
  readonly head: readonly [string, string];
  readonly meaning: string;
  of(cost: Cost): string;
}

/** The columns: what was counted; or what the modelled cycles are for. */
const VIEWS: Readonly<Record<'counts' | 'cycles', readonly Figure[]>> = {
  counts: METRICS.map(({ name, head, meaning }) => ({ head, meaning, of: ({ counts }) => figure(counts[name]) })),
  cycles: (Object.keys(PARTS) as Part[]).map((part) => ({
    ...PARTS[part],
    of: ({ parts }) => figure(Math.round(parts[part])),
  })),
};

/** The whole text: what is shown, a table for each operation, and the sentence at the end. */
export function comparisonText(
  comparison: Comparison,
  style: Style,
  view: keyof typeof VIEWS = 'counts',
  sensitivity?: Sensitivity,
): string {
  const { tables } = comparison;
  const costs = tables.flatMap(({ rows }) => rows.flatMap((row) => ('refused' in row ? [] : [row])));
  const occurring = new Set(VIEWS[view].filter(({ of }) => costs.some((cost) => of(cost) !== NONE)));
  const blocks = tables.map((table) => tableLines(table, comparison, occurring, style));
  const lines = [
    ...introduction(comparison, view, occurring),
    ...blocks.flatMap((block) => ['', ...block]),
    '',
    ...(sensitivity ? [...sensitivityLines(sensitivity, comparison), ''] : []),
    ...closing(comparison, style),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** The towers of all rows, each once. */
export function namesOf({ tables }: Comparison): string[] {
  return [...new Set(tables.flatMap(({ rows }) => rows.map((row) => row.tower)))];
}

function introduction(comparison: Comparison, view: keyof typeof VIEWS, occurring: ReadonlySet<Figure>): string[] {
  const { profile, baseline, depths } = comparison;
  const rows = [...occurring].map(({ head, meaning }) => [head.join(' '), meaning]);
  const from = view === 'counts' ? 'modelled from all counts' : 'the sum of these columns, modelled';
  const terms = view === 'counts' ? '; --cycles shows the terms' : '';
  rows.push(['cycles', `${from} with the prices of ${profile.title}${terms}`]);
  rows.push(['ratio', `these cycles to those of ${nameOf(baseline, baseline.depth > 1)}`]);
  if (depths.length > 1) rows.push(['growth', 'crossings to those of the same tower one level above']);
  const never = VIEWS[view].filter((each) => !occurring.has(each)).map(({ head }) => head.join(' '));
  return [
    'What one operation costs: the difference of a run with 2N and one with N, by N.',
    '',
    ...towerLines(namesOf(comparison), WIDTH),
    '',
    ...rows.flatMap(([name, meaning]) => {
      const [first, ...more] = wrap(meaning, WIDTH, ' '.repeat(15));
      return [`  ${name.padEnd(12)} ${first.trimStart()}`, ...more];
    }),
    ...(never.length > 0 ? wrap(`(nobody has any: ${never.join(', ')})`, WIDTH, '  ') : []),
    ...exampleLines(comparison),
  ];
}

/** How to see what a figure consists of. */
function exampleLines(comparison: Comparison): string[] {
  const [first] = namesOf(comparison).filter((name) => name !== NATIVE);
  const { operation } = comparison.tables[0];
  if (first === undefined) return [];
  return ['', `Crossing by crossing, and why: nestlab explain ${first} ${operation.name}`];
}

function tableLines(
  { operation, rows }: Table,
  { depths }: Comparison,
  occurring: ReadonlySet<Figure>,
  style: Style,
): string[] {
  const deep = depths.length > 1 || depths[0] > 1;
  const costs = rows.flatMap((row) => ('refused' in row ? [] : [row]));
  const column = (head: readonly [string, string], cell: (cost: Cost) => string): Column => {
    const cells = costs.map(cell);
    return { head, cells, empty: cells.every((text) => text === NONE || text === '') };
  };
  const columns = [...occurring].map(({ head, of }) => column(head, of));
  columns.push(column(['model', 'cycles'], ({ cycles }) => String(Math.round(cycles))));
  const ratio = column(['', 'ratio'], (cost) => times(cost.ratio));
  columns.push(ratio);
  if (depths.length > 1) columns.push(column(['', 'growth'], (cost) => times(cost.growth)));
  const names = costs.map(({ tower, depth }) => (deep && tower !== NATIVE ? `${tower} ${depth}` : tower));
  const guests = costs.filter(({ tower }) => tower !== NATIVE).map(({ cycles }) => cycles);
  const paint = (text: string, row: number, which: Column): string => {
    if (text.trim() === NONE) return style.faint(text);
    if (which !== ratio || guests.length < 2 || costs[row].tower === NATIVE) return text;
    if (costs[row].cycles === Math.min(...guests)) return style.best(text);
    return costs[row].cycles === Math.max(...guests) ? style.worst(text) : text;
  };
  const refusals = rows.flatMap((row) =>
    'refused' in row ? wrap(`${nameOf(row, deep)}: refused: ${row.refused}`, WIDTH) : [],
  );
  return [
    style.strong(operation.title),
    ...(costs.length > 0 ? layout(names, columns, WIDTH, paint) : []),
    ...refusals,
  ];
}

function sensitivityLines({ assumed, flips, pairs }: Sensitivity, { profile, depths, tables }: Comparison): string[] {
  const deep = depths.length > 1;
  const what = `Prices that are assumed for ${profile.name} (${assumed.join(', ')}), each by half and twice:`;
  if (flips.length === 0) return wrap(`${what} none of ${pairs} rankings changes.`, WIDTH);
  const title = (name: string): string => tables.find(({ operation }) => operation.name === name)!.operation.title;
  return [
    ...wrap(`${what} some of ${pairs} rankings change.`, WIDTH),
    ...flips.flatMap(({ operation, price, factor, ahead, behind }) => {
      const change = `${price} (${PRICED[price]}) ${factor < 1 ? 'by half' : 'twice'}`;
      return wrap(
        `${title(operation)}: ${nameOf(behind, deep)} is ahead of ${nameOf(ahead, deep)}: ${change}`,
        WIDTH,
        '  ',
      );
    }),
  ];
}

/** The sentence at the end, in the manner of hyperfine. */
function closing(comparison: Comparison, style: Style): string[] {
  const { tables, profile, depths } = comparison;
  const [first, ...others] = standingsOf(comparison);
  if (!first) return ['Nobody did every operation, so nobody is the quickest.'];
  const deep = depths.length > 1 || depths[0] > 1;
  const what = tables.length === 1 ? tables[0].operation.title : `geometric mean of ${tables.length} operations`;
  const figures = others.map((standing) => times(standing.times));
  const width = Math.max(0, ...figures.map((text) => text.length));
  return [
    `${style.strong('Summary')} (${what}; cycles of ${profile.title})`,
    `  ${style.strong(nameOf(first, deep))} ran`,
    ...others.map(
      (other, n) => `  ${figures[n].padStart(width + 2)} times faster than ${style.strong(nameOf(other, deep))}`,
    ),
  ];
}
