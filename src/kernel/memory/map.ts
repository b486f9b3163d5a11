import { EACCES, EEXIST, EINVAL, ENOMEM } from '../../abi/errno.ts';
import {
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_NORESERVE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  PROT_EXEC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
  PROT_READ,
  PROT_SEM,
  PROT_WRITE,
  RLIMIT_DATA,
} from '../../abi/flags.ts';
import type { Area } from './area.ts';
import type { Backing } from './backing.ts';
import { SharedBacking } from './backing.ts';
import { showBlock } from './blocks.ts';
import { BLOCK, PAGE } from './frames.ts';
import { READ, WRITE } from './pages.ts';
import type { AddressSpace } from './space.ts';

const RIGHTS = PROT_READ | PROT_WRITE | PROT_EXEC;
/** Where a search from the bottom starts (mmap_base of the legacy layout: a third of the address space). */
const BOTTOM_UP = 3;
/** Most areas of one space (vm.max_map_count). */
export const AREAS_MAX = 65530;
/** Lowest page that mmap hands out by itself (vm.mmap_min_addr is 64 KiB). */
export const LOWEST = 0x10;

/** What is to be mapped: pages, PROT_* and MAP_* bits, and where the pages come from. */
export interface Request {
  readonly address: number;
  readonly length: number;
  readonly protection: number;
  readonly flags: number;
  /** null for anonymous memory; the mapping takes over one reference. */
  readonly backing: Backing | null;
  /** First page in the backing. */
  readonly offset: number;
  readonly mayWrite: boolean;
  readonly label?: string;
  readonly locked?: boolean;
}

/**
 * mmap2(2) after the file's side has been checked. Returns the address, or -EINVAL, -ENOMEM, -EEXIST; then the backing
 * stays the caller's.
 */
export function mapPages(space: AddressSpace, request: Request): number {
  const { flags } = request;
  const address = request.address >>> 0;
  const length = request.length >>> 0;
  if (length === 0) return -EINVAL;
  const count = Math.ceil(length / PAGE);
  const top = space.pool.topPage;
  if (count > top) return -ENOMEM;
  const fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  if (fixed && address & (PAGE - 1)) return -EINVAL;
  const type = flags & MAP_TYPE;
  const shared = type === MAP_SHARED || type === MAP_SHARED_VALIDATE;
  let rights = request.protection & RIGHTS;
  if (space.readImpliesExec && rights & PROT_READ) rights |= PROT_EXEC;

  const wanted = Math.ceil(address / PAGE);
  let start = wanted;
  if (fixed) {
    if (wanted + count > top) return -ENOMEM;
    if (flags & MAP_FIXED_NOREPLACE && !space.areas.free(wanted, wanted + count)) return -EEXIST;
  } else start = findGap(space, Math.floor(address / PAGE), count);
  if (start < 0) return -ENOMEM;
  const accounted = !(flags & MAP_NORESERVE) && (shared ? !request.backing : rights & PROT_WRITE);
  if ((accounted && overcommits(space, count)) || !space.mayGrow(count)) return -ENOMEM;
  if (space.areas.list.length > AREAS_MAX) return -ENOMEM;
  if (!shared && rights & PROT_WRITE && dataPages(space) + count > space.limits.soft[RLIMIT_DATA] / PAGE)
    return -ENOMEM;

  if (fixed) space.unmap(start, start + count);
  const backing = request.backing ?? (shared ? new SharedBacking(space.pool) : null);
  space.areas.insert({
    start,
    end: start + count,
    rights,
    shared,
    growsDown: (flags & MAP_GROWSDOWN) !== 0 && !backing,
    backing,
    offset: backing ? request.offset : 0,
    mayWrite: request.mayWrite,
    label: request.label ?? '',
    locked: request.locked ?? false,
    fork: 'copy',
  });
  return start * PAGE;
}

/** Whether a mapping alone asks for more than all memory: the heuristic of vm.overcommit_memory 0. */
function overcommits(space: AddressSpace, count: number): boolean {
  return count > space.pool.frames.total;
}

/** A free run of `count` pages: at `hint` when that is free, else the highest below the stack, else from the bottom; -1 when there is none. */
export function findGap(space: AddressSpace, hint: number, count: number): number {
  const top = space.pool.topPage;
  if (hint > 0) {
    const start = Math.max(hint, LOWEST);
    const above = space.areas.above(start);
    const guarded = above?.growsDown ? start + count + 256 : start + count;
    if (start + count <= top && space.areas.free(start, Math.max(start + count, Math.min(guarded, above?.start ?? 0))))
      return start;
  }
  const high = space.areas.gapBelow(space.mmapTop, LOWEST, count);
  return high >= 0 ? high : space.areas.gapAbove(Math.floor(top / BOTTOM_UP), top, count);
}

/** munmap(2): 0 or -EINVAL. */
export function unmapPages(space: AddressSpace, address: number, length: number): number {
  const start = (address >>> 0) / PAGE;
  const count = Math.ceil((length >>> 0) / PAGE);
  if (address & (PAGE - 1) || count === 0 || start + count > space.pool.topPage) return -EINVAL;
  if (space.areas.list.length >= AREAS_MAX && splits(space, start, start + count)) return -ENOMEM;
  space.unmap(start, start + count);
  return 0;
}

/** Whether a hole here makes two areas of one. */
function splits(space: AddressSpace, start: number, end: number): boolean {
  const area = space.areas.find(start);
  return area !== undefined && area.start < start && area.end > end;
}

