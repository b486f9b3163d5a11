/** One operation of a program under guest kernels, as it happens when everything has settled: every crossing. */
import type { LowerTree, Memory } from '../../kernel/platform.ts';
import { chainName } from '../chain.ts';
import type { Sample } from '../compare/slope.ts';
import type { Operation } from '../operations.ts';
import { statOf } from '../stat.ts';
import { trial } from '../trial.ts';
import type { Line } from './line.ts';
import { Names } from './names.ts';
import { Narrator } from './narrator.ts';
import { beginnings } from './period.ts';
import { settle } from './place.ts';
import { Recorder } from './recorder.ts';
import type { Counters, Inward, Step } from './step.ts';
import { requestOf } from './words.ts';

/** What is to be explained. */
export interface Question {
  readonly tree: (memory: () => Memory) => LowerTree;
  /** Towers, the outermost first; none is the host kernel itself. */
  readonly towers: readonly string[];
  readonly operation: Operation;
}

/** What happens in one operation. */
export interface Explanation {
  readonly towers: readonly string[];
  readonly operation: Operation;
  /** The program and how often it did the operation. */
  readonly program: readonly string[];
  readonly count: number;
  readonly lines: readonly Line[];
  /** What was counted from its beginning to the next one's. */
  readonly sample: Sample;
  /** Operations that went as this one did, step for step, itself included. */
  readonly alike: number;
  /** Clauses of the guest kernel's script that occur, by line. */
  readonly clauses: readonly { readonly line: number; readonly text: string }[];
  /** Calls and requests for tracing that occur, with what they mean. */
  readonly requests: readonly { readonly name: string; readonly meaning: string }[];
}

/** Operations that a program does to be explained. */
const COUNT = 8;
/** Memory of the innermost kernel; each kernel below has twice as much. */
const MEMORY = 16 << 20;

/** Explains an operation; an error is one line. */
export function explain(question: Question): Explanation | { readonly error: string } {
  const { operation, towers } = question;
  const recorder = new Recorder();
  const program = operation.argv(COUNT);
  const { output, status } = trial({
    ...question,
    argv: program,
    memory: MEMORY << towers.length,
    observer: recorder.observer,
    prepare: (run) => recorder.attach(run),
  });
  if (status !== 0) return { error: `${chainName(towers)}: ${failure(program, status, output)}` };
  const { steps } = recorder;
  settle(steps);
  const begin = beginnings(steps, COUNT);
  if (!begin)
    return {
      error: `${operation.name}: nothing that its program does crosses a ring each time: there is nothing to show`,
    };
  const accounts = tellEach(steps, begin, new Names(steps, recorder.depths));
  const chosen = mostUsual(accounts);
  const [from, to] = [begin[chosen], begin[chosen + 1]];
  return {
    towers,
    operation,
    program,
    count: COUNT,
    lines: accounts[chosen],
    sample: difference((steps[to] as Inward).counters!, (steps[from] as Inward).counters!),
    alike: accounts.filter((account) => shape(account) === shape(accounts[chosen])).length,
    clauses: clausesIn(steps.slice(from, to)),
    requests: requestsIn(steps.slice(from, to)),
  };
}

/** Why the program did not do what it was to do: the last thing that was said. */
function failure(program: readonly string[], status: number, output: string): string {
  const last = output
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^nestlab guest: /, '');
  return `${program.join(' ')} ended with ${status}${last === '' ? '' : `: ${last}`}`;
}

/** The lines of each operation but the last, which has no next one. */
function tellEach(steps: readonly Step[], begin: readonly number[], names: Names): (readonly Line[])[] {
  const narrator = new Narrator(names);
  const accounts: (readonly Line[])[] = [];
  let next = 0;
  for (const [at, step] of steps.entries()) {
    if (at === begin[next]) {
      if (next > 0) accounts.push(narrator.lines);
      narrator.begin();
      next++;
    }
    if (next === begin.length) break;
    narrator.tell(step);
  }
  return accounts;
}

/** The one in the middle of those that are alike and most. */
function mostUsual(accounts: readonly (readonly Line[])[]): number {
  const groups = new Map<string, number[]>();
  for (const [n, account] of accounts.entries()) groups.set(shape(account), [...(groups.get(shape(account)) ?? []), n]);
  const [most] = [...groups.values()].sort((a, b) => b.length - a.length);
  return most[most.length >> 1];
}

/** An account without process ids and addresses, which may differ from one operation to the next. */
function shape(account: readonly Line[]): string {
  return JSON.stringify(account).replace(/0x[0-9a-f]+|\d+/g, '#');
}

/** What was counted between two moments. */
function difference(after: Counters, before: Counters): Sample {
  const depths = after.depths.map(({ counts, calls }, depth) => ({
    counts: counts.map((count, n) => count - (before.depths[depth]?.counts[n] ?? 0)),
    calls: calls.map((count, n) => count - (before.depths[depth]?.calls[n] ?? 0)),
  }));
  const { instructions, events, calls, guests } = statOf(depths, after.instructions - before.instructions, 0);
  return { instructions, depths: [{ events, calls }, ...guests] };
}

function clausesIn(steps: readonly Step[]): Explanation['clauses'] {
  const found = new Map<number, string>();
  for (const step of steps) if (step.kind === 'script') found.set(step.line, step.clause.replace(/\s+/g, ' '));
  return [...found].sort(([a], [b]) => a - b).map(([line, text]) => ({ line, text }));
}

function requestsIn(steps: readonly Step[]): Explanation['requests'] {
  const found = new Map<string, string>();
  for (const step of steps) {
    const request =
      step.kind === 'in' && step.from.kind !== 'program' && step.asked ? requestOf(step.asked) : undefined;
    if (request) found.set(request.name, request.meaning);
  }
  return [...found].map(([name, meaning]) => ({ name, meaning }));
}
