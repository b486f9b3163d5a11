import { BLOCK, type Frames } from '../memory/frames.ts';

/**
 * The pages of one file that are in frames: index to frame * 2 + changed. A block, 1024 changed pages from a multiple of
 * 1024 on in a block of frames, is one record with one reference; a change of one of its pages makes it 1024 records.
 */
export class PageStore {
  readonly #frames: Frames;
  readonly #pages = new Map<number, number>();
  /** First index to first frame. */
  readonly #blocks = new Map<number, number>();

  constructor(frames: Frames) {
    this.#frames = frames;
  }

  get size(): number {
    return this.#pages.size + this.#blocks.size * BLOCK;
  }

  get(index: number): number | undefined {
    const entry = this.#pages.get(index);
    if (entry !== undefined || this.#blocks.size === 0) return entry;
    const first = this.#blocks.get(index - (index % BLOCK));
    return first === undefined ? undefined : (first + (index % BLOCK)) * 2 + 1;
  }

  has(index: number): boolean {
    return this.get(index) !== undefined;
  }

  /** Records a page; the reference to its frame is the caller's business. */
  set(index: number, entry: number): void {
    if (this.get(index) === entry) return;
    this.#split(index);
    this.#pages.set(index, entry);
  }

  /** Takes a page out, whose reference is the caller's from now on. */
  delete(index: number): void {
    this.#split(index);
    this.#pages.delete(index);
  }

  /** First frame of the block that starts at `index`, 0 where there is none. */
  block(index: number): number {
    return this.#blocks.get(index) ?? 0;
  }

  /** Records a block, with the caller's reference to it. */
  setBlock(index: number, first: number): void {
    this.#blocks.set(index, first);
  }

  /** First indexes of the blocks that lie in [start, end). */
  blocks(start: number, end: number): number[] {
    return [...this.#blocks.keys()].filter((index) => index >= start && index + BLOCK <= end);
  }

  /** Takes a block out and gives its reference back. */
  deleteBlock(index: number): void {
    this.#frames.releaseBlock(this.block(index));
    this.#blocks.delete(index);
  }

  /** Whether none of the 1024 pages from `index` on is here. */
  isFree(index: number): boolean {
    if (this.#blocks.has(index)) return false;
    if (this.#pages.size > 0) for (let n = 0; n < BLOCK; n++) if (this.#pages.has(index + n)) return false;
    return true;
  }

  keys(): Iterable<number> {
    return this.#blocks.size === 0 ? this.#pages.keys() : this.#all(([index]) => index);
  }

  entries(): Iterable<readonly [index: number, entry: number]> {
    return this.#blocks.size === 0 ? this.#pages : this.#all((pair) => pair);
  }

  *#all<T>(show: (pair: readonly [index: number, entry: number]) => T): Generator<T> {
    for (const pair of this.#pages) yield show(pair);
    for (const [index, first] of this.#blocks)
      for (let n = 0; n < BLOCK; n++) yield show([index + n, (first + n) * 2 + 1]);
  }

  /** Makes the block that holds `index`, if any, single pages. */
  #split(index: number): void {
    const start = index - (index % BLOCK);
    const first = this.#blocks.size === 0 ? undefined : this.#blocks.get(start);
    if (first === undefined) return;
    this.#blocks.delete(start);
    this.#frames.splitBlock(first);
    for (let n = 0; n < BLOCK; n++) this.#pages.set(start + n, (first + n) * 2 + 1);
  }
}
