import { ENOMEM } from '../../abi/errno.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, RLIMIT_AS, RLIMIT_MEMLOCK, RLIMIT_STACK } from '../../abi/flags.ts';
import type { Kernel, Space } from '../platform.ts';
import { EXECUTE, INNER, WRITE as MAP_WRITE } from '../platform.ts';
import type { Area } from './area.ts';
import { Areas, STACK_GUARD } from './area.ts';
import { bringBlock, showBlock } from './blocks.ts';
import { BLOCK, PAGE } from './frames.ts';
import type { Limits } from './limits.ts';
import { FRAME_SHIFT, HELD, PageMap, PRIVATE, READ, WRITE } from './pages.ts';
import type { Pool } from './pool.ts';

// What `touch` and `bring` report.
export const OK = 0;
/** No mapping there: SIGSEGV, SEGV_MAPERR. */
export const MAPERR = 1;
/** A mapping without that right: SIGSEGV, SEGV_ACCERR. */
export const ACCERR = 2;
/** Past the end of the file, or the file cannot be read: SIGBUS, BUS_ADRERR. */
export const BUSERR = 3;
/** Memory is exhausted. */
export const NOFRAME = 4;
/** The page has to be waited for: `bring`. */
export const MUSTWAIT = 5;
const NONE = [0, 0] as const;
/** Label of the 1024 pages in which ring 1 sees the page tables. */
export const PAGE_TABLES = '[page tables]';

export type Outcome = typeof OK | typeof MAPERR | typeof ACCERR | typeof BUSERR | typeof NOFRAME | typeof MUSTWAIT;

/** Pages of a file that one fault brings in when they are at hand (fault-around). */
const AROUND = 16;

/**
 * One address space: areas say what may lie where, the page map says which frame does, and the platform's Space is a
 * cache of the page map. Shared by the tasks that were cloned with CLONE_VM.
 *
 * A page that may be read may be executed: the processor of the default model has no NX, and a 64-bit kernel on such a
 * processor gives i386 programs just that (arch/x86/include/asm/elf.h, "lacks NX").
 */
export class AddressSpace {
  readonly pool: Pool;
  /** Never used again for another space. */
  readonly id: number;
  readonly areas = new Areas();
  readonly pages: PageMap;
  readonly space: Space;
  /** Limits of the process that uses it. */
  limits: Limits;
  /** Tasks that use it. */
  users = 1;
  /** Heap: start and current end, in bytes. */
  heapStart = 0;
  heapEnd = 0;
  /** First page above what mmap hands out by itself. */
  mmapTop: number;
  /** READ_IMPLIES_EXEC: PROT_READ asks for PROT_EXEC too, as /proc/PID/maps shows. */
  readImpliesExec = false;
  /** Bounds of argument and environment strings, for /proc; bytes. */
  /** Where the program's code and data lie, and its auxiliary vector, for /proc. */
  image: readonly [codeStart: number, codeEnd: number, dataStart: number, dataEnd: number] = [0, 0, 0, 0];
  auxiliary: Uint8Array = new Uint8Array(0);
  argStart = 0;
  argEnd = 0;
  envStart = 0;
  envEnd = 0;
  stackTop = 0;
  /** The LDT, two words a descriptor (modify_ldt(2)); empty for most. */
  ldt = new Int32Array(0);
  minorFaults = 0;
  /** Flags of mlockall(2) for mappings to come: MCL_FUTURE, MCL_ONFAULT; 0 = none. */
  locksFuture = 0;
  /** Pages for rings within the applications' alone, from the first to before the second; none where they are equal. */
  inner: readonly [start: number, end: number] = NONE;
  /** membarrier(2) commands that the process has registered for. */
  barriers = 0;

  private constructor(pool: Pool, limits: Limits, space: Space) {
    this.pool = pool;
    this.id = ++pool.spaces;
    this.pages = new PageMap(pool.frames);
    this.limits = limits;
    this.space = space;
    pool.living.add(this);
    // 128 MiB below the top are the stack's (mmap_base without randomization).
    this.mmapTop = pool.topPage - 0x8000;
  }

  /** A space with nothing in it; undefined when memory is exhausted. */
  static create(pool: Pool, limits: Limits): AddressSpace | undefined {
    const space = pool.platform.newSpace();
    return space && new AddressSpace(pool, limits, space);
  }

  /**
   * Makes a page present, and writable when `write`, without waiting; with it the block that it lies in, unless `alone`.
   * Says OK, or why not; MUSTWAIT when `bring` can.
   */
  touch(page: number, write: boolean, alone = false): Outcome {
    if (page >= this.pool.topPage) return MAPERR;
    const area = this.areas.find(page) ?? this.#growStack(page);
    if (!area) return MAPERR;
    if (write ? !(area.rights & PROT_WRITE) : !(area.rights & (PROT_READ | PROT_WRITE | PROT_EXEC))) return ACCERR;
    const entry = this.pages.get(page);
    if (entry === 0) return this.#fill(area, page, write, alone);
    if (!alone && this.pages.block(page) !== 0 && showBlock(this, area, page & ~(BLOCK - 1))) return OK;
    if (!write || entry & WRITE) return this.#install(page, entry | READ);
    if (area.shared) {
      area.backing!.dirtied(area.offset + page - area.start);
      return this.#install(page, entry | READ | WRITE);
    }
    return this.#own(page, entry);
  }

