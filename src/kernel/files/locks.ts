import { EAGAIN, EDEADLK, ENOLCK } from '../../abi/errno.ts';
import { F_RDLCK, F_UNLCK, F_WRLCK } from '../../abi/flags.ts';
import { Queue } from '../queue.ts';
import type { OpenFile } from './open-file.ts';

/** Who holds a record lock: a descriptor table (POSIX) or an open file description (F_OFD_*). */
export type LockOwner = number | OpenFile;

/** A record lock on bytes `start` to `end`, both included; `end` Infinity = to the end of the file. */
export interface Lock {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly owner: LockOwner;
  /** As F_GETLK shows it: -1 for open-file-description locks. */
  readonly pid: number;
}

/** A lock as /proc/locks shows it. */
export interface LockRow {
  readonly kind: string;
  readonly type: string;
  readonly pid: number;
  readonly span: string;
}

/** Most record locks that one owner holds on one file. */
const LOCKS_MAX = 8192;

/** An owner's locks when `wanted` takes the place of what lies under it; neighbours of its kind become one with it. */
function replaced(locks: readonly Lock[], wanted: Lock): Lock[] {
  const kept: Lock[] = [];
  let { start, end } = wanted;
  for (const lock of locks) {
    if (lock.start > end + 1 || start > lock.end + 1) kept.push(lock);
    else if (lock.type === wanted.type) {
      start = Math.min(start, lock.start);
      end = Math.max(end, lock.end);
    } else {
      if (lock.start < wanted.start) kept.push({ ...lock, end: Math.min(lock.end, wanted.start - 1) });
      if (lock.end > wanted.end) kept.push({ ...lock, start: Math.max(lock.start, wanted.end + 1) });
    }
  }
  if (wanted.type !== F_UNLCK) kept.push({ ...wanted, start, end });
  return kept.sort((a, b) => a.start - b.start);
}

function excludes(a: Lock, b: Lock): boolean {
  return a.type === F_WRLCK || b.type === F_WRLCK;
}

/** For whom each waiting owner waits: a circle would never end. */
export class LockWaits {
  readonly #waiting = new Map<LockOwner, LockOwner>();

  /** Notes that an owner waits for another; -EDEADLK when that closes a circle. */
  begin(owner: LockOwner, holder: LockOwner): number {
    let next: LockOwner | undefined = holder;
    for (let steps = 0; next !== undefined && steps < 64; steps++) {
      if (next === owner) return -EDEADLK;
      next = this.#waiting.get(next);
    }
    this.#waiting.set(owner, holder);
    return 0;
  }

  /** The owner waits no longer. */
  end(owner: LockOwner): void {
    this.#waiting.delete(owner);
  }
}

/** The locks on one node: record locks (fcntl(2)) and whole-file locks (flock(2)), which do not see each other. */
export class LockList {
  /** Record locks by owner in the order owners came, each owner's by their start: so F_GETLK looks through them. */
  readonly #records = new Map<LockOwner, readonly Lock[]>();
  readonly #whole = new Map<OpenFile, boolean>();
  /** Woken when a lock goes or shrinks. */
  readonly changed = new Queue();

  /** A lock of somebody else that forbids this one; for F_UNLCK: one of the owner's own in that place. */
  conflict(wanted: Lock): Lock | undefined {
    const own = wanted.type === F_UNLCK;
    for (const [owner, locks] of this.#records) {
      if ((owner === wanted.owner) !== own) continue;
      const found = locks.find(
        (lock) => lock.start <= wanted.end && wanted.start <= lock.end && (own || excludes(lock, wanted)),
      );
      if (found) return found;
    }
    return undefined;
  }

  /** Sets or (F_UNLCK) removes a record lock; what the owner had there before is replaced. -EAGAIN on a conflict, -ENOLCK. */
  set(wanted: Lock): number {
    if (wanted.type !== F_UNLCK && this.conflict(wanted)) return -EAGAIN;
    const before = this.#records.get(wanted.owner) ?? [];
    if (before.length >= LOCKS_MAX) return -ENOLCK;
    const after = replaced(before, wanted);
    if (after.length > 0) this.#records.set(wanted.owner, after);
    else this.#records.delete(wanted.owner);
    if (wanted.type !== F_WRLCK) this.changed.wake();
    return 0;
  }

  /** flock(2): shared or exclusive for an open file; -EAGAIN when another's lock forbids it (the old one is gone then). */
  setWhole(file: OpenFile, exclusive: boolean): number {
    for (const [holder, held] of this.#whole) {
      if (holder === file || (!held && !exclusive)) continue;
      // A change of kind is not atomic: the old lock is given up first (flock(2)).
      this.dropWhole(file);
      return -EAGAIN;
    }
    const before = this.#whole.get(file);
    this.#whole.set(file, exclusive);
    if (before && !exclusive) this.changed.wake();
    return 0;
  }

  /** The locks of this list as /proc/locks shows them; with `file` only those that it holds as an open file or for its owner. */
  shown(file?: OpenFile): LockRow[] {
    const rows: LockRow[] = [];
    for (const [holder, exclusive] of this.#whole)
      if (!file || holder === file)
        rows.push({
          kind: 'FLOCK  ADVISORY ',
          type: exclusive ? 'WRITE' : 'READ ',
          pid: holder.lockPid,
          span: '0 EOF',
        });
    for (const [owner, locks] of this.#records) {
      if (file && owner !== file && typeof owner !== 'number') continue;
      const kind = typeof owner === 'number' ? 'POSIX  ADVISORY ' : 'OFDLCK ADVISORY ';
      for (const { type, start, end, pid } of locks) {
        const span = `${start} ${end === Number.POSITIVE_INFINITY ? 'EOF' : end}`;
        rows.push({ kind, type: type === F_WRLCK ? 'WRITE' : 'READ ', pid, span });
      }
    }
    return rows;
  }

  /** Gives up an open file's flock. */
  dropWhole(file: OpenFile): void {
    if (this.#whole.delete(file)) this.changed.wake();
  }

  /** Who has a lock here. */
  owners(): readonly LockOwner[] {
    return [...this.#records.keys(), ...this.#whole.keys()];
  }

  /** Gives up all record locks of an owner. */
  releaseOwner(owner: LockOwner): void {
    if (this.#records.delete(owner)) this.changed.wake();
  }

  /** The open file is gone, and its locks with it. */
  releaseFile(file: OpenFile): void {
    this.releaseOwner(file);
    this.dropWhole(file);
  }

  /** Whether a lock of this kind can be asked for. */
  static isType(type: number): boolean {
    return type === F_RDLCK || type === F_WRLCK || type === F_UNLCK;
  }
}
