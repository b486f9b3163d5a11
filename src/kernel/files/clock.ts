/** A point in time since 1970, exact to the nanosecond (a double cannot hold it in one number). */
export interface Stamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const SECOND = 1e9;

/** The time of files: the kernel's wall clock on virtual time. */
export class Clock {
  readonly #now: () => number;
  readonly #bootSeconds: number;
  readonly #bootRest: number;
  #last: Stamp;
  #lastNow = -1;

  /** `now` gives ns since boot, `bootTime` is ns since 1970 at boot. */
  constructor(now: () => number, bootTime: number) {
    this.#now = now;
    this.#bootSeconds = Math.floor(bootTime / SECOND);
    this.#bootRest = bootTime - this.#bootSeconds * SECOND;
    this.#last = { seconds: this.#bootSeconds, nanoseconds: this.#bootRest };
  }

  /** Virtual ns since boot. */
  get virtual(): number {
    return this.#now();
  }

  /** The current time. */
  stamp(): Stamp {
    const now = this.#now();
    if (now !== this.#lastNow) {
      const rest = this.#bootRest + now;
      const seconds = Math.floor(rest / SECOND);
      this.#last = { seconds: this.#bootSeconds + seconds, nanoseconds: Math.floor(rest - seconds * SECOND) };
      this.#lastNow = now;
    }
    return this.#last;
  }
}

/** A stamp from ns since 1970 (precise to about 256 ns, as the number is). */
export function stampOf(ns: number): Stamp {
  const seconds = Math.floor(ns / SECOND);
  return { seconds, nanoseconds: Math.floor(ns - seconds * SECOND) };
}

/** ns since 1970 of a stamp, rounded to what a double holds. */
export function nanosecondsOf(stamp: Stamp): number {
  return stamp.seconds * SECOND + stamp.nanoseconds;
}