  /** As `touch`, waiting where it must. */
  *bring(page: number, write: boolean): Kernel<Outcome> {
    for (;;) {
      const outcome = this.touch(page, write);
      if (outcome !== MUSTWAIT) return outcome;
      const area = this.areas.find(page)!;
      const frame = yield* area.backing!.page(area.offset + page - area.start);
      if (frame < 0) return frame === -ENOMEM ? NOFRAME : BUSERR;
      // Our reference keeps the page in the cache until the second try has taken its own.
      const again = this.touch(page, write);
      this.pool.frames.release(frame);
      if (again !== MUSTWAIT) return again;
    }
  }

  /** A copy for fork: private pages become copy-on-write in both. Returns undefined when memory is exhausted. */
  fork(): AddressSpace | undefined {
    const child = AddressSpace.create(this.pool, this.limits);
    if (!child) return undefined;
    child.heapStart = this.heapStart;
    child.heapEnd = this.heapEnd;
    child.mmapTop = this.mmapTop;
    child.readImpliesExec = this.readImpliesExec;
    child.barriers = this.barriers;
    child.image = this.image;
    child.auxiliary = this.auxiliary;
    child.argStart = this.argStart;
    child.argEnd = this.argEnd;
    child.envStart = this.envStart;
    child.envEnd = this.envEnd;
    child.stackTop = this.stackTop;
    child.inner = this.inner;
    for (const area of this.areas.list) {
      if (area.fork === 'omit') continue;
      area.backing?.hold();
      child.place({ ...area, locked: false });
      if (area.fork === 'copy') this.#copyPages(area, child);
    }
    return child;
  }

  /** Whether applications' ring has nothing to do with a page. */
  isInner(page: number): boolean {
    return page >= this.inner[0] && page < this.inner[1];
  }

  /** What the platform is told about a page with such an entry. */
  rightsOf(page: number, entry: number): number {
    return EXECUTE | (entry & WRITE ? MAP_WRITE : 0) | (this.isInner(page) ? INNER : 0);
  }

  /** Makes the pages of [start, end) those of inner rings, and those that were it no longer. */
  seclude(start: number, end: number): void {
    const before = this.inner;
    this.inner = [start, end];
    for (const [first, last] of [before, this.inner]) this.#showAgain(first, last);
  }

  /** Adds an area, whose range is free; ring 1 sees the page tables in the one that is labelled so. */
  place(area: Area): void {
    this.areas.insert(area);
    if (area.label === PAGE_TABLES && area.start % BLOCK === 0) this.space.showTables!(area.start);
  }

  /** Drops the frames of [start, end); the areas stay. */
  dropPages(start: number, end: number): void {
    this.pages.drop(start, end);
    this.space.unmap(start, end - start);
  }

  /** Unmaps [start, end): areas and frames. */
  unmap(start: number, end: number): void {
    const gone = this.areas.carve(start, end);
    for (const area of gone) this.dropPages(area.start, area.end);
    this.areas.remove(gone);
    for (const { backing } of gone) backing?.drop();
  }

  /** One user less; the last one frees everything. */
  release(): void {
    if (--this.users > 0) return;
    this.pages.drop(0, this.pool.topPage);
    for (const area of this.areas.list) area.backing?.drop();
    this.areas.list = [];
    this.areas.pages = 0;
    this.pool.living.delete(this);
    this.space.destroy();
  }

  /** Whether `count` more pages stay within RLIMIT_AS. */
  mayGrow(count: number): boolean {
    return (this.areas.pages + count) * PAGE <= this.limits.soft[RLIMIT_AS];
  }

  /** Whether `count` more pages may be locked within RLIMIT_MEMLOCK; `privileged` may lock any. */
  mayLock(count: number, privileged: boolean): boolean {
    const locked = this.areas.locked(0, this.pool.topPage);
    return privileged || (locked + count) * PAGE <= this.limits.soft[RLIMIT_MEMLOCK];
  }

