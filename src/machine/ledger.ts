/**
 * Counts of what the machine and the kernel did, kept at choke points only: one function per boundary calls `count`.
 *
 * Counters are cells of Float64Arrays (exact up to 2^53), one set for every depth: the machine and the host kernel count at
 * depth 0, a kernel with N kernels below it at depth N. A trace, when it is on, also folds every event into a running
 * hash, so that two runs can be compared by one number.
 */
import { EVENTS } from '../abi/events.ts';

/** System call numbers counted one by one. */
const CALLS = 512;

export { EVENTS } from '../abi/events.ts';

/** What is counted at one depth. */
export interface Tally {
  /** By event. */
  readonly counts: Float64Array;
  /** System calls by number. */
  readonly calls: Float64Array;
}

/** Told of every event while a trace is on; `detail` is a vector, an address, a number, an amount. */
export type EventSink = (event: number, detail: number, depth: number) => void;

const tally = (): Tally => ({ counts: new Float64Array(64), calls: new Float64Array(CALLS) });

export class Ledger {
  /** By depth; as long as the deepest kernel that has counted anything. */
  readonly depths: Tally[] = [tally()];
  /** Depth 0. */
  readonly counts = this.depths[0].counts;
  readonly calls = this.depths[0].calls;
  private sink: EventSink | undefined;
  private low = 0x811c9dc5 | 0;
  private high = 0x01000193;

  /** Counts one event; `detail` (a vector, an address, a number) goes to the trace only. */
  count(event: number, detail: number): void {
    this.counts[event]++;
    if (this.sink !== undefined) this.sink(event, detail, 0);
  }

  /** Counts `amount` units of an event that comes in bulk (bytes), or that a kernel saw. */
  add(event: number, amount: number, depth = 0): void {
    this.at(depth).counts[event] += amount;
    if (this.sink !== undefined) this.sink(event, amount, depth);
  }

  /** Counts a system call by number. */
  call(number: number, depth = 0): void {
    const { counts, calls } = this.at(depth);
    counts[EVENTS.systemCall]++;
    if (number >>> 0 < CALLS) calls[number]++;
    if (this.sink !== undefined) this.sink(EVENTS.systemCall, number, depth);
  }

  /** The counters of a depth. */
  private at(depth: number): Tally {
    while (this.depths.length <= depth) this.depths.push(tally());
    return this.depths[depth];
  }

  /** Turns the trace on: every event is hashed together with `clock()`, and handed to `observe` if given. */
  trace(clock: () => number, observe?: EventSink): void {
    this.sink = (event, detail, depth) => {
      this.mix(event | (depth << 8));
      this.mix(detail | 0);
      this.mix(clock() | 0);
      if (observe !== undefined) observe(event, detail, depth);
    };
  }

  /** Folds a word into the running hash (two 32-bit multiplicative hashes with different constants). */
  mix(word: number): void {
    this.low = Math.imul(this.low ^ word, 0x01000193);
    this.low ^= this.low >>> 15;
    this.high = Math.imul(this.high + word, 0x85ebca6b) ^ (this.high >>> 13);
  }

  /** The running hash as 16 hexadecimal digits. */
  get hash(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.high) + hex(this.low);
  }
}
