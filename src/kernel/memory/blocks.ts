/**
 * Blocks: 1024 pages of a file in memory that lie in a block of frames and are mapped at once, as large pages. They come
 * about where such a range is populated whole; to programs they are 1024 pages like others.
 */
import { PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import type { Area } from './area.ts';
import { BLOCK } from './frames.ts';
import { FRAME_SHIFT, HELD, READ, WRITE } from './pages.ts';
import type { AddressSpace } from './space.ts';

/**
 * The first page from `page` on, below `end`, that `bring` must bring; whole blocks come on the way, also new ones where
 * the range covers a hole of a file in memory.
 */
export function ready(space: AddressSpace, page: number, end: number, write: boolean): number {
  const needed = write ? READ | WRITE : READ;
  const right = write ? PROT_WRITE : PROT_READ;
  while (page < end) {
    const area = space.areas.find(page);
    if (!area || !(area.rights & right)) return page;
    const stop = Math.min(end, area.end);
    while (page < stop) {
      if (page % BLOCK === 0 && page + BLOCK <= stop && bringBlock(space, area, page, true)) page += BLOCK;
      else if ((space.pages.get(page) & needed) === needed) page++;
      else return page;
    }
  }
  return end;
}

/** Gives the block that starts at `page` the area's rights, all of them; false where the area does not hold all of it. */
export function showBlock(space: AddressSpace, area: Area, page: number): boolean {
  if (!holds(area, page) || area.rights === 0) return false;
  install(space, area, page, space.pages.block(page));
  return true;
}

/**
 * Makes the block of pages that starts at `page` present; `make`: also one that the file does not have yet. False where
 * it is none: then its pages come one by one.
 */
export function bringBlock(space: AddressSpace, area: Area, page: number, make: boolean): boolean {
  if (!area.shared || !space.space.mapBlock || !holds(area, page)) return false;
  const { pages } = space;
  const entry = pages.block(page);
  const writable = (area.rights & PROT_WRITE) !== 0;
  if (entry !== 0) {
    const needed = writable ? READ | WRITE : READ;
    if ((entry & needed) !== needed) install(space, area, page, entry);
    return true;
  }
  const index = area.offset + page - area.start;
  if (index % BLOCK !== 0 || !pages.isEmpty(page)) return false;
  const frame = area.backing?.block?.(index, make && writable) ?? 0;
  if (frame === 0) return false;
  space.minorFaults++;
  if (writable) area.backing!.dirtied(index);
  install(space, area, page, (frame << FRAME_SHIFT) | HELD);
  return true;
}

/** Whether all of a block lies in the area. */
function holds({ start, end }: Area, page: number): boolean {
  return start <= page && end >= page + BLOCK;
}

/** Records the block and tells the platform; it is writable where its area is. */
function install(space: AddressSpace, { rights }: Area, page: number, entry: number): void {
  const writable = (rights & PROT_WRITE) !== 0;
  const shown = (entry & ~(READ | WRITE)) | READ | (writable ? WRITE : 0);
  space.pages.setBlock(page, shown);
  space.space.mapBlock!(page, shown >>> FRAME_SHIFT, space.rightsOf(page, shown));
}
