/** The aggregations: what a map keeps under each key. */

/** What was added up under one key. */
export interface Accumulator {
  add(value: number): void;
  /** What entries are sorted by, and shown as where `rows` is absent. */
  readonly value: number;
  /** Of a histogram: label and count of each step from the first to the last that is not empty. */
  rows?(): readonly (readonly [label: string, count: number])[];
}

/** One way to add up. */
export interface Aggregate {
  readonly name: string;
  /** Names of its arguments; those behind the first are constants. */
  readonly parameters: readonly string[];
  readonly says: (args: readonly string[]) => string;
  readonly summary: string;
  /** What is wrong with the constants, undefined when nothing is. */
  readonly check?: (constants: readonly number[]) => string | undefined;
  readonly begin: (constants: readonly number[]) => Accumulator;
}

class Count implements Accumulator {
  value = 0;
  add(): void {
    this.value++;
  }
}

class Sum implements Accumulator {
  value = 0;
  add(value: number): void {
    this.value += value;
  }
}

class Least implements Accumulator {
  value = Number.POSITIVE_INFINITY;
  add(value: number): void {
    if (value < this.value) this.value = value;
  }
}

class Most implements Accumulator {
  value = Number.NEGATIVE_INFINITY;
  add(value: number): void {
    if (value > this.value) this.value = value;
  }
}

class Average implements Accumulator {
  #sum = 0;
  #count = 0;
  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }
  get value(): number {
    return Math.trunc(this.#sum / this.#count);
  }
}

/** Steps of the powers of two: below 0, 0, 1, [2, 4), [4, 8) ... */
class Histogram implements Accumulator {
  value = 0;
  readonly #counts = new Float64Array(56);
  add(value: number): void {
    this.value++;
    this.#counts[value < 0 ? 0 : value === 0 ? 1 : 2 + Math.min(53, Math.floor(Math.log2(value)))]++;
  }
  rows(): (readonly [string, number])[] {
    return between(this.#counts, (n) => {
      if (n === 0) return '(..., 0)';
      if (n <= 2) return `[${n - 1}]`;
      return `[${short(2 ** (n - 2))}, ${short(2 ** (n - 1))})`;
    });
  }
}

/** Equal steps from `low` to `high`, and what lies below and above. */
class Linear implements Accumulator {
  value = 0;
  readonly #counts: Float64Array;
  readonly #low: number;
  readonly #step: number;
  constructor(low: number, high: number, step: number) {
    this.#low = low;
    this.#step = step;
    this.#counts = new Float64Array(Math.ceil((high - low) / step) + 2);
  }
  add(value: number): void {
    this.value++;
    const step = Math.floor((value - this.#low) / this.#step) + 1;
    this.#counts[Math.max(0, Math.min(this.#counts.length - 1, step))]++;
  }
  rows(): (readonly [string, number])[] {
    const from = (n: number): string => short(this.#low + (n - 1) * this.#step);
    const last = this.#counts.length - 1;
    return between(this.#counts, (n) => {
      if (n === 0) return `(..., ${from(1)})`;
      return n === last ? `[${from(n)}, ...)` : `[${from(n)}, ${from(n + 1)})`;
    });
  }
}

function between(counts: Float64Array, label: (n: number) => string): (readonly [string, number])[] {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const rows: (readonly [string, number])[] = [];
  for (let n = first; first >= 0 && n <= last; n++) rows.push([label(n), counts[n]]);
  return rows;
}

/** 1024 as 1K, as long as it is exact. */
function short(value: number): string {
  let shown = value;
  for (const unit of ['', 'K', 'M', 'G', 'T', 'P']) {
    if (shown === 0 || shown % 1024 !== 0 || unit === 'P') return `${shown}${unit}`;
    shown /= 1024;
  }
  return `${value}`;
}

function stepsWrong([low, high, step]: readonly number[]): string | undefined {
  if (step <= 0) return 'the step must be above 0';
  if (high <= low) return 'the upper bound must be above the lower';
  return (high - low) / step > 1000 ? 'there are more than 1000 steps' : undefined;
}

export const AGGREGATES: readonly Aggregate[] = [
  { name: 'count', parameters: [], says: () => 'counts', summary: 'how often', begin: () => new Count() },
  {
    name: 'sum',
    parameters: ['value'],
    says: ([value]) => `adds up ${value}`,
    summary: 'the sum of the values',
    begin: () => new Sum(),
  },
  {
    name: 'min',
    parameters: ['value'],
    says: ([value]) => `keeps the least ${value}`,
    summary: 'the least value',
    begin: () => new Least(),
  },
  {
    name: 'max',
    parameters: ['value'],
    says: ([value]) => `keeps the greatest ${value}`,
    summary: 'the greatest value',
    begin: () => new Most(),
  },
  {
    name: 'avg',
    parameters: ['value'],
    says: ([value]) => `averages ${value}`,
    summary: 'the mean, without its fraction',
    begin: () => new Average(),
  },
  {
    name: 'hist',
    parameters: ['value'],
    says: ([value]) => `counts ${value} by powers of two`,
    summary: 'a histogram in powers of two',
    begin: () => new Histogram(),
  },
  {
    name: 'lhist',
    parameters: ['value', 'low', 'high', 'step'],
    says: ([value, low, high, step]) => `counts ${value} from ${low} to ${high} in steps of ${step}`,
    summary: 'a histogram in equal steps, at most 1000',
    check: stepsWrong,
    begin: ([low, high, step]) => new Linear(low, high, step),
  },
];

const BY_NAME: ReadonlyMap<string, Aggregate> = new Map(AGGREGATES.map((row) => [row.name, row]));

export function aggregateNamed(name: string): Aggregate | undefined {
  return BY_NAME.get(name);
}
