/**
 * Counts of what the machine and the kernel did, kept at choke points only: one function per boundary calls `count`.
 *
 * Counters are cells of one Float64Array (exact up to 2^53); a trace, when it is on, also folds every event into a
 * running hash, so that two runs can be compared by one number.
 */
import { EVENTS } from '../abi/events.ts';

/** System call numbers counted one by one. */
const CALLS = 512;

export { EVENTS } from '../abi/events.ts';

export class Ledger {
  readonly counts = new Float64Array(64);
  /** System calls by number. */
  readonly calls = new Float64Array(CALLS);
  /** Called for every event while a trace is on. */
  private sink: ((event: number, detail: number) => void) | undefined;
  private low = 0x811c9dc5 | 0;
  private high = 0x01000193;

  /** Counts one event; `detail` (a vector, an address, a number) goes to the trace only. */
  count(event: number, detail: number): void {
    this.counts[event]++;
    if (this.sink !== undefined) this.sink(event, detail);
  }

  /** Counts `amount` units of an event that comes in bulk (bytes). */
  add(event: number, amount: number): void {
    this.counts[event] += amount;
    if (this.sink !== undefined) this.sink(event, amount);
  }

  /** Counts a system call by number. */
  call(number: number): void {
    this.counts[EVENTS.systemCall]++;
    if (number >>> 0 < CALLS) this.calls[number]++;
    if (this.sink !== undefined) this.sink(EVENTS.systemCall, number);
  }

  /** Turns the trace on: every event is hashed together with `clock()`, and handed to `observe` if given. */
  trace(clock: () => number, observe?: (event: number, detail: number) => void): void {
    this.sink = (event, detail) => {
      this.mix(event);
      this.mix(detail | 0);
      this.mix(clock() | 0);
      if (observe !== undefined) observe(event, detail);
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
