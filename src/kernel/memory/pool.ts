import type { Books } from '../audit/books.ts';
import type { Memory, Platform } from '../platform.ts';
import type { Files } from '../services.ts';
import { auditSpace } from './audit.ts';
import type { Frames } from './frames.ts';
import { PAGE } from './frames.ts';
import type { AddressSpace } from './space.ts';

/** Memory that several share: it says how many do, and which frames it has. */
export interface Audited {
  audit(books: Books): void;
}

/** What all address spaces of a kernel share. */
export class Pool {
  readonly platform: Platform;
  readonly memory: Memory;
  readonly frames: Frames;
  readonly files: Files;
  /** The frame of zeros that stands for every anonymous page that was only read. */
  readonly zero: number;
  /** First page above the application's range. */
  readonly topPage: number;
  /** Open files that mappings gave up; closed when the call is over. */
  readonly dropped: number[] = [];
  /** Address spaces made so far: numbers them. */
  spaces = 0;
  /** Address spaces, and memory that several share, as long as somebody uses them. */
  readonly living = new Set<AddressSpace>();
  readonly shared = new Set<Audited>();
  sharings = 0;

  constructor(platform: Platform, files: Files) {
    this.platform = platform;
    this.memory = platform.memory;
    this.frames = platform.frames;
    this.files = files;
    this.topPage = platform.top >>> 12;
    this.zero = this.frames.allocate();
    if (this.zero < 0) throw new Error('memory: not one free frame at boot');
    this.memory.fill(this.zero * PAGE, 0, PAGE);
  }

  /** The memory service's books. */
  audit(books: Books): void {
    books.holds('frame', this.zero, 'the page of zeros');
    for (const file of this.dropped) books.holds('open file', file, 'a mapping that was given up');
    for (const space of this.living) auditSpace(space, books);
    for (const backing of this.shared) backing.audit(books);
    books.gone('address spaces', 'in memory', this.living.size);
  }
}
