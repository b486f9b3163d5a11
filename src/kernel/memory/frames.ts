import type { Books } from '../audit/books.ts';

/** Bytes in a page and in the frame that holds it. */
export const PAGE = 4096;
/** Frames of a block: 4 MiB, what one entry of a page directory can map. */
export const BLOCK = 1024;

/**
 * The frames of physical memory with a count of who holds each. A frame is a number (physical address >>> 12).
 * Constructed by the platform, which takes its own frames from it before the kernel starts.
 *
 * A block (1024 frames from a multiple of 1024 on) can be held as a whole, which counts for each of its frames. So a
 * frame has the references of its own and those of its block, and is free when it has neither.
 */
export class Frames {
  /** References to each frame alone. */
  readonly #held: Int32Array;
  /** References to each block as a whole. */
  readonly #blocks: Int32Array;
  /** First frames of free blocks: their frames are handed out singly only when there are no others. */
  readonly #whole: number[] = [];
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
    this.#blocks = new Int32Array((end >>> 10) + 1);
    this.#returned = new Int32Array(end);
    this.#first = first;
    this.#fresh = first;
    this.#end = end;
  }

  /** Frames that are free now. */
  get free(): number {
    return this.#end - this.#fresh + this.#returnedCount + this.#whole.length * BLOCK;
  }

  /** All frames that this memory has. */
  get total(): number {
    return this.#end;
  }

  /** A frame with one reference, contents undefined; -1 when memory is exhausted even after reclaim. */
  allocate(): number {
    if (this.free === 0 && this.reclaim() === 0) return -1;
    if (this.#returnedCount === 0 && this.#fresh === this.#end) this.#giveBack(this.#whole.pop()!, BLOCK);
    const frame = this.#returnedCount > 0 ? this.#returned[--this.#returnedCount] : this.#fresh++;
    this.#held[frame] = 1;
    return frame;
  }

  /**
   * The first frame of a block of zeros, with one reference to the block; -1 where no block is free. `clear` is called
   * with the first frame of a block that was in use before: what was never handed out is zero. Nothing is reclaimed.
   */
  allocateBlock(clear: (first: number) => void): number {
    if (this.#whole.length === 0) {
      const first = Math.ceil(this.#fresh / BLOCK) * BLOCK;
      if (first + BLOCK <= this.#end) {
        this.#giveBack(this.#fresh, first - this.#fresh);
        this.#fresh = first + BLOCK;
        this.#blocks[first >>> 10] = 1;
        return first;
      }
      this.#collect();
    }
    const first = this.#whole.pop() ?? -1;
    if (first < 0) return -1;
    this.#blocks[first >>> 10] = 1;
    clear(first);
    return first;
  }

  /** Puts `count` frames into the list of those given back, so that the lowest is taken first. */
  #giveBack(first: number, count: number): void {
    for (let n = count - 1; n >= 0; n--) this.#returned[this.#returnedCount++] = first + n;
  }

  /** Takes blocks whose frames have all been given back out of the list of frames. */
  #collect(): void {
    if (this.#returnedCount < BLOCK) return;
    const listed = new Int32Array(this.#blocks.length);
    for (let n = 0; n < this.#returnedCount; n++) listed[this.#returned[n] >>> 10]++;
    for (let block = listed.length - 1; block >= 0; block--) if (listed[block] === BLOCK) this.#whole.push(block << 10);
    let kept = 0;
    for (let n = 0; n < this.#returnedCount; n++) {
      const frame = this.#returned[n];
      if (listed[frame >>> 10] !== BLOCK) this.#returned[kept++] = frame;
    }
    this.#returnedCount = kept;
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
    if (this.#held[frame] <= 0 && this.#blocks[frame >>> 10] <= 0)
      throw new Error(`frames: hold of free frame ${frame}`);
    this.#held[frame]++;
  }

  /** One reference less; the last one frees the frame. */
  release(frame: number): void {
    const left = --this.#held[frame];
    if (left > 0) return;
    if (!(left === 0)) throw new Error(`frames: release of free frame ${frame}`);
    if (this.#blocks[frame >>> 10] === 0) this.#returned[this.#returnedCount++] = frame;
  }

  /** One more reference to the block that starts at frame `first`. */
  holdBlock(first: number): void {
    if (this.#blocks[first >>> 10] <= 0) throw new Error(`frames: hold of the block at ${first}, which nobody holds`);
    this.#blocks[first >>> 10]++;
  }

  /** One reference to a block less; with the last one those of its frames are free that nobody holds singly. */
  releaseBlock(first: number): void {
    const left = --this.#blocks[first >>> 10];
    if (left > 0) return;
    if (!(left === 0)) throw new Error(`frames: release of the block at ${first}, which nobody holds`);
    let held = 0;
    for (let frame = first; frame < first + BLOCK; frame++) held |= this.#held[frame];
    if (held === 0) {
      this.#whole.push(first);
      return;
    }
    for (let frame = first + BLOCK - 1; frame >= first; frame--)
      if (this.#held[frame] === 0) this.#returned[this.#returnedCount++] = frame;
  }

  /** One reference to a block becomes one to each of its frames. */
  splitBlock(first: number): void {
    if (--this.#blocks[first >>> 10] < 0) throw new Error(`frames: split of the block at ${first}, which nobody holds`);
    for (let frame = first; frame < first + BLOCK; frame++) this.#held[frame]++;
  }

  /** How many hold this frame. */
  references(frame: number): number {
    return this.#held[frame] + this.#blocks[frame >>> 10];
  }

  /** Each frame is free, in the list of these once, or held. */
  audit(books: Books): void {
    const listed = new Uint8Array(this.#end);
    for (let n = 0; n < this.#returnedCount; n++) listed[this.#returned[n]]++;
    for (const first of this.#whole) for (let n = 0; n < BLOCK; n++) listed[first + n]++;
    for (let frame = this.#first; frame < this.#end; frame++) {
      const places = frame >= this.#fresh ? 1 : 0;
      const held = this.references(frame);
      books.equal('free list', `frame ${frame}`, held === 0 ? 1 : 0, places + listed[frame]);
      if (held !== 0) books.counts('frame', frame, held);
    }
  }
}
