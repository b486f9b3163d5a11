import type { Kernel } from '../platform.ts';
import type { FileSystem, Inode } from './node.ts';

/** A file system that can be the root. */
export interface RootFs extends FileSystem {
  /** The root directory, or -errno of the tree below. */
  root(): Kernel<Inode | number>;
  /** A directory that only carries a mount: not among the changes. */
  stub(directory: Inode, name: string): Inode;
}
