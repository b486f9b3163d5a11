/** Seeded random numbers and the operand values that break processors: sign, carry and page boundaries. */

/** A stream of pseudo-random numbers, the same for the same seed (sfc32, by Chris Doty-Humphrey). */
export class Random {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed | 0;
    for (let i = 0; i < 12; i++) this.word();
  }

  /** 32 random bits, signed. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum;
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    return (this.word() >>> 0) % bound;
  }

  chance(probability: number): boolean {
    return this.word() >>> 0 < probability * 0x100000000;
  }

  pick<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)] as T;
  }

  /** A 32-bit operand: often a boundary of 8, 16 or 32 bits, sometimes plain random. */
  operand(): number {
    const kind = this.below(16);
    if (kind < 9) return this.pick(BOUNDARIES);
    if (kind === 9) return (this.pick(BOUNDARIES) << 16) | (this.pick(BOUNDARIES) & 0xffff);
    if (kind === 10) return (this.pick(BOUNDARIES) + this.below(5) - 2) | 0;
    if (kind === 11) return 1 << this.below(32);
    if (kind === 12) return this.below(64);
    return this.word();
  }
}

const BOUNDARIES: readonly number[] = [
  0, 1, 2, 3, 0x0f, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0x81, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xffff, 0x10000,
  0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 0xffffff80, 0xffffff7f, 0xffff8000, 0xffff7fff,
  0x55555555, 0xaaaaaaaa, 0x99, 0x9a, 0x0a, 0x12345678,
].map((value) => value | 0);
