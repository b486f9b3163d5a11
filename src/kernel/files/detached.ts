import type { FilesCore } from './core.ts';
import type { FileSystem } from './node.ts';

function isUsed(core: FilesCore, fs: FileSystem): boolean {
  if (core.namespace.mounts.some((mount) => mount.fs === fs)) return true;
  for (const file of core.open.values()) if (file.node.fs === fs) return true;
  for (const place of core.taskPlaces()) if (place.mount.fs === fs) return true;
  return false;
}

/** Discards the file systems without mounts that nobody uses any more. */
export function discardDetached(core: FilesCore): void {
  for (const fs of core.detached) {
    if (core.namespace.mounts.some((mount) => mount.fs === fs)) core.detached.delete(fs);
    if (isUsed(core, fs)) continue;
    core.detached.delete(fs);
    fs.discard?.();
  }
}
