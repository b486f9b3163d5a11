import { isError } from '../../abi/errno.ts';
import { syscallName } from '../../abi/syscalls.ts';
import type { Observer, UserReader } from '../../kernel/platform.ts';

/** What a summary holds of one system call. */
export interface SummaryRow {
  readonly name: string;
  readonly calls: number;
  readonly errors: number;
  /** Virtual nanoseconds between entry and return, waiting included. */
  readonly time: number;
}

interface Tally {
  calls: number;
  errors: number;
  time: number;
}

/** Counts calls, errors and virtual time by call, as strace -c does. */
export class Summary implements Observer {
  readonly #tallies = new Map<number, Tally>();
  readonly #begun = new Map<number, number>();
  readonly #shows: (number: number) => boolean;
  readonly #now: () => number;

  /** `now` is the virtual time in ns. */
  constructor(shows: (number: number) => boolean, now: () => number) {
    this.#shows = shows;
    this.#now = now;
  }

  enter(pid: number, number: number, _args: Int32Array, _user: UserReader): void {
    if (!this.#shows(number)) return;
    this.#begun.set(pid, this.#now());
    this.#tally(number).calls++;
  }

  leave(pid: number, number: number, _args: Int32Array, result: number, _user: UserReader): void {
    const begun = this.#begun.get(pid);
    if (begun === undefined) return;
    this.#begun.delete(pid);
    const tally = this.#tally(number);
    tally.time += this.#now() - begun;
    if (isError(result)) tally.errors++;
  }

  signal(): void {}

  exit(pid: number): void {
    this.#begun.delete(pid);
  }

  #tally(number: number): Tally {
    let tally = this.#tallies.get(number);
    if (!tally) this.#tallies.set(number, (tally = { calls: 0, errors: 0, time: 0 }));
    return tally;
  }

  /** The rows: most time first, then most calls, then by name. */
  rows(): SummaryRow[] {
    return [...this.#tallies]
      .map(([number, tally]) => ({ name: syscallName(number), ...tally }))
      .sort((a, b) => b.time - a.time || b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }
}

/** The summary as the table that strace -c prints; times are virtual. */
export function summaryText(rows: readonly SummaryRow[]): string {
  const total = rows.reduce(
    (sum, row) => ({
      name: 'total',
      calls: sum.calls + row.calls,
      errors: sum.errors + row.errors,
      time: sum.time + row.time,
    }),
    { name: 'total', calls: 0, errors: 0, time: 0 },
  );
  const width = Math.max(16, ...rows.map((row) => row.name.length));
  const line = `------ ----------- ----------- --------- --------- ${'-'.repeat(width)}`;
  const text = (row: SummaryRow): string => {
    const share = total.time === 0 ? (row === total ? 100 : 0) : (100 * row.time) / total.time;
    const each = row.calls === 0 ? 0 : Math.floor(row.time / 1000 / row.calls);
    return [
      share.toFixed(2).padStart(6),
      (row.time / 1e9).toFixed(6).padStart(11),
      `${each}`.padStart(11),
      `${row.calls}`.padStart(9),
      `${row.errors || ''}`.padStart(9),
      row.name,
    ].join(' ');
  };
  const head = '% time     seconds  usecs/call     calls    errors syscall';
  return [head, line, ...rows.map(text), line, text(total)].map((row) => `${row}\n`).join('');
}
