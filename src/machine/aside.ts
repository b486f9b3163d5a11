/**
 * TLB entries beyond the limit of flat segments. Translated code checks no limits: where segments end below 4 GiB no entry
 * may lie beyond (`cpu.bound`). The entries are put aside then, and put back when the limit is raised, since a change of
 * segments drops no translation (SDM 3A, 4.10).
 */
import * as st from './state.ts';

const TOP = 2 ** 32;
/** Entries that are put aside; what is more is walked for again. */
const MOST = 512;

export class Aside {
  private readonly s: Int32Array;
  /** Word offset, tag and delta of each entry that is put aside. */
  private readonly kept = new Int32Array(MOST * 3);
  private count = 0;
  /** The lowest bound so far, and the entries in use that were filled beyond it. */
  private low = TOP;
  private readonly high = new Int32Array(MOST);
  private highCount = 0;

  constructor(s: Int32Array) {
    this.s = s;
  }

  /** A user entry was filled for a page. */
  filled(e: number, page: number): void {
    if ((page >>> 0) + 4096 <= this.low) return;
    if (this.highCount === MOST) this.low = TOP;
    else this.high[this.highCount++] = e;
  }

  /** Segments end at `bound`: entries beyond are put aside. */
  lower(bound: number): void {
    if (bound < this.low) this.collect(bound);
    const { s, high, kept, highCount } = this;
    let { count } = this;
    let left = 0;
    for (let n = 0; n < highCount; n++) {
      const e = high[n];
      const page = s[e];
      if (page === st.TLB_EMPTY) continue;
      if ((page >>> 0) + 4096 <= bound) {
        high[left++] = e;
        continue;
      }
      if (count < MOST) {
        const at = count++ * 3;
        kept[at] = e;
        kept[at + 1] = page;
        kept[at + 2] = s[e + 1];
      }
      s[e] = st.TLB_EMPTY;
    }
    this.highCount = left;
    this.count = count;
  }

  /** Segments end at `bound` again: entries below it come back where nothing else has come. */
  raise(bound: number): void {
    const { s, kept } = this;
    const end = this.count * 3;
    let left = 0;
    for (let n = 0; n < end; n += 3) {
      const e = kept[n];
      if ((kept[n + 1] >>> 0) + 4096 > bound) {
        for (let i = 0; i < 3; i++) kept[left + i] = kept[n + i];
        left += 3;
      } else if (s[e] === st.TLB_EMPTY) {
        s[e] = kept[n + 1];
        s[e + 1] = kept[n + 2];
        this.filled(e, s[e]);
      }
    }
    this.count = left / 3;
  }

  /** All entries are dropped. */
  empty(): void {
    this.count = 0;
  }

  /** Drops what is aside and has `matches`: linear page, and byte offset of its frame in the machine's memory. */
  drop(matches: (page: number, at: number) => boolean): void {
    const { kept } = this;
    let left = 0;
    for (let n = 0; n < this.count * 3; n += 3) {
      if (matches(kept[n + 1], (kept[n + 1] + kept[n + 2]) | 0)) continue;
      for (let i = 0; i < 3; i++) kept[left + i] = kept[n + i];
      left += 3;
    }
    this.count = left / 3;
  }

  /** Nothing is aside: most drops need not look. */
  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** A bound that is lower than any before: looks through the user entries once. */
  private collect(bound: number): void {
    const { s } = this;
    this.low = bound;
    this.highCount = 0;
    for (let e = st.TLB; e < st.TLB + st.TLB_SUPERVISOR; e += 2) {
      if (s[e] === st.TLB_EMPTY || (s[e] >>> 0) + 4096 <= bound) continue;
      if (this.highCount < MOST) this.high[this.highCount++] = e;
      else s[e] = st.TLB_EMPTY;
    }
  }
}
