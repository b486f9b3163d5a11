/** Measures one operation under one tower. */
import type { LowerTree, Memory } from '../../kernel/platform.ts';
import { chainOf } from '../chain.ts';
import { ALL_OPERATIONS } from '../operations.ts';
import { type Trial, trial } from '../trial.ts';
import { crossings } from './metrics.ts';
import { type Sample, sampleOf, slope } from './slope.ts';

/** What is to be measured: plain data, for it may be done in another process. */
export interface Order {
  readonly operation: string;
  /** Name of a tower, or of a chain of them. */
  readonly tower: string;
  /** Depths at which it is stood on itself, ascending; a chain has one. */
  readonly depths: readonly number[];
  /** Crossings that a run may take, as far as that can be told from the levels above. */
  readonly most: number;
}

/** One operation in counts, or why there are none. */
export type Measured = { readonly count: number; readonly perOperation: Sample } | { readonly refused: string };

/** Makes the file tree of a run; what it reads goes to `memory()`. */
export type MakeTree = (memory: () => Memory) => LowerTree;

/** Memory of the innermost kernel; each kernel below has twice as much. */
const MEMORY = 16 << 20;
/** Deeper than this, one operation takes so many events that few will do. */
const SHALLOW = 2;

/** Measures an operation at every depth of the order: an answer for each. */
export function measure({ operation, tower, depths, most }: Order, tree: MakeTree): readonly Measured[] {
  const answers: Measured[] = [];
  // What a run at each depth took. The levels above are measured too, for what they tell of those that are asked for.
  const taken: number[] = [];
  const isGuarded = most !== Number.POSITIVE_INFINITY && depths[0] > 1 && !tower.includes('/');
  for (let depth = isGuarded ? 1 : depths[0]; depth <= depths[depths.length - 1]; depth++) {
    const expected = taken[depth - 1] ** 2 / taken[depth - 2];
    const answer = expected > most ? tooLong(expected) : measureAt(operation, chain(tower, depth), tree, taken);
    if (depth >= depths[0]) answers.push(answer);
    if (expected > most) taken[depth] = expected;
  }
  return answers;
}

function chain(tower: string, depth: number): readonly string[] {
  const towers = chainOf(tower, depth);
  if ('error' in towers) throw new Error(`compare: ${towers.error}`);
  return towers;
}

function tooLong(crossings: number): Measured {
  const about = Number(crossings.toPrecision(2)).toLocaleString('en-US');
  return { refused: `a run would take some ${about} crossings. Name this tower and one operation to wait for it` };
}

/** Runs the operation's program with N and with 2N operations. */
function measureAt(operation: string, towers: readonly string[], tree: MakeTree, taken: number[]): Measured {
  const { argv, counts } = ALL_OPERATIONS.find(({ name }) => name === operation)!;
  const count = counts[towers.length > SHALLOW ? 1 : 0];
  const samples: Sample[] = [];
  for (const times of [count, 2 * count]) {
    const done = trial({ tree, towers, argv: argv(times), memory: MEMORY << towers.length });
    if (done.status !== 0) return { refused: reason(done) };
    samples.push(sampleOf(done));
  }
  taken[towers.length] = crossings(samples[1]);
  return { count, perOperation: slope(samples[0], samples[1], count) };
}

const FAREWELL = /^(the guest kernel at depth \d+)(?: \([^)]*\))? (?:is no more|cannot begin): (.)/;
/** A guest kernel says why it ends with this, the exit code of what cannot be done. */
const CANNOT = 125;

/** Why a run did not do what it was to do: its last words. */
function reason({ output, status }: Trial): string {
  const words = output
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^nestlab guest: /, '');
  if (status === CANNOT && FAREWELL.test(words))
    return words.replace(FAREWELL, (_, who: string, first: string) => `${who}: ${first.toLowerCase()}`);
  const end = status < 0 ? 'every process waits, and nothing can wake one' : `exit code ${status}`;
  return words === '' ? end : `${words} (${end})`;
}
