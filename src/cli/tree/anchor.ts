import { type BigIntStats, constants, existsSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Opens a directory for use in paths only (open(2), O_PATH); not in Node.js's own constants. */
const O_PATH = 0o10000000;
const TYPE = BigInt(constants.S_IFMT);
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** How a name inside an open directory is spelled for the host's calls, so that no other directory can be meant. */
export interface Anchor {
  /** Opens the directory `name` of the directory `parent`; never follows a link. */
  openDirectory(parent: AnchorPlace, name: string): AnchorPlace;
  /** The host path of `name` in `directory` (latin1 bytes). */
  path(directory: AnchorPlace, name: string): Buffer;
}

/** An open directory: its descriptor, and where the host can only do paths, its path. */
export interface AnchorPlace {
  readonly fd: number;
  readonly path: string;
}

/**
 * Linux: paths go through /proc/self/fd/N, so the kernel starts at the very directory that N has open, whatever became
 * of its name since (as openat(2) would). Elsewhere there are only paths: each component is checked not to be a link
 * right before its use, which another process of the host could undermine.
 */
export const anchor: Anchor = existsSync('/proc/self/fd')
  ? {
      openDirectory: (parent, name) => {
        const path = `/proc/self/fd/${parent.fd}/${name}`;
        return { fd: openSync(bytes(path), DIRECTORY), path };
      },
      path: (directory, name) => bytes(`/proc/self/fd/${directory.fd}/${name}`),
    }
  : {
      openDirectory: (parent, name) => {
        const path = join(parent.path, name);
        if (!lstatSync(bytes(path)).isDirectory()) throw Object.assign(new Error(path), { code: 'ENOTDIR' });
        return { fd: openSync(bytes(path), constants.O_RDONLY), path };
      },
      path: (directory, name) => bytes(join(directory.path, name)),
    };

/** Opens the root of a tree by its host path; links in that path are the user's own choice. */
export function openRoot(path: string): AnchorPlace {
  const flags = existsSync('/proc/self/fd') ? O_PATH | constants.O_DIRECTORY : constants.O_RDONLY;
  return { fd: openSync(path, flags), path };
}

/** A path of one character per byte as bytes. */
export function bytes(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/** What tells one file of the host from all others, also from a later one that got the same inode number. */
export function identity(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}:${stat.mode & TYPE}:${stat.birthtimeNs}`;
}