  /** Records the entry and tells the platform; a page with the READ bit only. */
  #install(page: number, entry: number): Outcome {
    this.pages.set(page, entry);
    return this.space.map(page, entry >>> FRAME_SHIFT, this.rightsOf(page, entry)) ? OK : NOFRAME;
  }

  /** Tells the platform anew of the pages of [start, end) that are there. */
  #showAgain(start: number, end: number): void {
    for (let page = this.pages.next(start, end); page < end; page = this.pages.next(page + 1, end)) {
      const entry = this.pages.get(page);
      if ((entry & READ) === 0) continue;
      const frame = entry >>> FRAME_SHIFT;
      if (this.pages.block(page) === 0) this.space.map(page, frame, this.rightsOf(page, entry));
      else {
        this.space.mapBlock!(page, frame, this.rightsOf(page, entry));
        page |= BLOCK - 1;
      }
    }
  }

  /** A page without a frame. */
  #fill(area: Area, page: number, write: boolean, alone: boolean): Outcome {
    if (area.shared && !alone && bringBlock(this, area, page & ~(BLOCK - 1), false)) return OK;
    this.minorFaults++;
    const { backing } = area;
    const { frames, memory, zero } = this.pool;
    if (!backing) {
      if (!write) {
        frames.hold(zero);
        return this.#install(page, (zero << FRAME_SHIFT) | HELD | PRIVATE | READ);
      }
      const frame = frames.allocate();
      if (frame < 0) return NOFRAME;
      memory.fill(frame * PAGE, 0, PAGE);
      return this.#install(page, (frame << FRAME_SHIFT) | HELD | PRIVATE | WRITE | READ);
    }
    const index = area.offset + page - area.start;
    const frame = backing.pageNow(index);
    if (frame === 0) return MUSTWAIT;
    if (frame < 0) return frame === -ENOMEM ? NOFRAME : BUSERR;
    if (area.shared) {
      // As on Linux a page of a file in memory can be written at once.
      const writable = write || (backing.inMemory && (area.rights & PROT_WRITE) !== 0);
      if (writable) backing.dirtied(index);
      return this.#install(page, (frame << FRAME_SHIFT) | HELD | READ | (writable ? WRITE : 0));
    }
    if (write) return this.#copy(page, frame);
    if (backing.file) this.#around(area, page);
    return this.#install(page, (frame << FRAME_SHIFT) | HELD | READ);
  }

  /** Maps neighbours of a file page that are in the page cache, readable: saves their faults. */
  #around(area: Area, page: number): void {
    const first = Math.max(area.start, page & ~(AROUND - 1));
    const end = Math.min(area.end, (page | (AROUND - 1)) + 1);
    for (let other = first; other < end; other++) {
      if (other === page || this.pages.get(other) !== 0) continue;
      const frame = area.backing!.pageNow(area.offset + other - area.start);
      if (frame > 0) this.#install(other, (frame << FRAME_SHIFT) | HELD | READ);
    }
  }

  /** Write to a page whose frame others may hold. */
  #own(page: number, entry: number): Outcome {
    this.minorFaults++;
    const frame = entry >>> FRAME_SHIFT;
    if (entry & PRIVATE && this.pool.frames.references(frame) === 1) return this.#install(page, entry | READ | WRITE);
    return this.#copy(page, frame);
  }

  /** Gives the page a copy of `frame`, whose reference is given up. */
  #copy(page: number, frame: number): Outcome {
    const { frames, memory, zero } = this.pool;
    const own = frames.allocate();
    if (own < 0) {
      if (this.pages.get(page) === 0) frames.release(frame);
      return NOFRAME;
    }
    if (frame === zero) memory.fill(own * PAGE, 0, PAGE);
    else memory.copy(own * PAGE, frame * PAGE, PAGE);
    frames.release(frame);
    return this.#install(page, (own << FRAME_SHIFT) | HELD | PRIVATE | WRITE | READ);
  }

  /** Whether the area has pages of its own beside those of its backing. */
  #hasOwnPages({ start, end, shared }: Area): boolean {
    if (shared) return false;
    for (let page = this.pages.next(start, end); page < end; page = this.pages.next(page + 1, end))
      if (this.pages.get(page) & PRIVATE) return true;
    return false;
  }

  #copyPages(area: Area, child: AddressSpace): void {
    const { frames } = this.pool;
    const { start, end } = area;
    // What a fault can bring again is left to it, as Linux does (vma_needs_copy).
    if (area.backing && !this.#hasOwnPages(area)) return;
    let protect = false;
    for (let page = this.pages.next(start, end); page < end; page = this.pages.next(page + 1, end)) {
      let entry = this.pages.get(page);
      if (entry & WRITE && !area.shared) {
        entry &= ~WRITE;
        this.pages.set(page, entry);
        protect = true;
      }
      frames.hold(entry >>> FRAME_SHIFT);
      child.pages.set(page, entry);
      if (entry & READ) child.space.map(page, entry >>> FRAME_SHIFT, child.rightsOf(page, entry));
    }
    if (protect) this.space.writeProtect(start, end - start);
  }

  /** The stack grows down to a page that is touched below it, within RLIMIT_STACK and short of its neighbour. */
  #growStack(page: number): Area | undefined {
    const area = this.areas.above(page);
    if (!area?.growsDown) return undefined;
    const below = this.areas.list[this.areas.indexAbove(page) - 1];
    // What nobody may touch guards itself (expand_downwards).
    const guarded = below && !below.growsDown && (below.rights & (PROT_READ | PROT_WRITE | PROT_EXEC)) !== 0;
    if (below && below.end + (guarded ? STACK_GUARD : 0) > page) return undefined;
    if ((area.end - page) * PAGE > this.limits.soft[RLIMIT_STACK]) return undefined;
    if (!this.mayGrow(area.start - page)) return undefined;
    this.areas.resize(area, page, area.end);
    return area;
  }
}
