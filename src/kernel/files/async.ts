import { FASYNC, POLLHUP, POLLIN } from '../../abi/flags.ts';
import { POLL_HUP, POLL_IN, POLL_OUT, SIGIO } from '../../abi/signals.ts';
import type { Queue, Sleeper } from '../queue.ts';
import type { FileOwner } from '../services.ts';
import type { FilesCore } from './core.ts';
import type { OpenFile } from './open-file.ts';

/** si_band of each POLL_* code, from 1 on (band_table in Linux's fs/fcntl.c). */
const BANDS = [0x41, 0x304, 0x441, 0x8, 0x82, 0x18];

/** Kinds of files that send signals (the `fasync` of their file operations); pipes say themselves when. */
const TELLING: ReadonlySet<string> = new Set(['pipe', 'socket', 'tty', 'ptmx', 'inotify']);
/** Kinds whose owner is the one who asked for signals, where nobody else was named (tty_fasync). */
const OWN: ReadonlySet<string> = new Set(['tty', 'ptmx']);
/** Kinds of which room for output is news too, once it had been refused. */
const ROOMY: ReadonlySet<string> = new Set(['socket']);

/** Sends the signal of an open file to its owner (send_sigio): SIGIO without details, or the one of F_SETSIG with them. */
export function signalOwner(core: FilesCore, file: OpenFile, fd: number, code: number): void {
  const { owner, signal } = file;
  if (!owner) return;
  if (signal === 0) core.tasks.signalOwner(owner, SIGIO, undefined);
  else core.tasks.signalOwner(owner, signal, [code, BANDS[code - 1], fd]);
}

/** An open file with FASYNC: what its queues are told becomes a signal (fasync_struct). */
export class FileAsync implements Sleeper {
  readonly #core: FilesCore;
  readonly #file: OpenFile;
  readonly #fd: number;
  readonly #input: Queue | undefined;
  readonly #output: Queue | undefined;
  /** A write found no room since the last signal about it. */
  refused = false;

  constructor(core: FilesCore, file: OpenFile, fd: number) {
    this.#core = core;
    this.#file = file;
    this.#fd = fd;
    const { ops } = file;
    const watched = ops.name !== 'pipe';
    this.#input = watched ? ops.queue?.(core, file, false) : undefined;
    this.#output = watched && ROOMY.has(ops.name) ? ops.queue?.(core, file, true) : undefined;
    this.#input?.addFirst(this);
    this.#output?.addFirst(this);
  }

  woken(queue: Queue): void {
    queue.addFirst(this);
    if (queue === this.#output) {
      if (this.refused) this.tell(POLL_OUT);
      this.refused = false;
      return;
    }
    const events = this.#file.ops.poll(this.#core, this.#file);
    if (events & POLLHUP) this.tell(POLL_HUP);
    else if (events & POLLIN) this.tell(POLL_IN);
  }

  /** Sends the signal with this code. */
  tell(code: number): void {
    signalOwner(this.#core, this.#file, this.#fd, code);
  }

  /** No more signals. */
  end(): void {
    this.#input?.remove(this);
    this.#output?.remove(this);
  }
}

/** Whether FASYNC means anything to this kind of file. */
export function sendsSignals(file: OpenFile): boolean {
  return TELLING.has(file.ops.name);
}

/** Turns FASYNC of a file on (with the descriptor that signals shall name) or off; `asker` becomes the owner where the kind says so. */
export function setAsync(core: FilesCore, file: OpenFile, fd: number, on: boolean, asker: FileOwner): void {
  if (!sendsSignals(file)) return;
  if (on === (file.async !== undefined)) return;
  if (!on) {
    endAsync(file);
    return;
  }
  if (OWN.has(file.ops.name)) file.owner ??= asker;
  file.flags |= FASYNC;
  file.async = new FileAsync(core, file, fd);
  if (file.node.pipe) (file.node.pipe.told ??= new Set()).add(file);
}

/** Turns FASYNC off: also when a file is closed. */
export function endAsync(file: OpenFile): void {
  file.async?.end();
  file.async = undefined;
  file.flags &= ~FASYNC;
  file.node.pipe?.told?.delete(file);
}
