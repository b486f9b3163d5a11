import type { Books } from '../audit/books.ts';
import { Queue } from '../queue.ts';

/** One waiter on a futex word. */
export interface FutexWaiter {
  /** Which wake bits reach it (FUTEX_WAIT_BITSET). */
  readonly bits: number;
  readonly queue: Queue;
  woken: boolean;
  key: string;
}

/**
 * Who waits on which futex word (futex(2)). A key names the word: address space and address, or for shared memory the
 * physical address.
 */
export class Futexes {
  readonly #waiters = new Map<string, FutexWaiter[]>();

  /** Adds a waiter at the end. */
  add(key: string, bits: number): FutexWaiter {
    const waiter: FutexWaiter = { bits, queue: new Queue(), woken: false, key };
    const list = this.#waiters.get(key);
    if (list) list.push(waiter);
    else this.#waiters.set(key, [waiter]);
    return waiter;
  }

  /** Takes off a waiter that gave up; no effect on one that was woken. */
  remove(waiter: FutexWaiter): void {
    const list = this.#waiters.get(waiter.key);
    const at = list ? list.indexOf(waiter) : -1;
    if (at < 0) return;
    list!.splice(at, 1);
    if (list!.length === 0) this.#waiters.delete(waiter.key);
  }

  /** Wakes up to `count` waiters that share a bit with `bits`, first come first served; returns how many. */
  wake(key: string, count: number, bits: number): number {
    const list = this.#waiters.get(key);
    if (!list) return 0;
    let woken = 0;
    for (const waiter of [...list]) {
      if (woken >= count) break;
      if (!(waiter.bits & bits)) continue;
      this.remove(waiter);
      waiter.woken = true;
      waiter.queue.wake();
      woken++;
    }
    return woken;
  }

  /** Each waiter sleeps, unless he has been roused and has yet to run. */
  audit(books: Books, nobodyRuns: boolean): void {
    for (const [key, list] of this.#waiters) {
      for (const waiter of list) {
        books.queue(`futex ${key}`, waiter.queue);
        books.equal('futex waiter', `key of ${key}`, key, waiter.key);
        if (nobodyRuns) books.equal('futex waiter', `asleep on ${key}`, 1, waiter.queue.sleepers.length);
      }
    }
    books.gone('futex waiters', 'by word', this.#waiters.size);
  }

  /** Moves up to `count` waiters of one word to another; returns how many. */
  requeue(from: string, to: string, count: number): number {
    if (from === to) return Math.min(count, this.#waiters.get(from)?.length ?? 0);
    let moved = 0;
    for (const waiter of [...(this.#waiters.get(from) ?? [])]) {
      if (moved >= count) break;
      this.remove(waiter);
      waiter.key = to;
      const list = this.#waiters.get(to);
      if (list) list.push(waiter);
      else this.#waiters.set(to, [waiter]);
      moved++;
    }
    return moved;
  }
}
