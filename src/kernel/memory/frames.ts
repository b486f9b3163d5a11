import type { Books } from '../audit/books.ts';

/** Bytes in a page and in the frame that holds it. */
export const PAGE = 4096;

/**
 * The frames of physical memory with a count of who holds each. A frame is a number (physical address >>> 12).
 * Constructed by the platform, which takes its own frames from it before the kernel starts.
 */
export class Frames {
  /** References to each frame; 0 = free. */
  readonly #held: Int32Array;
  /** Frames given back, used again last in first out. */
  readonly #returned: Int32Array;
  #returnedCount = 0;
  readonly #first: number;
  /** First frame that has never been handed out. */
  #fresh: number;
  readonly #end: number;

  /**
   * Called when no frame is free: gives up what can be had again (clean page-cache pages) and returns how many frames
   * it released.
   */
  reclaim: () => number = () => 0;

  /** Frames `first` up to, not including, `end` are free. */
  constructor(first: number, end: number) {
    this.#held = new Int32Array(end);
    this.#returned = new Int32Array(end);
    this.#first = first;
    this.#fresh = first;
    this.#end = end;
  }

  /** Frames that are free now. */
  get free(): number {
    return this.#end - this.#fresh + this.#returnedCount;
  }

  /** All frames that this memory has. */
  get total(): number {
    return this.#end;
  }

  /** A frame with one reference, contents undefined; -1 when memory is exhausted even after reclaim. */
  allocate(): number {
    if (this.free === 0 && this.reclaim() === 0) return -1;
    const frame = this.#returnedCount > 0 ? this.#returned[--this.#returnedCount] : this.#fresh++;
    this.#held[frame] = 1;
    return frame;
  }

  /**
   * The first of `count` frames that follow each other, each with one reference; -1 where no such run is at hand.
   * Nothing is reclaimed for it: whoever asks can do with less.
   */
  allocateRun(count: number): number {
    const first = this.#returnedRun(count) ?? (this.#end - this.#fresh >= count ? this.#fresh : -1);
    if (first < 0) return -1;
    if (first === this.#fresh) this.#fresh += count;
    else this.#returnedCount -= count;
    this.#held.fill(1, first, first + count);
    return first;
  }

  /** The frames given back last, where they lie side by side: a process that ends gives its pages back in order. */
  #returnedRun(count: number): number | undefined {
    const last = this.#returnedCount - 1;
    if (last + 1 < count) return undefined;
    const top = this.#returned[last];
    for (let n = 1; n < count; n++) if (this.#returned[last - n] !== top - n) return undefined;
    return top - count + 1;
  }

  /** One more reference. */
  hold(frame: number): void {
    if (this.#held[frame] <= 0) throw new Error(`frames: hold of free frame ${frame}`);
    this.#held[frame]++;
  }

  /** One reference less; the last one frees the frame. */
  release(frame: number): void {
    const left = --this.#held[frame];
    if (left > 0) return;
    if (!(left === 0)) throw new Error(`frames: release of free frame ${frame}`);
    this.#returned[this.#returnedCount++] = frame;
  }

  /** How many hold this frame. */
  references(frame: number): number {
    return this.#held[frame];
  }

  /** Each frame is free, in the list of these once, or held. */
  audit(books: Books): void {
    const listed = new Uint8Array(this.#end);
    for (let n = 0; n < this.#returnedCount; n++) listed[this.#returned[n]]++;
    for (let frame = this.#first; frame < this.#end; frame++) {
      const places = frame >= this.#fresh ? 1 : 0;
      const held = this.#held[frame];
      books.equal('free list', `frame ${frame}`, held === 0 ? 1 : 0, places + listed[frame]);
      if (held !== 0) books.counts('frame', frame, held);
    }
  }
}
