import { EAGAIN, EFAULT, EINVAL, ENOMEM } from '../../abi/errno.ts';
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE } from '../../abi/flags.ts';
import type { Area } from './area.ts';
import { PAGE } from './frames.ts';
import { findGap, movePages } from './map.ts';
import type { AddressSpace } from './space.ts';

/** mremap(2): the mapping's address, or -EINVAL, -EFAULT, -ENOMEM, -EAGAIN. Lengths and addresses in bytes. */
export function remapPages(
  space: AddressSpace,
  address: number,
  oldLength: number,
  newLength: number,
  flags: number,
  newAddress: number,
  privileged: boolean,
): number {
  if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) return -EINVAL;
  if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(flags & MREMAP_MAYMOVE)) return -EINVAL;
  if (flags & MREMAP_DONTUNMAP && Math.ceil(oldLength / PAGE) !== Math.ceil(newLength / PAGE)) return -EINVAL;
  if (address & (PAGE - 1)) return -EINVAL;
  const top = space.pool.topPage;
  const start = address / PAGE;
  const oldCount = Math.ceil(oldLength / PAGE);
  const newCount = Math.ceil(newLength / PAGE);
  if (newCount === 0 || newCount > top) return -EINVAL;
  const area = space.areas.find(start);
  if (!area) return -EFAULT;

  if (oldCount === 0 && !area.shared) return -EINVAL;

  if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
    const to = newAddress / PAGE;
    if (flags & MREMAP_FIXED) {
      if (newAddress & (PAGE - 1) || newCount > top || to + newCount > top) return -EINVAL;
      if (to < start + oldCount && start < to + newCount) return -EINVAL;
    }
    if (oldCount > 0 && start + oldCount > area.end) return -EFAULT;
    const target = flags & MREMAP_FIXED ? to : findGap(space, to, newCount);
    if (target < 0 || !space.mayGrow(newCount)) return -ENOMEM;
    if (flags & MREMAP_FIXED) space.unmap(target, target + newCount);
    return move(space, start, oldCount, newCount, target, (flags & MREMAP_DONTUNMAP) !== 0);
  }

  if (oldCount >= newCount) {
    if (start + oldCount > top) return -EINVAL;
    if (oldCount > newCount) space.unmap(start + newCount, start + oldCount);
    return address;
  }
  if (start + oldCount > area.end) return -EFAULT;
  if (area.locked && !space.mayLock(newCount - oldCount, privileged)) return -EAGAIN;
  if (!space.mayGrow(newCount - oldCount)) return -ENOMEM;
  if (start + oldCount === area.end && oldCount > 0) {
    const end = start + newCount;
    if (end <= top && space.areas.free(area.end, end)) {
      space.areas.resize(area, area.start, end);
      return address;
    }
  }
  if (!(flags & MREMAP_MAYMOVE)) return -ENOMEM;
  const target = findGap(space, 0, newCount);
  return target < 0 ? -ENOMEM : move(space, start, oldCount, newCount, target, false);
}

/** Moves [start, start + oldCount) to `target`, there `newCount` pages long. */
function move(
  space: AddressSpace,
  start: number,
  oldCount: number,
  newCount: number,
  target: number,
  keep: boolean,
): number {
  const source = space.areas.find(start);
  if (!source) return -EFAULT;
  const { backing } = source;
  backing?.hold();
  const moved: Area = {
    ...source,
    start: target,
    end: target + newCount,
    offset: backing ? source.offset + start - source.start : 0,
    growsDown: false,
  };
  movePages(space, start, target, Math.min(oldCount, newCount));
  space.areas.insert(moved);
  if (!keep && oldCount > 0) space.unmap(start, start + oldCount);
  return target * PAGE;
}
