import { SI_USER, SIGBUS, SIGFPE, SIGILL, SIGRTMIN, SIGSEGV, SIGSYS, SIGTRAP } from '../../abi/signals.ts';
import type { Books } from '../audit/books.ts';
import type { Info } from './info.ts';
import { makeInfo, SIGNO } from './info.ts';
import { SignalSet } from './set.ts';

/** Delivered before all others: they belong to the instruction that was interrupted. */
const SYNCHRONOUS = SignalSet.of(SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS).lo;

/** Signals sent to a task or a process and not yet delivered. */
export class Pending {
  readonly set = new SignalSet();
  #queue: Info[] = [];

  /** Number of queued signals. */
  get length(): number {
    return this.#queue.length;
  }

  /** Queues a signal. A standard signal that is pending already is not queued again: returns false. */
  add(info: Info): boolean {
    const signal = info[SIGNO];
    if (signal < SIGRTMIN && this.set.has(signal)) return false;
    this.set.add(signal);
    this.#queue.push(info);
    return true;
  }

  /** Notes a signal whose siginfo finds no room. */
  addBare(signal: number): void {
    this.set.add(signal);
  }

  /** Queues a signal even where one of its number is pending: a timer's own. */
  addAlways(info: Info): void {
    this.set.add(info[SIGNO]);
    this.#queue.push(info);
  }

  /** The queued signals, in the order in which they came. */
  list(): readonly Info[] {
    return this.#queue;
  }

  /** Whether this very signal is still queued. */
  holds(info: Info): boolean {
    return this.#queue.includes(info);
  }

  /** Takes the next signal that is not in `blocked`: synchronous ones first, then the lowest number, equal ones in order. */
  take(blocked: SignalSet): Info | undefined {
    const lo = this.set.lo & ~blocked.lo;
    const hi = this.set.hi & ~blocked.hi;
    if ((lo | hi) === 0) return undefined;
    const signal = SignalSet.first(lo & SYNCHRONOUS, 0) || SignalSet.first(lo, hi);
    const at = this.#queue.findIndex((info) => info[SIGNO] === signal);
    if (at < 0) {
      this.set.delete(signal);
      return makeInfo(signal, SI_USER);
    }
    const info = this.#queue[at];
    this.#queue.splice(at, 1);
    if (!this.#queue.some((other) => other[SIGNO] === signal)) this.set.delete(signal);
    return info;
  }

  /** The set names what is queued, and nothing else. */
  audit(books: Books, where: string): void {
    const queued = new SignalSet();
    for (const info of this.#queue) queued.add(info[SIGNO]);
    books.equal('pending signals', `1 to 32 of ${where}`, queued.lo >>> 0, this.set.lo >>> 0);
    books.equal('pending signals', `33 to 64 of ${where}`, queued.hi >>> 0, this.set.hi >>> 0);
  }

  /** Forgets all signals of a set. */
  discard(lo: number, hi: number): void {
    if (((this.set.lo & lo) | (this.set.hi & hi)) === 0) return;
    const drop = new SignalSet(lo, hi);
    this.#queue = this.#queue.filter((info) => !drop.has(info[SIGNO]));
    this.set.assign(this.set.lo & ~lo, this.set.hi & ~hi);
  }
}
