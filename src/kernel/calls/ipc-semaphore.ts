import { E2BIG, EAGAIN, EFAULT, EFBIG, EIDRM, EINTR, EINVAL, ENOSPC, ERANGE } from '../../abi/errno.ts';
import { IPC_RMID, IPC_SET, IPC_STAT } from '../../abi/flags.ts';
import * as I from '../../abi/ipc.ts';
import type { Row } from '../call.ts';
import { wait } from '../call.ts';
import { ALTER, READ } from '../ipc/object.ts';
import { type Operation, PENDING, SemaphoreSet, Semaphores, type SemWaiter, UndoList } from '../ipc/semaphore.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { type readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';
import { type Command, directCommand, fetch, seconds, store, toChange, toStat } from './ipc-arguments.ts';

/** semget(2). */
export function semget(task: Task, key: number, count: number, flags: number): number {
  const { semaphores, now } = task.system.ipc;
  if (count < 0 || count > I.SEMMSL) return -EINVAL;
  return semaphores.get(key, flags, task.identity, {
    make: () => {
      if (count === 0) return -EINVAL;
      if (semaphores.total + count > I.SEMMNS) return -ENOSPC;
      return semaphores.full || new SemaphoreSet(key, task.identity, flags, now(), count);
    },
    fits: (set) => (count > set.values.length ? -EINVAL : 0),
  });
}

/** The operations of a semop; -EFAULT. */
function operationsAt(task: Task, address: number, count: number): Operation[] | number {
  const bytes = task.user.bytes(address, count * I.SEMBUF.size);
  if (typeof bytes === 'number') return -EFAULT;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, n) => ({
    number: view.getUint16(n * I.SEMBUF.size, true),
    change: view.getInt16(n * I.SEMBUF.size + 2, true),
    flags: view.getInt16(n * I.SEMBUF.size + 4, true),
  }));
}

/** semop(2), and semtimedop(2) with a timeout in ns (Infinity: none). Never restarted after a signal. */
export function semop(
  task: Task,
  id: number,
  address: number,
  count: number,
  timeout: number,
): number | Kernel<number> {
  const { ipc, platform } = task.system;
  if (count >>> 0 > I.SEMOPM) return -E2BIG;
  if (count < 1) return -EINVAL;
  const operations = operationsAt(task, address, count);
  if (typeof operations === 'number') return operations;
  if (id < 0) return -EINVAL;
  const set = ipc.semaphores.find(id);
  if (typeof set === 'number') return set;
  if (operations.some(({ number }) => number >= set.values.length)) return -EFBIG;
  const alters = operations.some(({ change }) => change !== 0);
  const denied = set.permits(task.identity, alters ? ALTER : READ);
  if (denied < 0) return denied;
  const undo = operations.some(({ flags }) => flags & I.SEM_UNDO) ? set.undoOf(undoListOf(task)) : undefined;
  const result = set.perform(operations, undo, task.pid);
  if (typeof result !== 'number') {
    const waiter = set.enqueue({ operations, undo, pid: task.pid, alters, blocking: result });
    return waitFor(set, waiter, platform.now() + timeout);
  }
  if (result === 0) {
    set.operated = ipc.now();
    if (alters) set.update(set.operated);
  }
  return result;
}

function undoListOf(task: Task): UndoList {
  task.undo ??= new UndoList();
  return task.undo;
}

function* waitFor(set: SemaphoreSet, waiter: SemWaiter, until: number): Kernel<number> {
  const why = yield* wait(waiter.queue, until);
  if (waiter.status !== PENDING) return waiter.status;
  set.forget(waiter);
  return why === 'timeout' ? -EAGAIN : set.removed ? -EIDRM : -EINTR;
}

/** A semtimedop whose timeout has this width; no timeout at address 0. */
export function semtimedop(
  task: Task,
  id: number,
  operations: number,
  count: number,
  timeoutAt: number,
  read: typeof readTimespec32,
): number | Kernel<number> {
  const timeout = timeoutAt === 0 ? Number.POSITIVE_INFINITY : read(task.user, timeoutAt);
  if (timeout === -EFAULT) return -EFAULT;
  if (timeout >= 0) return semop(task, id, operations, count, timeout);
  // A bad timeout is found after a bad number of operations.
  if (count >>> 0 > I.SEMOPM) return -E2BIG;
  return task.user.readable(operations, count * I.SEMBUF.size) < 0 ? -EFAULT : -EINVAL;
}

