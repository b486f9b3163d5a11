import type { Files } from '../services.ts';
import type { AddressSpace } from './space.ts';

/**
 * A file became shorter: its pages from `firstPage` on go away wherever they are mapped, private copies included, so
 * that the next touch is a SIGBUS (unmap_mapping_range).
 */
export function dropTruncated(
  spaces: Iterable<AddressSpace>,
  files: Files,
  device: number,
  inode: number,
  firstPage: number,
): void {
  for (const space of spaces) {
    for (const area of space.areas.list) {
      if (!area.backing?.file) continue;
      const start = Math.max(area.start, area.start + firstPage - area.offset);
      if (start >= area.end) continue;
      const file = files.describe(area.backing.file);
      if (file.device === device && file.inode === inode) space.dropPages(start, area.end);
    }
  }
}
