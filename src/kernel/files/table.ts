import { EBADF, EINVAL, EMFILE } from '../../abi/errno.ts';
import type { FilesCore } from './core.ts';
import { dropFile, type OpenFile } from './open-file.ts';

/** No descriptor is ever above this (fs.nr_open). */
const DESCRIPTORS_MAX = 1 << 20;

/** Descriptors of one or several tasks. */
export class Table {
  readonly handle: number;
  readonly #core: FilesCore;
  readonly #files: (OpenFile | undefined)[] = [];
  readonly #closeOnExec = new Set<number>();
  /** No descriptor below this is free. */
  #low = 0;
  /** Tasks that use this table. */
  users = 1;

  constructor(core: FilesCore, handle: number) {
    this.#core = core;
    this.handle = handle;
  }

  /** The open file behind a descriptor. */
  get(fd: number): OpenFile | undefined {
    return this.#files[fd];
  }

  /** One more than the highest descriptor in use. */
  get highest(): number {
    return this.#files.length;
  }

  /** Descriptors in use, ascending. */
  *descriptors(): Iterable<[number, OpenFile]> {
    for (let fd = 0; fd < this.#files.length; fd++) {
      const file = this.#files[fd];
      if (file) yield [fd, file];
    }
  }

  /** The lowest free descriptor from `from` on; -EMFILE at `limit`. */
  free(limit: number, from = 0): number {
    let fd = Math.max(from, this.#low);
    while (this.#files[fd]) fd++;
    if (from <= this.#low) this.#low = fd;
    return fd < Math.min(limit, DESCRIPTORS_MAX) ? fd : -EMFILE;
  }

  /** Gives a file a free descriptor; the table takes over the caller's reference, also on failure. */
  add(file: OpenFile, closeOnExec: boolean, limit: number, from = 0): number {
    const fd = this.free(limit, from);
    if (fd < 0) dropFile(this.#core, file);
    else this.#set(fd, file, closeOnExec);
    return fd;
  }

  #set(fd: number, file: OpenFile, closeOnExec: boolean): void {
    this.#files[fd] = file;
    if (closeOnExec) this.#closeOnExec.add(fd);
    else this.#closeOnExec.delete(fd);
  }

  /** Another descriptor for the same open file: the lowest from `from` on; -EBADF, -EINVAL, -EMFILE. */
  duplicate(fd: number, closeOnExec: boolean, limit: number, from = 0): number {
    const file = this.#files[fd];
    if (!file) return -EBADF;
    if (from < 0 || from >= limit) return -EINVAL;
    file.users++;
    return this.add(file, closeOnExec, limit, from);
  }

  /** Makes `to` another descriptor for the file behind `fd`; what was there is closed. Both are good and differ. */
  replace(fd: number, to: number, closeOnExec: boolean, limit: number): number {
    if (to < 0 || to >= Math.min(limit, DESCRIPTORS_MAX)) return -EBADF;
    const file = this.#files[fd];
    if (!file) return -EBADF;
    file.users++;
    const before = this.#files[to];
    this.#set(to, file, closeOnExec);
    if (before) this.#closed(before);
    return to;
  }

  /** Closes a descriptor; -EBADF. */
  close(fd: number): number {
    const file = this.#files[fd];
    if (!file) return -EBADF;
    if (fd === this.#files.length - 1) this.#files.length = fd;
    else this.#files[fd] = undefined;
    this.#closeOnExec.delete(fd);
    if (fd < this.#low) this.#low = fd;
    this.#closed(file);
    return 0;
  }

  #closed(file: OpenFile): void {
    // POSIX: any close by the owner gives up all the owner's locks on that file.
    file.node.locks?.releaseOwner(this.handle);
    file.ops.flush?.(this.#core, file, this.handle);
    if (file.notice?.table === this.handle) file.notice.gone();
    dropFile(this.#core, file);
  }

  isCloseOnExec(fd: number): boolean {
    return this.#closeOnExec.has(fd);
  }

  setCloseOnExec(fd: number, on: boolean): void {
    if (on) this.#closeOnExec.add(fd);
    else this.#closeOnExec.delete(fd);
  }

  /** Closes what a new program must not inherit. */
  exec(): void {
    for (const fd of [...this.#closeOnExec]) this.close(fd);
  }

  /** A copy for a child: every open file has one reference more. */
  copy(handle: number): Table {
    const table = new Table(this.#core, handle);
    for (const [fd, file] of this.descriptors()) {
      file.users++;
      table.#set(fd, file, this.#closeOnExec.has(fd));
    }
    table.#low = this.#low;
    return table;
  }

  /** Closes everything. */
  clear(): void {
    for (const [fd] of [...this.descriptors()]) this.close(fd);
  }
}
