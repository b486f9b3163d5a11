import { EAGAIN, EIDRM, EINVAL, ERANGE } from '../../abi/errno.ts';
import { IPC_NOWAIT } from '../../abi/flags.ts';
import { SEM_UNDO, SEMAEM, SEMMNI, SEMVMX } from '../../abi/ipc.ts';
import { Queue } from '../queue.ts';
import type { Identity } from '../tasks/identity.ts';
import { IpcObject, IpcTable } from './object.ts';

/** One operation of semop(2). */
export interface Operation {
  readonly number: number;
  readonly change: number;
  readonly flags: number;
}

/** What an operation that waits is told; until then it is PENDING. */
export const PENDING = 1;

/** A semop that could not be done at once. */
export interface SemWaiter {
  readonly operations: readonly Operation[];
  readonly undo: Int16Array | undefined;
  readonly pid: number;
  /** Changes a semaphore; one that does not only waits for zeros. */
  readonly alters: boolean;
  /** The operation that it waits for. */
  blocking: Operation;
  /** PENDING, 0 when it is done, or -errno. */
  status: number;
  readonly queue: Queue;
}

/** An array of semaphores. */
export class SemaphoreSet extends IpcObject {
  readonly values: Int32Array;
  /** Who changed each last. */
  readonly pids: Int32Array;
  /** Seconds since 1970 of the last semop; 0 = never. */
  operated = 0;
  /** Those who wait, in the order they came. */
  readonly waiters: SemWaiter[] = [];
  /** Adjustments that ends of tasks will make: one list for each undo list. */
  readonly undos = new Map<UndoList, Int16Array>();

  constructor(key: number, who: Identity, mode: number, now: number, count: number) {
    super(key, who, mode, now);
    this.values = new Int32Array(count);
    this.pids = new Int32Array(count);
  }

  /**
   * All operations or none (perform_atomic_semop). 0, -ERANGE, -EAGAIN where the blocking one says IPC_NOWAIT, else
   * the operation that blocks.
   */
  perform(operations: readonly Operation[], undo: Int16Array | undefined, pid: number): number | Operation {
    const { values, pids } = this;
    for (let n = 0; n < operations.length; n++) {
      const { number, change, flags } = operations[n];
      const value = values[number] + change;
      const blocks = change === 0 ? values[number] !== 0 : value < 0;
      const adjusted = undo && flags & SEM_UNDO ? undo[number] - change : 0;
      if (!blocks && value <= SEMVMX && adjusted >= -SEMAEM - 1 && adjusted <= SEMAEM) {
        if (undo && flags & SEM_UNDO) undo[number] = adjusted;
        values[number] = value;
        continue;
      }
      this.#takeBack(operations, n, undo);
      if (!blocks) return -ERANGE;
      return flags & IPC_NOWAIT ? -EAGAIN : operations[n];
    }
    for (const { number } of operations) pids[number] = pid;
    return 0;
  }

  #takeBack(operations: readonly Operation[], count: number, undo: Int16Array | undefined): void {
    for (let n = count - 1; n >= 0; n--) {
      const { number, change, flags } = operations[n];
      this.values[number] -= change;
      if (undo && flags & SEM_UNDO) undo[number] += change;
    }
  }

  /** Values have changed: does what can be done now of what waits (do_smart_update). */
  update(now: number): void {
    for (;;) {
      // Those who wait for zeros only change nothing: all that can go on do, before anybody changes a value again.
      for (const waiter of [...this.waiters]) if (!waiter.alters && this.#try(waiter)) this.#tell(waiter, now);
      const done = this.waiters.find((waiter) => waiter.alters && this.#try(waiter));
      if (!done) return;
      this.#tell(done, now);
    }
  }

  #try(waiter: SemWaiter): boolean {
    const result = this.perform(waiter.operations, waiter.undo, waiter.pid);
    if (typeof result === 'number') waiter.status = result;
    else waiter.blocking = result;
    return typeof result === 'number';
  }

  #tell(waiter: SemWaiter, now: number): void {
    if (waiter.status === 0) this.operated = now;
    this.forget(waiter);
    waiter.queue.wake();
  }

  /** Starts a wait. */
  enqueue(waiter: Omit<SemWaiter, 'status' | 'queue'>): SemWaiter {
    const waiting: SemWaiter = { ...waiter, status: PENDING, queue: new Queue() };
    this.waiters.push(waiting);
    return waiting;
  }

  forget(waiter: SemWaiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  /** How many wait for semaphore `number` to grow, or with `zero` to become 0. */
  count(number: number, zero: boolean): number {
    return this.waiters.filter(
      ({ blocking }) => blocking.number === number && (zero ? blocking.change === 0 : blocking.change < 0),
    ).length;
  }

  /** A value was set: nobody's end takes anything back from it. */
  clearUndo(number: number): void {
    for (const undo of this.undos.values()) undo[number] = 0;
  }

  /** The adjustments of one undo list for this array; made where there are none. */
  undoOf(list: UndoList): Int16Array {
    let undo = this.undos.get(list);
    if (!undo) {
      undo = new Int16Array(this.values.length);
      this.undos.set(list, undo);
      list.sets.add(this);
    }
    return undo;
  }
}

/** The arrays with adjustments for the end of a task, or of the last of several (CLONE_SYSVSEM). */
export class UndoList {
  users = 1;
  readonly sets = new Set<SemaphoreSet>();

  /** One task less; the last one's end makes the adjustments (exit_sem). */
  release(pid: number, now: number): void {
    if (--this.users > 0) return;
    for (const set of this.sets) {
      const undo = set.undos.get(this);
      set.undos.delete(this);
      if (!undo || set.removed) continue;
      for (let n = 0; n < undo.length; n++) {
        if (undo[n] === 0) continue;
        set.values[n] = Math.min(Math.max(set.values[n] + undo[n], 0), SEMVMX);
        set.pids[n] = pid;
      }
      set.operated = now;
      set.update(now);
    }
    this.sets.clear();
  }
}

/** All semaphore arrays. */
export class Semaphores extends IpcTable<SemaphoreSet> {
  constructor() {
    super(SEMMNI);
  }

  /** Semaphores in all arrays. */
  get total(): number {
    return this.list().reduce((sum, { values }) => sum + values.length, 0);
  }

  /** IPC_RMID. */
  destroy(set: SemaphoreSet): void {
    this.remove(set);
    for (const list of set.undos.keys()) list.sets.delete(set);
    set.undos.clear();
    for (const waiter of set.waiters.splice(0)) {
      waiter.status = -EIDRM;
      waiter.queue.wake();
    }
  }

  /** Whether `number` names a semaphore of the array: 0 or -EINVAL. */
  static has(set: SemaphoreSet, number: number): number {
    return number >= 0 && number < set.values.length ? 0 : -EINVAL;
  }
}
