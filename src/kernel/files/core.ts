import type { Frames } from '../memory/frames.ts';
import type { Memory } from '../platform.ts';
import type { Tasks } from '../services.ts';
import type { Terminals } from '../terminals/service.ts';
import type { Clock } from './clock.ts';
import type { Devices } from './devices.ts';
import type { LockWaits } from './locks.ts';
import type { Nameless } from './nameless.ts';
import type { Dentry, Namespace, Place } from './namespace.ts';
import type { FileSystem } from './node.ts';
import type { OpenFile } from './open-file.ts';
import type { PageCache } from './page-cache.ts';

/** What every part of the files service works with. */
export interface FilesCore {
  readonly memory: Memory;
  readonly frames: Frames;
  readonly cache: PageCache;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly namespace: Namespace;
  readonly devices: Devices;
  /** Nodes without a name: pipes and their like. */
  readonly nameless: Nameless;
  readonly terminals: Terminals;
  readonly lockWaits: LockWaits;
  /** The directory /dev/pts; set when /dev is made. */
  pts: Dentry | undefined;
  /** Told where a file ends earlier now: pages from `firstPage` on are no longer its. Set from outside. */
  truncated: (device: number, inode: number, firstPage: number) => void;
  /** Closes what only messages that nobody can receive still hold; set by the sockets service. */
  collect?: () => void;
  /** Pseudo-random bytes of this run. */
  random(count: number): Uint8Array;
  /** File systems whose last mount was taken away while somebody may still use them. */
  readonly detached: Set<FileSystem>;
  /** The working directories and roots of all tasks. */
  taskPlaces: () => Iterable<Place>;
  /** Open files by handle. */
  readonly open: Map<number, OpenFile>;
  /** How many file systems have been made by mount(2). */
  nextDevice: number;
  /** The next handle of an open file. */
  nextHandle: number;
}
