import { EBADF, EFAULT, EINVAL, ENOENT, ESRCH } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { RANGES_MAX } from '../call.ts';
import { Epoll } from '../notify/epoll.ts';
import type { Kernel } from '../platform.ts';
import { mayInspect } from '../tasks/inspect.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const SEGMENTS_MAX = 1024;
/** Bytes of a struct iovec. */
const SEGMENT = 8;
/** Most bytes that one call moves. */
const MOST = 0x7ffff000;

/** A list of struct iovec as addresses and lengths; -EINVAL, -EFAULT. */
function segments(task: Task, address: number, count: number): [address: number, length: number][] | number {
  const { user } = task;
  if (count >>> 0 > SEGMENTS_MAX) return -EINVAL;
  if (user.readable(address, count * SEGMENT) < 0) return -EFAULT;
  const list: [number, number][] = [];
  for (let n = 0; n < count; n++) {
    const length = user.load32(address + n * SEGMENT + 4);
    if (length < 0) return -EINVAL;
    list.push([user.load32(address + n * SEGMENT) >>> 0, length]);
  }
  return list;
}

/** process_vm_readv and process_vm_writev(2). */
function transfer(write: boolean): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [pid, localAt, localCount, remoteAt, remoteCount, flags] = task.args;
    if (flags !== 0) return -EINVAL;
    const local = segments(task, localAt, localCount);
    if (typeof local === 'number') return local;
    const room = Math.min(
      local.reduce((sum, [, length]) => sum + length, 0),
      MOST,
    );
    if (room === 0) return 0;
    const remote = segments(task, remoteAt, remoteCount);
    if (typeof remote === 'number') return remote;
    if (remote.every(([, length]) => length === 0)) return 0;
    const target = task.system.tasks.get(pid);
    if (!target || target.ended) return -ESRCH;
    const denied = mayInspect(task, target, 'real');
    return denied < 0 ? denied : copy(task, target, local, remote, room, write);
  };
}

function* copy(
  task: Task,
  target: Task,
  local: readonly (readonly [number, number])[],
  remote: readonly (readonly [number, number])[],
  room: number,
  write: boolean,
): Kernel<number> {
  let done = 0;
  let index = 0;
  let offset = 0;
  for (const [start, length] of remote) {
    for (let at = 0; at < length && done < room; ) {
      while (offset === local[index][1]) {
        index++;
        offset = 0;
      }
      const [ownStart, ownLength] = local[index];
      const count = Math.min(length - at, ownLength - offset, room - done, RANGES_MAX);
      const theirs = yield* target.user.bring(start + at, count, write);
      const ours = yield* task.user.bring(ownStart + offset, theirs, !write);
      if (ours > 0) {
        const [from, to] = write ? [task.user, target.user] : [target.user, task.user];
        const bytes = from.bytes(write ? ownStart + offset : start + at, ours);
        if (typeof bytes === 'number') return done || bytes;
        to.write(write ? start + at : ownStart + offset, bytes);
      }
      done += ours;
      at += ours;
      offset += ours;
      if (ours < count) return done || -EFAULT;
    }
  }
  return done;
}

/** What kcmp(2) compares, by type: equal things are the same kernel object. */
const RESOURCES: Readonly<Record<number, (task: Task) => unknown>> = {
  1: (task) => task.memory,
  2: (task) => task.table,
  3: (task) => task.places,
  4: (task) => task.process.actions,
  5: () => undefined,
  6: (task) => task.undo,
};
const KCMP_FILE = 0;
const KCMP_EPOLL_TFD = 7;
/** Bytes of a struct kcmp_epoll_slot: the instance, the descriptor it watches, and which of several. */
const SLOT = 12;

/** KCMP_EPOLL_TFD: a file of one against what an epoll instance of the other watches (struct kcmp_epoll_slot). */
function compareWatched(task: Task, a: Task, b: Task, fd: number, address: number): number {
  const { services, user } = task;
  if (user.readable(address, SLOT) < 0) return -EFAULT;
  const left = services.files.table(a.table).get(fd);
  const instance = services.files.table(b.table).get(user.load32(address));
  if (!left || !instance) return -EBADF;
  if (!(instance.state instanceof Epoll)) return -EINVAL;
  const watched = user.load32(address + 4);
  const index = user.load32(address + 8) >>> 0;
  const right = [...instance.state.interests].filter((interest) => interest.fd === watched)[index]?.file;
  if (!right) return -ENOENT;
  return left === right ? 0 : left.handle < right.handle ? 1 : 2;
}

/** 0 equal, 1 less, 2 greater: some order among the objects. */
function compare(task: Task): number {
  const [first, second, kind, one, other] = task.args;
  const { files } = task.services;
  const tasks = [first, second].map((tid) => task.system.tasks.get(tid));
  const [a, b] = tasks;
  if (!a || !b) return -ESRCH;
  const denied = mayInspect(task, a, 'real') || mayInspect(task, b, 'real');
  if (denied < 0) return denied;
  if (kind === KCMP_FILE) {
    const left = files.table(a.table).get(one);
    const right = files.table(b.table).get(other);
    if (!left || !right) return -EBADF;
    return left === right ? 0 : left.handle < right.handle ? 1 : 2;
  }
  if (kind === KCMP_EPOLL_TFD) return compareWatched(task, a, b, one, other);
  const resource = RESOURCES[kind];
  if (!resource) return -EINVAL;
  return resource(a) === resource(b) ? 0 : a.tid < b.tid ? 1 : 2;
}

/** Calls by which one process looks into another. */
export const processMemoryCalls: readonly Row[] = [
  row(347, 'process_vm_readv', transfer(false)),
  row(348, 'process_vm_writev', transfer(true)),
  row(349, 'kcmp', compare, 'the order of unequal things is that of their making'),
];
