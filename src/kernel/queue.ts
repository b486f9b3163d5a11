import type { Sleep } from './platform.ts';

/** Something that waits on queues: a sleeping task, or a watcher that hands the news on. */
export interface Sleeper {
  /** Called once per wake, after the sleeper has been taken off the queue that woke it. */
  woken(queue: Queue): void;
  /** One of those that share the news with others of their kind: once one has `served` a wake the rest sleep on (EPOLLEXCLUSIVE). */
  readonly exclusive?: boolean;
  /** Whether somebody took the last news. */
  readonly served?: boolean;
}

/** Those who wait for one event, in the order they came. */
export class Queue {
  #sleepers: Sleeper[] = [];
  #sleep: Sleep | undefined;

  /** To be yielded by a task that waits for this alone, until it comes or for a signal. */
  get sleep(): Sleep {
    this.#sleep ??= { kind: 'sleep', queues: [this], until: Number.POSITIVE_INFINITY, interruptible: true };
    return this.#sleep;
  }

  /** Whether nobody waits here. */
  get empty(): boolean {
    return this.#sleepers.length === 0;
  }

  /** Those who wait here, for audits. */
  get sleepers(): readonly Sleeper[] {
    return this.#sleepers;
  }

  /** Puts a sleeper at the end. */
  add(sleeper: Sleeper): void {
    this.#sleepers.push(sleeper);
  }

  /** Puts a sleeper before all others (as watchers of an epoll instance stand in Linux's queues). */
  addFirst(sleeper: Sleeper): void {
    this.#sleepers.unshift(sleeper);
  }

  /** Takes a sleeper off; one that is not here is no error, since a wake may have come first. */
  remove(sleeper: Sleeper): void {
    const at = this.#sleepers.indexOf(sleeper);
    // One that is taken off the end leaves the array as long as it was.
    if (at >= 0 && at === this.#sleepers.length - 1) this.#sleepers.pop();
    else if (at >= 0) this.#sleepers.splice(at, 1);
  }

  /** Wakes everybody who waits here. */
  wake(): void {
    if (this.#sleepers.length === 0) return;
    if (this.#sleepers.length === 1) {
      this.#sleepers.pop()!.woken(this);
      return;
    }
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    let served = false;
    for (const sleeper of sleepers) {
      if (served && sleeper.exclusive) {
        this.#sleepers.push(sleeper);
        continue;
      }
      sleeper.woken(this);
      if (sleeper.exclusive && sleeper.served) served = true;
    }
  }

  /** Wakes the one who has waited longest; returns whether there was one. */
  wakeOne(): boolean {
    const sleeper = this.#sleepers.shift();
    if (!sleeper) return false;
    sleeper.woken(this);
    return true;
  }
}
