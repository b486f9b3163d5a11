import type { Books } from '../audit/books.ts';

/** Something that happens at a point of virtual time. May be set again and again. */
export class Timer {
  /** Virtual ns; meaningful while set. */
  when = 0;
  /** Place in the heap, -1 while not set. */
  place = -1;
  /** Breaks ties: what was set first happens first. */
  order = 0;
  readonly fire: (now: number) => void;

  constructor(fire: (now: number) => void) {
    this.fire = fire;
  }

  get isSet(): boolean {
    return this.place >= 0;
  }

  /** While it is set it belongs to `holder`. */
  claim(books: Books, holder: string): void {
    if (this.isSet) books.holds('timer', this.order, holder);
  }
}

/** All timers of a kernel, in a binary heap by time. */
export class Timers {
  readonly #heap: Timer[] = [];
  #order = 0;

  /** Virtual time of the next event, Infinity when none is set. */
  get next(): number {
    return this.#heap.length > 0 ? this.#heap[0].when : Number.POSITIVE_INFINITY;
  }

  /** Timers that are set. */
  get count(): number {
    return this.#heap.length;
  }

  /** Sets a timer (again) to virtual time `when`; Infinity only clears it. */
  set(timer: Timer, when: number): void {
    this.clear(timer);
    if (when === Number.POSITIVE_INFINITY) return;
    timer.when = when;
    timer.order = this.#order++;
    timer.place = this.#heap.length;
    this.#heap.push(timer);
    this.#up(timer);
  }

  clear(timer: Timer): void {
    const { place } = timer;
    if (place < 0) return;
    timer.place = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    last.place = place;
    this.#heap[place] = last;
    this.#up(last);
    this.#down(last);
  }

  /** Fires what is due at `now`, in order of time. */
  run(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0].when <= now) {
      const timer = this.#heap[0];
      this.clear(timer);
      timer.fire(now);
    }
  }

  /** The heap is one, and each timer in it is somebody's. */
  audit(books: Books): void {
    for (const [place, timer] of this.#heap.entries()) {
      books.counts('timer', timer.order, 1);
      books.equal('timer place', `${timer.order}`, place, timer.place);
      const early = place > 0 && before(timer, this.#heap[(place - 1) >> 1]);
      books.equal('timer heap', `${timer.order} before its parent`, false, early);
    }
  }

  #up(timer: Timer): void {
    while (timer.place > 0) {
      const parent = this.#heap[(timer.place - 1) >> 1];
      if (!before(timer, parent)) return;
      this.#swap(timer, parent);
    }
  }

  #down(timer: Timer): void {
    for (;;) {
      let child = this.#heap[timer.place * 2 + 1];
      if (!child) return;
      const right = this.#heap[timer.place * 2 + 2];
      if (right && before(right, child)) child = right;
      if (!before(child, timer)) return;
      this.#swap(child, timer);
    }
  }

  #swap(a: Timer, b: Timer): void {
    const place = a.place;
    a.place = b.place;
    b.place = place;
    this.#heap[a.place] = a;
    this.#heap[b.place] = b;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order);
}