/** mprotect(2): 0, -EINVAL, -ENOMEM where a page is not mapped, -EACCES for a file that was not opened for writing. */
export function protectPages(space: AddressSpace, address: number, length: number, protection: number): number {
  const grows = protection & (PROT_GROWSDOWN | PROT_GROWSUP);
  if (grows === (PROT_GROWSDOWN | PROT_GROWSUP)) return -EINVAL;
  if (address & (PAGE - 1)) return -EINVAL;
  const count = Math.ceil((length >>> 0) / PAGE);
  if (count === 0) return 0;
  let start = (address >>> 0) / PAGE;
  const end = start + count;
  if (end > space.pool.topPage) return -ENOMEM;
  if (protection & ~(RIGHTS | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP)) return -EINVAL;
  let rights = protection & RIGHTS;
  if (space.readImpliesExec && rights & PROT_READ) rights |= PROT_EXEC;
  if (grows & PROT_GROWSDOWN) {
    const area = space.areas.above(start);
    if (!area || area.start >= end) return -ENOMEM;
    if (!area.growsDown) return -EINVAL;
    start = area.start;
  } else if (grows && space.areas.find(start)) return -EINVAL;
  const result = protectAreas(space, start, end, rights);
  space.areas.tidy(start, end);
  return result;
}

/** Gives pages that are areas or holes new rights, area by area up to the first that must be refused, as Linux does. */
function protectAreas(space: AddressSpace, start: number, end: number, rights: number): number {
  for (let page = start; page < end; ) {
    const area = space.areas.find(page);
    if (!area) return -ENOMEM;
    if (rights & PROT_WRITE && area.shared && !area.mayWrite) return -EACCES;
    const stop = Math.min(end, area.end);
    if (accounts(area, rights) && overcommits(space, stop - page)) return -ENOMEM;
    const partly = page > area.start || stop < area.end;
    if (partly && rights !== area.rights && space.areas.list.length >= AREAS_MAX) return -ENOMEM;
    if (rights !== area.rights) for (const part of space.areas.carve(page, stop)) setRights(space, part, rights);
    page = stop;
  }
  return 0;
}

/** Whether private memory becomes writable that was not. */
function accounts(area: Area, rights: number): boolean {
  return !area.shared && (rights & PROT_WRITE) !== 0 && !(area.rights & PROT_WRITE);
}

/** Gives an area new rights and takes from its present pages what they no longer allow. */
function setRights(space: AddressSpace, area: Area, rights: number): void {
  const { pages } = space;
  area.rights = rights;
  const hidden = rights === 0;
  for (let page = pages.next(area.start, area.end); page < area.end; page = pages.next(page + 1, area.end)) {
    const entry = pages.get(page);
    if (page % BLOCK === 0 && page + BLOCK <= area.end && pages.block(page) !== 0) {
      if (hidden) pages.setBlock(page, entry & ~(READ | WRITE));
      else showBlock(space, area, page);
      page += BLOCK - 1;
    } else if (hidden) pages.set(page, entry & ~(READ | WRITE));
    else {
      if (!(rights & PROT_WRITE)) pages.set(page, entry & ~WRITE);
      // As on Linux what is in memory can be used again without a fault.
      if (area.shared && area.backing?.inMemory) space.touch(page, (rights & PROT_WRITE) !== 0);
    }
  }
  if (hidden) space.space.unmap(area.start, area.end - area.start);
  else if (!(rights & PROT_WRITE)) space.space.writeProtect(area.start, area.end - area.start);
}

/** brk(2): the new end of the heap, or the old one where it cannot move. */
export function setBreak(space: AddressSpace, address: number, privileged: boolean): number {
  const wanted = address >>> 0;
  const old = space.heapEnd;
  if (wanted < space.heapStart || wanted >= space.pool.topPage * PAGE) return old;
  const oldPage = Math.ceil(old / PAGE);
  const newPage = Math.ceil(wanted / PAGE);
  if (newPage < oldPage) space.unmap(newPage, oldPage);
  else if (newPage > oldPage) {
    const count = newPage - oldPage;
    if (wanted - space.heapStart > space.limits.soft[RLIMIT_DATA]) return old;
    if (space.locksFuture && !space.mayLock(count, privileged)) return old;
    if (!space.areas.free(oldPage, newPage + 1) || !space.mayGrow(count) || count > space.pool.frames.total) return old;
    space.areas.insert({
      start: oldPage,
      end: newPage,
      rights: PROT_READ | PROT_WRITE | (space.readImpliesExec ? PROT_EXEC : 0),
      shared: false,
      growsDown: false,
      backing: null,
      offset: 0,
      mayWrite: true,
      label: '[heap]',
      locked: space.locksFuture !== 0,
      fork: 'copy',
    });
  }
  space.heapEnd = wanted;
  return wanted;
}

/** Private writable pages, which RLIMIT_DATA counts. */
export function dataPages(space: AddressSpace): number {
  if (space.limits.soft[RLIMIT_DATA] === Number.POSITIVE_INFINITY) return 0;
  let count = 0;
  for (const area of space.areas.list) {
    if (!area.shared && !area.growsDown && area.rights & PROT_WRITE) count += area.end - area.start;
  }
  return count;
}

/** Moves the frames of `count` pages from page `from` to page `to` (mremap). */
export function movePages(space: AddressSpace, from: number, to: number, count: number): void {
  for (let at = space.pages.next(from, from + count); at < from + count; at = space.pages.next(at + 1, from + count)) {
    const entry = space.pages.get(at);
    space.pages.set(at, 0);
    // The first touch at the new place gives the rights back.
    space.pages.set(to + at - from, entry & ~(READ | WRITE));
  }
  space.space.unmap(from, count);
}
