import * as I from '../../abi/inotify.ts';
import { POLL_MSG } from '../../abi/signals.ts';
import { signalOwner } from './async.ts';
import type { FilesCore } from './core.ts';
import type { OpenFile } from './open-file.ts';
import { type NodeWatch, RENAMED } from './tell.ts';

/** Goes on after the first event (DN_MULTISHOT of fcntl(2)). */
const MULTISHOT = 0x80000000 | 0;

/** DN_* bits from 1 on, as what they mean for names in the directory. */
const EVENTS: readonly number[] = [
  I.IN_ACCESS,
  I.IN_MODIFY,
  I.IN_CREATE | I.IN_MOVED_TO,
  I.IN_DELETE | I.IN_MOVED_FROM,
  RENAMED,
  I.IN_ATTRIB,
];

/** A directory whose open file gets signals about what happens to the names in it (F_NOTIFY). */
export class DirectoryNotice implements NodeWatch {
  readonly #core: FilesCore;
  readonly #file: OpenFile;
  readonly #fd: number;
  /** The descriptor table through which it was asked for. */
  readonly table: number;
  #mask = 0;

  constructor(core: FilesCore, file: OpenFile, fd: number, table: number) {
    this.#core = core;
    this.#file = file;
    this.#fd = fd;
    this.table = table;
    (file.node.watches ??= new Set()).add(this);
  }

  /** More events, DN_*. */
  add(mask: number): void {
    this.#mask |= mask;
  }

  happened(mask: number, _cookie: number, name: string): void {
    if (name === '' || !EVENTS.some((events, bit) => this.#mask & (1 << bit) && mask & events)) return;
    signalOwner(this.#core, this.#file, this.#fd, POLL_MSG);
    if (!(this.#mask & MULTISHOT)) this.gone();
  }

  gone(): void {
    this.#file.node.watches?.delete(this);
    this.#file.notice = undefined;
  }
}
