/** The same comparison by profile and tower: what a guest kernel takes beyond the baseline, in percent. */
import type { Comparison, Cost, Place, Table } from '../../lab/compare/comparison.ts';
import { type Column, layout, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { nameOf, namesOf, WIDTH } from './text.ts';
import { towerLines } from './towers.ts';

/** Percent beyond a ratio of 1: whole from 10 on. */
export function percent(ratio: number): string {
  const beyond = (ratio - 1) * 100;
  return Math.abs(beyond) < 9.95 ? beyond.toFixed(1) : String(Math.round(beyond));
}

/** A table for each profile; the comparisons are of the same measurements. */
export function overheadText(comparisons: readonly Comparison[], style: Style): string {
  const [first] = comparisons;
  const deep = first.depths.length > 1 || first.depths[0] > 1;
  const baseline = nameOf(first.baseline, deep);
  const width = Math.max(...first.tables.map(({ operation }) => operation.name.length));
  const lines = [
    ...wrap(`Overhead: modelled cycles beyond those of ${baseline}, in % of these.`, WIDTH),
    '',
    ...towerLines(namesOf(first), WIDTH),
    '',
    ...first.tables.map(({ operation: { name, title } }) => `  ${name.padEnd(width)}  ${title}`),
    ...comparisons.flatMap((comparison) => ['', ...tableLines(comparison, deep, style)]),
    ...refusals(first, deep),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function tableLines({ profile, tables, baseline }: Comparison, deep: boolean, style: Style): string[] {
  const rows = tables[0].rows.map((_, n) => n).filter((n) => tables.some(({ rows: all }) => !('refused' in all[n])));
  const columns = tables.map((table): Column => {
    const cells = rows.map((n) => cell(table, n));
    return { head: ['', table.operation.name], cells, empty: cells.every((text) => text === '') };
  });
  const names = rows.map((n) => {
    const place = tables[0].rows[n];
    return isSame(place, baseline) ? `${nameOf(place, deep)} (cycles)` : nameOf(place, deep);
  });
  return [
    style.strong(`${profile.title} (${profile.name})`),
    ...layout(names, columns, WIDTH).filter((line) => line.trim() !== ''),
  ];
}

/** The baseline's own row has its cycles. */
function cell({ rows }: Table, n: number): string {
  const row = rows[n];
  if ('refused' in row) return '';
  return n === 0 ? String(Math.round(row.cycles)) : percent((row as Cost).ratio ?? Number.NaN);
}

function isSame(a: Place, b: Place): boolean {
  return a.tower === b.tower && a.depth === b.depth;
}

/** Who refused what, and why; each reason once. */
function refusals({ tables }: Comparison, deep: boolean): string[] {
  const reasons = new Map<string, { who: string; why: string; what: string[] }>();
  for (const { operation, rows } of tables)
    for (const row of rows) {
      if (!('refused' in row)) continue;
      const who = nameOf(row, deep);
      const key = `${who} ${row.refused}`;
      const reason = reasons.get(key) ?? { who, why: row.refused, what: [] };
      reason.what.push(operation.name);
      reasons.set(key, reason);
    }
  const lines = [...reasons.values()].flatMap(({ who, why, what }) =>
    wrap(`${who} refused ${what.join(', ')}: ${why}`, WIDTH),
  );
  return lines.length > 0 ? ['', ...lines] : [];
}
