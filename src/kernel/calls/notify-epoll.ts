import { EBADF, EEXIST, EFAULT, EINTR, EINVAL, ELOOP, ENOENT, EPERM } from '../../abi/errno.ts';
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLWAKEUP,
  O_CLOEXEC,
  O_RDWR,
} from '../../abi/flags.ts';
import { type Caller, type Row, wait } from '../call.ts';
import { deviceNumber } from '../files/devices.ts';
import type { OpenFile } from '../files/open-file.ts';
import { openAnonymous } from '../notify/anonymous.ts';
import { Epoll, epollOps, Interest, isEpoll, type Report } from '../notify/epoll.ts';
import type { Kernel } from '../platform.ts';
import { readTimespec64 } from '../time/spec.ts';
import { fileAt, tableOf } from './file-arguments.ts';

const MILLISECOND = 1e6;
const FOREVER = Number.POSITIVE_INFINITY;
/** Bytes of a struct epoll_event: packed on i386. */
const EVENT = 12;
const EVENTS_MAX = Math.floor(0x7fffffff / EVENT);
/** Most epoll instances on top of each other (EP_MAX_NESTS and the one that is added). */
const NESTS_MAX = 5;
const EXCLUSIVE_ALLOWED = EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;

function create(caller: Caller, flags: number): number {
  if (flags & ~O_CLOEXEC) return -EINVAL;
  const epoll = new Epoll();
  const fd = openAnonymous(caller, 'anon_inode:[eventpoll]', epollOps, epoll, O_RDWR | flags);
  if (fd >= 0) epoll.file = tableOf(caller).get(fd);
  return fd;
}

const NO_POLL: ReadonlySet<string> = new Set(['null', 'zero', 'full']);
const URANDOM = deviceNumber(1, 9);

/** Files that have no poll operation cannot be watched: regular files, directories and a few devices. */
function canBeWatched(file: OpenFile): boolean {
  const { node, ops } = file;
  return !node.isRegular && !node.isDirectory && !NO_POLL.has(ops.name) && node.rdev !== URANDOM;
}

/** epoll_ctl(2), with the checks in Linux's order. */
function control(caller: Caller): number {
  const [fd, operation, targetFd, address] = caller.args;
  const { user } = caller;
  const takesEvent = operation !== EPOLL_CTL_DEL;
  if (takesEvent && user.readable(address, EVENT) < 0) return -EFAULT;
  const events = takesEvent ? user.load32(address) : 0;
  const file = fileAt(caller, fd);
  const target = fileAt(caller, targetFd);
  if (!file || !target) return -EBADF;
  if (!canBeWatched(target)) return -EPERM;
  if (file === target || !isEpoll(file)) return -EINVAL;
  if (takesEvent && events & EPOLLEXCLUSIVE) {
    if (operation === EPOLL_CTL_MOD) return -EINVAL;
    if (operation === EPOLL_CTL_ADD && (isEpoll(target) || events & ~EXCLUSIVE_ALLOWED)) return -EINVAL;
  }
  const epoll = file.state;
  if (operation === EPOLL_CTL_ADD && isEpoll(target)) {
    const below = target.state.depth(epoll);
    if (below + epoll.height(file) > NESTS_MAX) return -ELOOP;
  }
  const { core } = caller.services.files;
  const known = epoll.find(targetFd, target);
  switch (operation) {
    case EPOLL_CTL_ADD: {
      if (known) return -EEXIST;
      const interest = new Interest(epoll, targetFd, target);
      assign(caller, interest, address, events);
      epoll.add(core, interest);
      return 0;
    }
    case EPOLL_CTL_DEL:
      if (!known) return -ENOENT;
      epoll.remove(known);
      return 0;
    case EPOLL_CTL_MOD:
      if (!known) return -ENOENT;
      if (known.events & EPOLLEXCLUSIVE) return -EINVAL;
      assign(caller, known, address, events);
      epoll.change(core, known);
      return 0;
    default:
      return -EINVAL;
  }
}

function assign({ user }: Caller, interest: Interest, address: number, events: number): void {
  interest.events = events | EPOLLERR | EPOLLHUP;
  interest.dataLow = user.load32(address + 4);
  interest.dataHigh = user.load32(address + 8);
}

/** Waits on an epoll instance: how many events were written, 0 after the time, -EINTR. */
function* waitFor(caller: Caller, until: number): Kernel<number> {
  const [fd, address, most] = caller.args;
  if (most <= 0 || most > EVENTS_MAX) return -EINVAL;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (!isEpoll(file)) return -EINVAL;
  const epoll = file.state;
  const { core } = caller.services.files;
  for (;;) {
    if (epoll.needsPrime) yield* epoll.prime(core);
    const reports = epoll.look(core, most);
    if (reports.length > 0) return report(caller, epoll, reports, address);
    if (core.clock.virtual >= until) return 0;
    if ((yield* wait(epoll.changed, until)) === 'signal') return -EINTR;
  }
}

function report({ user }: Caller, epoll: Epoll, reports: readonly Report[], address: number): number {
  // What does not fit into good memory is kept for the next call.
  let count = reports.length;
  while (count > 0 && user.writable(address, count * EVENT) < 0) {
    if (count === 1) return -EFAULT;
    count--;
  }
  for (const [i, { interest, found }] of reports.slice(0, count).entries()) {
    const at = address + i * EVENT;
    user.store32(at, found);
    user.store32(at + 4, interest.dataLow);
    user.store32(at + 8, interest.dataHigh);
  }
  epoll.told(reports.slice(0, count));
  return count;
}

/** With another signal mask while it waits, where one is given. */
function* waitMasked(caller: Caller, until: number, maskAt: number, maskSize: number): Kernel<number> {
  if (maskAt === 0) return yield* waitFor(caller, until);
  if (maskSize !== 8) return -EINVAL;
  const bad = caller.user.readable(maskAt, 8);
  if (bad < 0) return bad;
  caller.useMask(caller.user.load32(maskAt), caller.user.load32(maskAt + 4));
  const result = yield* waitFor(caller, until);
  caller.endMask(result === -EINTR);
  return result;
}

function untilOf(caller: Caller, milliseconds: number): number {
  return milliseconds < 0 ? FOREVER : caller.services.files.core.clock.virtual + milliseconds * MILLISECOND;
}

function pwait2(caller: Caller): number | Kernel<number> {
  const [, , , timeAt, maskAt, maskSize] = caller.args;
  const time = timeAt === 0 ? FOREVER : readTimespec64(caller.user, timeAt);
  if (time < 0) return time;
  return waitMasked(caller, caller.services.files.core.clock.virtual + time, maskAt, maskSize);
}

/** epoll(7). */
export const notifyEpollCalls: readonly Row[] = [
  { number: 254, name: 'epoll_create', run: (c) => (c.args[0] <= 0 ? -EINVAL : create(c, 0)) },
  { number: 255, name: 'epoll_ctl', run: control },
  { number: 256, name: 'epoll_wait', run: (c) => waitFor(c, untilOf(c, c.args[3])) },
  {
    number: 319,
    name: 'epoll_pwait',
    run: (c) => waitMasked(c, untilOf(c, c.args[3]), c.args[4], c.args[5]),
  },
  { number: 329, name: 'epoll_create1', run: (c) => create(c, c.args[0]) },
  { number: 441, name: 'epoll_pwait2', run: pwait2 },
];
