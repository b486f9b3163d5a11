/** What a script has added up. */
import type { Accumulator } from './aggregates.ts';
import type { MapShape } from './checker.ts';
import { LIMITS } from './limits.ts';
import type { Value } from './types.ts';

interface Entry {
  readonly keys: readonly Value[];
  readonly sum: Accumulator;
}

/** One map of a script that runs. */
export class MapTable {
  readonly shape: MapShape;
  /** Additions that were lost because there were too many entries. */
  lost = 0;
  readonly #entries = new Map<Value, Entry>();

  constructor(shape: MapShape) {
    this.shape = shape;
  }

  /** Adds a value under keys (none: one entry for all). */
  add(keys: readonly Value[], value: number): void {
    const key = keys.length === 1 ? keys[0] : keys.join('\0');
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size >= LIMITS.entries) {
        this.lost++;
        return;
      }
      const { aggregate, constants } = this.shape;
      entry = { keys: [...keys], sum: aggregate.begin(constants) };
      this.#entries.set(key, entry);
    }
    entry.sum.add(value);
  }

  /** The entries: least value first, then by their keys. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.sum.value - b.sum.value || order(a.keys, b.keys));
  }
}

function order(a: readonly Value[], b: readonly Value[]): number {
  for (let n = 0; n < a.length; n++) {
    if (a[n] === b[n]) continue;
    return a[n] < b[n] ? -1 : 1;
  }
  return 0;
}
