/** Short names for who and what: stable within one explanation. */
import { codeKey, type Place, type Step } from './step.ts';
import { isPtrace } from './words.ts';

/** Letters for values of CR3, in the order in which they are met: A, B, ... Z, AA, AB ... */
export class Letters {
  readonly #letters = new Map<number, string>();

  of(table: number): string {
    let letter = this.#letters.get(table);
    if (letter === undefined) {
      letter = letterOf(this.#letters.size);
      this.#letters.set(table, letter);
    }
    return letter;
  }
}

function letterOf(n: number): string {
  const last = String.fromCharCode(65 + (n % 26));
  return n < 26 ? last : `${letterOf(Math.floor(n / 26) - 1)}${last}`;
}

/** Names of places: 'app/3', 'guest/2', 'stub/3', 'tracer/2'; with several guest kernels 'guest1/2', 'stub2/4'. */
export class Names {
  readonly #depths: ReadonlyMap<string, number>;
  /** The same by page alone, for fresh copies of a kernel. */
  readonly #pages = new Map<number, number>();
  readonly #several: boolean;
  /** Pages of stubs, the uppermost first: that of the outermost guest kernel. */
  readonly #stubs: readonly number[];
  /** Where a guest kernel serves calls, and where one traces: by `codeKey`. */
  readonly #kernels = new Set<string>();
  readonly #tracers = new Set<string>();
  readonly #last = new Map<number, string>();

  constructor(steps: readonly Step[], depths: ReadonlyMap<string, number>) {
    this.#depths = depths;
    this.#several = Math.max(1, ...depths.values()) > 1;
    const pages = new Set<number>();
    for (const step of steps) {
      if (step.kind === 'made' && step.depth > 0) this.#kernels.add(codeKey(step.pid, step.page));
      if (step.kind !== 'in') continue;
      const { from, asked } = step;
      if (from.kind === 'stub') pages.add(from.address >>> 12);
      if (from.kind === 'kernel' && asked && isPtrace(asked) && asked.args[0] !== 0)
        this.#tracers.add(codeKey(from.pid, from.address >>> 12));
    }
    for (const [key, depth] of depths) this.#pages.set(Number(key.split(' ')[1]), depth);
    this.#stubs = [...pages].sort((a, b) => b - a);
  }

  /** Who is at a place. The task goes by this name until it is somewhere else. */
  of(place: Place): string {
    const name = `${this.#who(place)}/${place.pid}`;
    this.#last.set(place.pid, name);
    return name;
  }

  /** A task of the host, by what it was last. */
  task(pid: number): string {
    return this.#last.get(pid) ?? `task ${pid}`;
  }

  /** The kernel at a depth. */
  kernel(depth: number): string {
    if (depth === 0) return 'host';
    return this.#numbered('guest', depth);
  }

  /** How deep the guest kernel is that is at a place; a fresh copy of one has not counted anything yet. */
  depth({ kind, pid, address }: Place): number {
    if (kind !== 'kernel') return Number.POSITIVE_INFINITY;
    const page = address >>> 12;
    return this.#depths.get(codeKey(pid, page)) ?? this.#pages.get(page) ?? 1;
  }

  #who({ kind, pid, address }: Place): string {
    if (kind === 'stub') return this.#numbered('stub', this.#stubs.indexOf(address >>> 12) + 1);
    if (kind !== 'kernel') return 'app';
    const key = codeKey(pid, address >>> 12);
    const depth = this.depth({ kind, pid, address });
    const traces = this.#tracers.has(key) && !this.#kernels.has(key);
    return traces ? this.#numbered('tracer', depth) : this.kernel(depth);
  }

  #numbered(name: string, depth: number): string {
    return this.#several ? `${name}${depth}` : name;
  }
}
