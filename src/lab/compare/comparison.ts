/** A comparison: operations by towers by depth, in counts, modelled cycles and ratios. Plain data, and a function of its inputs. */
import { chainOf } from '../chain.ts';
import type { Operation } from '../operations.ts';
import type { Profile } from '../profiles/profile.ts';
import { type Part, partsOf, totalOf } from './cycles.ts';
import type { Measured, Order } from './measure.ts';
import { METRICS } from './metrics.ts';
import type { Sample } from './slope.ts';

/** What is to be compared. */
export interface Question {
  /** Names of towers or of chains of them; native is one. */
  readonly towers: readonly string[];
  readonly operations: readonly Operation[];
  /** Depths at which each tower is stood on itself, ascending; a chain has its own. */
  readonly depths: readonly number[];
  /** The name that ratios are to; it is measured even where `towers` has it not. */
  readonly baseline: string;
  readonly profile: Profile;
}

/** A tower at a depth: one row of each table. */
export interface Place {
  readonly tower: string;
  readonly depth: number;
}

/** What one operation costs in one place. */
export interface Cost extends Place {
  readonly counts: Readonly<Record<string, number>>;
  readonly perOperation: Sample;
  readonly cycles: number;
  /** What the cycles are for. */
  readonly parts: Readonly<Record<Part, number>>;
  /** Cycles of this by cycles of the baseline. */
  readonly ratio?: number;
  /** Crossings of this by crossings one level above: what the level costs. */
  readonly growth?: number;
}

/** A place where the operation could not be measured. */
export interface Refusal extends Place {
  readonly refused: string;
}

export type Row = Cost | Refusal;

/** One operation in every place. */
export interface Table {
  readonly operation: Operation;
  /** N: the slope is that between N and 2N operations, in each row. */
  readonly count: number;
  readonly rows: readonly Row[];
}

export interface Comparison {
  readonly profile: Profile;
  readonly baseline: Place;
  readonly depths: readonly number[];
  readonly tables: readonly Table[];
}

/** Crossings that a run may take where many are asked for: some ten seconds. */
const MOST = 3_000_000;

/** The towers of every table, and the depths of each: the baseline, then the others in their order. */
function towersOf({ towers, depths, baseline }: Question): readonly { tower: string; depths: readonly number[] }[] {
  return [...new Set([baseline, ...towers])].map((tower) => {
    const chain = chainOf(tower);
    if ('error' in chain) throw new Error(`compare: ${chain.error}`);
    return { tower, depths: chain.length === 1 ? depths : [chain.length] };
  });
}

/** What must be measured, in the order in which `comparisonOf` wants the answers. */
export function ordersOf(question: Question): readonly Order[] {
  const { operations, towers, baseline } = question;
  // Who asks for one thing alone is ready to wait for it.
  const isOne = operations.length === 1 && towers.filter((tower) => tower !== baseline).length <= 1;
  const most = isOne ? Number.POSITIVE_INFINITY : MOST;
  return operations.flatMap(({ name }) => towersOf(question).map((each) => ({ operation: name, ...each, most })));
}

/** Puts a comparison together from the answers to its orders, one for each depth of each. */
export function comparisonOf(question: Question, answers: readonly Measured[]): Comparison {
  const { operations, profile, depths } = question;
  const places = towersOf(question).flatMap(({ tower, depths: own }) => own.map((depth) => ({ tower, depth })));
  const tables = operations.map((operation, n): Table => {
    const measured = answers.slice(n * places.length, (n + 1) * places.length);
    const count = measured.find((answer) => 'count' in answer)?.count ?? operation.counts[0];
    const rows = places.map((place, k): Row => {
      const answer = measured[k];
      return 'refused' in answer ? { ...place, refused: answer.refused } : costOf(place, answer.perOperation, profile);
    });
    return { operation, count, rows: rows.map((row) => related(row, rows)) };
  });
  return { profile, baseline: places[0], depths, tables };
}

/** A row's figures, not yet related to those of other rows. */
export function costOf(place: Place, perOperation: Sample, profile: Profile): Cost {
  const parts = partsOf(perOperation, profile);
  return {
    ...place,
    counts: Object.fromEntries(METRICS.map((metric) => [metric.name, metric.of(perOperation)])),
    perOperation,
    cycles: totalOf(parts),
    parts,
  };
}

/** A row with its ratio to the first one, the baseline, and to the same tower one level above. */
function related(row: Row, rows: readonly Row[]): Row {
  if ('refused' in row) return row;
  const [first] = rows;
  const above = rows.find(({ tower, depth }) => tower === row.tower && depth === row.depth - 1);
  const before = above && !('refused' in above) ? above.counts['crossings'] : 0;
  return {
    ...row,
    ...('refused' in first || first.cycles === 0 ? {} : { ratio: row.cycles / first.cycles }),
    ...(before === 0 ? {} : { growth: row.counts['crossings'] / before }),
  };
}
