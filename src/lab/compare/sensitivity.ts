/** Whether what is assumed decides who is ahead. */
import { PRICED, type Priced, type Profile, withPrice } from '../profiles/profile.ts';
import type { Comparison, Cost, Place, Table } from './comparison.ts';
import { cyclesOf } from './cycles.ts';

/** Two places that change their order in one operation when an assumed price is another. */
export interface Flip {
  readonly operation: string;
  readonly price: Priced;
  readonly factor: number;
  /** Ahead at the price of the profile, and behind then. */
  readonly ahead: Place;
  readonly behind: Place;
}

export interface Sensitivity {
  /** Prices that are assumed, in the order of `PRICED`. */
  readonly assumed: readonly Priced[];
  /** Rankings of two that were looked at, for each price and factor. */
  readonly pairs: number;
  readonly flips: readonly Flip[];
}

/** What every assumed price is multiplied by. */
export const FACTORS = [0.5, 2] as const;

/** Takes every assumed price of the profile by half and twice, one at a time, and tells which rankings change. */
export function sensitivityOf({ tables, profile }: Comparison): Sensitivity {
  const assumed = (Object.keys(PRICED) as Priced[]).filter((name) => profile.prices[name].basis === 'assumed');
  const flips = tables.flatMap((table) =>
    assumed.flatMap((price) =>
      FACTORS.flatMap((factor) => flipsIn(table, withPrice(profile, price, factor), { price, factor })),
    ),
  );
  return { assumed, pairs: tables.reduce((sum, table) => sum + pairsOf(table).length, 0), flips };
}

function flipsIn(table: Table, other: Profile, change: { price: Priced; factor: number }): Flip[] {
  return pairsOf(table)
    .filter(([ahead, behind]) => cyclesOf(ahead.perOperation, other) > cyclesOf(behind.perOperation, other))
    .map(([ahead, behind]) => ({
      operation: table.operation.name,
      ...change,
      ahead: place(ahead),
      behind: place(behind),
    }));
}

/** Every two rows of which one is ahead. */
function pairsOf({ rows }: Table): (readonly [Cost, Cost])[] {
  const costs = rows.flatMap((row) => ('refused' in row ? [] : [row]));
  return costs.flatMap((a) => costs.filter((b) => a.cycles < b.cycles).map((b) => [a, b] as const));
}

function place({ tower, depth }: Place): Place {
  return { tower, depth };
}
