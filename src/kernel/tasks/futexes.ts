import { EINVAL } from '../../abi/errno.ts';
import type { Books } from '../audit/books.ts';
import { Queue } from '../queue.ts';
import type { PiState } from './pi.ts';
import type { Task } from './task.ts';

/** One waiter on a futex word. */
export class FutexWaiter {
  readonly task: Task;
  /** Which wake bits reach it (FUTEX_WAIT_BITSET). */
  readonly bits: number;
  readonly queue = new Queue();
  key: string;
  /** Address of the word that it waits for in its own memory. */
  address: number;
  woken = false;
  /** The lock that it waits for, or was given; undefined on words that are no locks. */
  pi: PiState | undefined;
  /** The lock to which FUTEX_CMP_REQUEUE_PI may move it, by key and address. */
  readonly lockKey: string | undefined;
  readonly lockAddress: number;

  constructor(task: Task, key: string, address: number, bits: number, lockKey?: string, lockAddress = 0) {
    this.task = task;
    this.key = key;
    this.address = address;
    this.bits = bits;
    this.lockKey = lockKey;
    this.lockAddress = lockAddress;
  }
}

/**
 * Who waits on which futex word (futex(2)). A key names the word: address space and address, or for shared memory the
 * physical address.
 */
export class Futexes {
  readonly #waiters = new Map<string, FutexWaiter[]>();

  /** Adds a waiter at the end. */
  add(waiter: FutexWaiter): void {
    const list = this.#waiters.get(waiter.key);
    if (list) list.push(waiter);
    else this.#waiters.set(waiter.key, [waiter]);
  }

  /** Takes off a waiter that gave up; no effect on one that was woken. */
  remove(waiter: FutexWaiter): void {
    const list = this.#waiters.get(waiter.key);
    const at = list ? list.indexOf(waiter) : -1;
    if (at < 0) return;
    list!.splice(at, 1);
    if (list!.length === 0) this.#waiters.delete(waiter.key);
  }

  /** Those who wait on a word, in the order they came. */
  on(key: string): readonly FutexWaiter[] {
    return this.#waiters.get(key) ?? [];
  }

  /** Everybody who waits for a lock. */
  *forLocks(): Iterable<FutexWaiter> {
    for (const list of this.#waiters.values()) for (const waiter of list) if (waiter.pi) yield waiter;
  }

  /**
   * Wakes up to `count` waiters that share a bit with `bits`, first come first served; returns how many, -EINVAL where
   * somebody waits for a lock.
   */
  wake(key: string, count: number, bits: number): number {
    const list = this.#waiters.get(key);
    if (!list) return 0;
    let woken = 0;
    for (const waiter of [...list]) {
      if (waiter.pi || waiter.lockKey !== undefined) return -EINVAL;
      if (!(waiter.bits & bits)) continue;
      this.release(waiter);
      if (++woken >= count) break;
    }
    return woken;
  }

  /** Takes a waiter off and wakes it. */
  release(waiter: FutexWaiter): void {
    this.remove(waiter);
    waiter.woken = true;
    waiter.queue.wake();
  }

  /** Wakes `wake` waiters of one word and moves `count` more to another; how many both are, or -EINVAL as `wake`. */
  requeue(from: string, to: string, address: number, wake: number, count: number): number {
    let done = 0;
    for (const waiter of [...this.on(from)]) {
      if (done - wake >= count) break;
      if (waiter.pi || waiter.lockKey !== undefined) return -EINVAL;
      if (++done <= wake) this.release(waiter);
      else if (from !== to) this.move(waiter, to, address);
    }
    return done;
  }

  /** Lets a waiter wait on another word. */
  move(waiter: FutexWaiter, key: string, address: number): void {
    this.remove(waiter);
    waiter.key = key;
    waiter.address = address;
    this.add(waiter);
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
}
