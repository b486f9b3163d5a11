import { closeSync } from 'node:fs';

/** Open descriptors of the host that are kept for reuse. */
const KEPT = 128;

/** A small store of host descriptors by key: the one that was unused longest is closed when there are too many. */
export class Handles {
  readonly #open = new Map<string, number>();
  readonly #pinned = new Map<string, number>();

  /** The descriptor under `key`, opened by `open` when it is not at hand. */
  get(key: string, open: () => number): number {
    const pinned = this.#pinned.get(key);
    if (pinned !== undefined) return pinned;
    const kept = this.#open.get(key);
    if (kept !== undefined) {
      this.#open.delete(key);
      this.#open.set(key, kept);
      return kept;
    }
    const fd = open();
    this.#open.set(key, fd);
    if (this.#open.size > KEPT) this.drop(this.#open.keys().next().value as string);
    return fd;
  }

  /** Closes the descriptor under `key`, if there is one. */
  drop(key: string): void {
    const fd = this.#open.get(key);
    if (fd === undefined) return;
    this.#open.delete(key);
    closeSync(fd);
  }

  /** Keeps the descriptor under `key` open to the end: its file has lost its name and cannot be opened again. */
  pin(key: string): void {
    const fd = this.#open.get(key);
    if (fd === undefined) return;
    this.#open.delete(key);
    this.#pinned.set(key, fd);
  }

  close(): void {
    for (const fd of [...this.#open.values(), ...this.#pinned.values()]) closeSync(fd);
    this.#open.clear();
    this.#pinned.clear();
  }
}
