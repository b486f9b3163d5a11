/** A set of signals 1 to 64: signal n is bit n - 1 of two words (sigset_t). */
export class SignalSet {
  lo: number;
  hi: number;

  constructor(lo = 0, hi = 0) {
    this.lo = lo;
    this.hi = hi;
  }

  static of(...signals: number[]): SignalSet {
    const set = new SignalSet();
    for (const signal of signals) set.add(signal);
    return set;
  }

  has(n: number): boolean {
    return n <= 32 ? (this.lo & (1 << (n - 1))) !== 0 : (this.hi & (1 << (n - 33))) !== 0;
  }

  add(n: number): void {
    if (n <= 32) this.lo |= 1 << (n - 1);
    else this.hi |= 1 << (n - 33);
  }

  delete(n: number): void {
    if (n <= 32) this.lo &= ~(1 << (n - 1));
    else this.hi &= ~(1 << (n - 33));
  }

  assign(lo: number, hi: number): void {
    this.lo = lo;
    this.hi = hi;
  }

  /** The lowest signal of two words, 0 when there is none. */
  static first(lo: number, hi: number): number {
    if (lo !== 0) return 32 - Math.clz32(lo & -lo);
    return hi !== 0 ? 64 - Math.clz32(hi & -hi) : 0;
  }
}
