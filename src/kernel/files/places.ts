import type { Place } from './namespace.ts';

/** Where a task stands in the name space, and its umask: what CLONE_FS shares (Linux: fs_struct). */
export class Places {
  readonly handle: number;
  cwd: Place;
  root: Place;
  umask: number;
  /** Tasks that use it. */
  users = 1;

  constructor(handle: number, cwd: Place, root: Place, umask: number) {
    this.handle = handle;
    this.cwd = cwd;
    this.root = root;
    this.umask = umask;
  }
}
