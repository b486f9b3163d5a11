import type { Comparison, Place } from './comparison.ts';

/** How one place stands to the quickest over all operations. */
export interface Standing extends Place {
  /** Geometric mean of the ratios of its cycles to those of the first. */
  readonly times: number;
}

/** The places that did every operation, the quickest first. The geometric mean gives every operation the same weight. */
export function standingsOf({ tables }: Comparison): readonly Standing[] {
  if (tables.length === 0) return [];
  const means = tables[0].rows.flatMap(({ tower, depth }, n) => {
    const rows = tables.map((table) => table.rows[n]);
    const logs = rows.map((row) => ('refused' in row ? Number.NaN : Math.log(row.cycles)));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    return Number.isFinite(mean) ? [{ tower, depth, mean }] : [];
  });
  means.sort((a, b) => a.mean - b.mean);
  return means.map(({ tower, depth, mean }) => ({ tower, depth, times: Math.exp(mean - means[0].mean) }));
}