/** semctl(2); `argument` is its union semun, a value or an address. */
export function semctl(task: Task, id: number, number: number, command: Command, argument: number): number {
  const { semaphores, now } = task.system.ipc;
  if (id < 0) return -EINVAL;
  switch (command.number) {
    case I.IPC_INFO:
    case I.SEM_INFO:
      return limits(task, command.number === I.SEM_INFO, argument);
    case IPC_STAT:
    case I.SEM_STAT:
    case I.SEM_STAT_ANY:
      return status(task, id, command, argument);
    case I.GETALL:
    case I.GETVAL:
    case I.GETPID:
    case I.GETNCNT:
    case I.GETZCNT:
    case I.SETALL:
      return values(task, id, number, command.number, argument);
    case I.SETVAL:
      return setValue(task, id, number, argument);
    case IPC_SET: {
      const wanted = fetch(task, argument, command.old ? I.OLD_SEMID : I.SEMID);
      if (typeof wanted === 'number') return wanted;
      const set = toChange(task, semaphores, id);
      if (typeof set === 'number') return set;
      set.assign(wanted.uid, wanted.gid, wanted.mode, now());
      return 0;
    }
    case IPC_RMID: {
      const set = toChange(task, semaphores, id);
      if (typeof set === 'number') return set;
      semaphores.destroy(set);
      return 0;
    }
    default:
      return -EINVAL;
  }
}

function limits(task: Task, used: boolean, address: number): number {
  const { semaphores } = task.system.ipc;
  const written = store(task, address, I.SEMINFO, {
    semmap: I.SEMMNS,
    semmni: I.SEMMNI,
    semmns: I.SEMMNS,
    semmnu: I.SEMMNS,
    semmsl: I.SEMMSL,
    semopm: I.SEMOPM,
    semume: I.SEMOPM,
    semusz: used ? semaphores.size : I.SEMUSZ,
    semvmx: I.SEMVMX,
    semaem: used ? semaphores.total : I.SEMAEM,
  });
  return written < 0 ? written : semaphores.highest;
}

function status(task: Task, id: number, { number, old }: Command, address: number): number {
  const set = toStat(task, task.system.ipc.semaphores, id, number !== IPC_STAT, number === I.SEM_STAT_ANY);
  if (typeof set === 'number') return set;
  const written = store(task, address, old ? I.OLD_SEMID : I.SEMID, {
    ...set.permission(old),
    ...seconds('otime', set.operated),
    ...seconds('ctime', set.changed),
    nsems: set.values.length,
  });
  if (written < 0) return written;
  return number === IPC_STAT ? 0 : set.id;
}

function values(task: Task, id: number, number: number, command: number, address: number): number {
  const set = task.system.ipc.semaphores.find(id);
  if (typeof set === 'number') return set;
  const denied = set.permits(task.identity, command === I.SETALL ? ALTER : READ);
  if (denied < 0) return denied;
  if (command === I.GETALL) return task.user.write(address, new Uint8Array(Uint16Array.from(set.values).buffer));
  if (command === I.SETALL) return setAll(task, set, address);
  const bad = Semaphores.has(set, number);
  if (bad < 0) return bad;
  if (command === I.GETVAL) return set.values[number];
  return command === I.GETPID ? set.pids[number] : set.count(number, command === I.GETZCNT);
}

function setAll(task: Task, set: SemaphoreSet, address: number): number {
  const bytes = task.user.bytes(address, set.values.length * 2);
  if (typeof bytes === 'number') return -EFAULT;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const wanted = Array.from(set.values, (_, n) => view.getUint16(n * 2, true));
  if (wanted.some((value) => value > I.SEMVMX)) return -ERANGE;
  set.values.set(wanted);
  set.pids.fill(task.pid);
  for (let n = 0; n < wanted.length; n++) set.clearUndo(n);
  return changed(task, set);
}

function setValue(task: Task, id: number, number: number, value: number): number {
  if (value > I.SEMVMX || value < 0) return -ERANGE;
  const set = task.system.ipc.semaphores.find(id);
  if (typeof set === 'number') return set;
  const bad = Semaphores.has(set, number);
  if (bad < 0) return bad;
  const denied = set.permits(task.identity, ALTER);
  if (denied < 0) return denied;
  set.clearUndo(number);
  set.values[number] = value;
  set.pids[number] = task.pid;
  return changed(task, set);
}

function changed(task: Task, set: SemaphoreSet): number {
  set.changed = task.system.ipc.now();
  set.update(set.changed);
  return 0;
}

/** Semaphores by their own calls; semop and semtimedop with a narrow timeout exist in ipc(117) only. */
export const ipcSemaphoreCalls: readonly Row[] = [
  row(393, 'semget', (task) => semget(task, task.args[0], task.args[1], task.args[2])),
  row(394, 'semctl', (task) => {
    const [id, number, command, argument] = task.args;
    return semctl(task, id, number, directCommand(command), argument);
  }),
  row(420, 'semtimedop_time64', (task) => {
    const [id, operations, count, timeout] = task.args;
    return semtimedop(task, id, operations, count, timeout, readTimespec64);
  }),
];
