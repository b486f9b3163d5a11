/** Measures one operation under one tower at one depth. */
import type { LowerTree, Memory } from '../../kernel/platform.ts';
import { OPERATIONS } from '../operations.ts';
import { type Trial, trial } from '../trial.ts';
import { type Sample, sampleOf, slope } from './slope.ts';

/** What is to be measured: plain data, for it may be done in another process. */
export interface Order {
  readonly operation: string;
  /** Towers, the outermost first; none is the host kernel itself. */
  readonly towers: readonly string[];
}

/** One operation in counts, or why there are none. */
export type Measured = { readonly count: number; readonly perOperation: Sample } | { readonly refused: string };

/** Makes the file tree of a run; what it reads goes to `memory()`. */
export type MakeTree = (memory: () => Memory) => LowerTree;

/** Memory of the innermost kernel; each kernel below has twice as much. */
const MEMORY = 16 << 20;
/** Deeper than this, one operation takes so many events that few will do. */
const SHALLOW = 2;

/** Runs the operation's program with N and with 2N operations. */
export function measure({ operation, towers }: Order, tree: MakeTree): Measured {
  const { argv, counts } = OPERATIONS.find(({ name }) => name === operation)!;
  const count = counts[towers.length > SHALLOW ? 1 : 0];
  const samples: Sample[] = [];
  for (const times of [count, 2 * count]) {
    const done = trial({ tree, towers, argv: argv(times), memory: MEMORY << towers.length });
    if (done.status !== 0) return { refused: reason(done) };
    samples.push(sampleOf(done));
  }
  return { count, perOperation: slope(samples[0], samples[1], count) };
}

/** Why a run did not do what it was to do: its last words. */
function reason({ output, status }: Trial): string {
  const words = output
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^nestlab guest: /, '');
  const end = status < 0 ? 'every process waits, and nothing can wake one' : `exit code ${status}`;
  return words === '' ? end : `${words} (${end})`;
}
