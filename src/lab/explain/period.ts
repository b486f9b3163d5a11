/** Where one operation begins and the next: found by the program's own traps, which come round with it. */
import type { Inward, Step } from './step.ts';

/** A trap of a program, and where it stands among the steps. */
interface Trap {
  readonly at: number;
  readonly trap: Inward;
}

/** Places of a program that trap, by where they are and what they ask for; with or without whose they are. */
const KEYS: readonly ((trap: Inward) => string)[] = [(trap) => `${trap.from.pid} ${placeOf(trap)}`, placeOf];

function placeOf({ from, vector, asked }: Inward): string {
  return `${from.address} ${vector} ${asked?.number ?? ''}`;
}

/** Steps at which each of `count` operations begins, in order; undefined when no trap comes round with them. */
export function beginnings(steps: readonly Step[], count: number): number[] | undefined {
  const traps = steps.flatMap((step, at): Trap[] =>
    step.kind === 'in' && step.from.kind === 'program' ? [{ at, trap: step }] : [],
  );
  for (const times of [1, 2, 3, 4]) {
    for (const key of KEYS) {
      const found = comingRound(traps, key, count * times);
      if (found) return found.filter((_, n) => n % times === 0);
    }
  }
  return undefined;
}

/** Where the place is that traps so often, the first of them. */
function comingRound(traps: readonly Trap[], key: (trap: Inward) => string, times: number): number[] | undefined {
  const sites = new Map<string, number[]>();
  for (const { at, trap } of traps) {
    const name = key(trap);
    const site = sites.get(name);
    if (site) site.push(at);
    else sites.set(name, [at]);
  }
  return [...sites.values()].find((site) => site.length === times);
}
