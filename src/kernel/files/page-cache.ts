import type { Books } from '../audit/books.ts';
import type { Frames } from '../memory/frames.ts';
import type { Memory } from '../platform.ts';
import type { Content } from './content.ts';

/** The page cache: frames that hold file pages. Those that can be read again are given up when memory is short. */
export class PageCache {
  readonly memory: Memory;
  readonly frames: Frames;
  /** Frames with unchanged pages, oldest first. */
  readonly #clean = new Map<number, { readonly content: Content; readonly index: number }>();
  /** Frames that contents hold, changed or not. */
  pages = 0;
  /** Contents that have a page here. */
  readonly contents = new Set<Content>();

  constructor(memory: Memory, frames: Frames) {
    this.memory = memory;
    this.frames = frames;
    frames.reclaim = () => this.shrink(256);
  }

  /** Notes that a frame can be given up. */
  offer(frame: number, content: Content, index: number): void {
    this.#clean.set(frame, { content, index });
  }

  /** The frame is needed for good, or gone. */
  withdraw(frame: number): void {
    this.#clean.delete(frame);
  }

  /** Gives up at most `most` unchanged pages that nobody has mapped; returns how many. */
  shrink(most: number): number {
    let count = 0;
    for (const [frame, { content, index }] of this.#clean) {
      if (count === most) break;
      if (this.frames.references(frame) > 1) continue;
      content.drop(index);
      count++;
    }
    return count;
  }

  /** Every page is a file's that can be reached, and those that can be given up are unchanged. */
  audit(books: Books, reachable: ReadonlySet<Content>): void {
    let pages = 0;
    for (const content of this.contents) {
      pages += content.audit(books);
      if (!reachable.has(content)) books.wrong('file pages', 'of a file', 'a name or an open file', 'neither');
    }
    books.equal('file pages', 'in the page cache', pages, this.pages);
    for (const [frame, { content, index }] of this.#clean)
      books.equal('clean page', `${index} of a file`, frame, content.now(index));
  }

  /** Pages that could be given up (Cached in /proc/meminfo). */
  get cleanPages(): number {
    return this.#clean.size;
  }
}
