import { EBADF, EINVAL } from '../../abi/errno.ts';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
  RLIMIT_NOFILE,
} from '../../abi/flags.ts';
import { POLLFD, SEL_ARGS } from '../../abi/structs.ts';
import { type Caller, ERESTARTNOHAND, type Row } from '../call.ts';
import { pollFiles, type Watch } from '../files/poll.ts';
import type { Kernel } from '../platform.ts';
import {
  readLooseTimeval,
  readTimespec32,
  readTimespec64,
  storeTimeval,
  writeTimespec32,
  writeTimespec64,
} from '../time/spec.ts';
import { tableOf } from './file-arguments.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const MILLISECOND = 1e6;

/** How a call gives its time limit, and where it says what was left of it. */
interface Limit {
  readonly read: (caller: Caller, address: number) => number;
  readonly write: (caller: Caller, address: number, left: number) => void;
}

const TIMEVAL_LIMIT: Limit = {
  read: ({ user }, address) => readLooseTimeval(user, address),
  write({ user }, address, left) {
    if (user.writable(address, 8) === 0) storeTimeval(user, address, left);
  },
};
const NARROW: Limit = {
  read: ({ user }, address) => readTimespec32(user, address),
  write: ({ user }, address, left) => void writeTimespec32(user, address, left),
};
const WIDE: Limit = {
  read: ({ user }, address) => readTimespec64(user, address),
  write: ({ user }, address, left) => void writeTimespec64(user, address, left),
};

function now(caller: Caller): number {
  return caller.services.files.core.clock.virtual;
}

/** Says how much of a time limit is left. */
function report(caller: Caller, limit: Limit, address: number, until: number): void {
  if (address !== 0 && until !== FOREVER) limit.write(caller, address, Math.max(0, until - now(caller)));
}

/** A signal set that a call wants while it waits: [low, high], undefined = none; -errno. */
type Mask = readonly [number, number] | undefined | number;

function maskAt(caller: Caller, address: number, size: number): Mask {
  if (address === 0) return undefined;
  if (size !== 8) return -EINVAL;
  const bad = caller.user.readable(address, 8);
  return bad < 0 ? bad : [caller.user.load32(address), caller.user.load32(address + 4)];
}

function* pollMasked(
  caller: Caller,
  watches: readonly Watch[],
  until: number,
  mask: readonly [number, number] | undefined,
): Kernel<number | 'signal'> {
  if (mask) caller.useMask(mask[0], mask[1]);
  const result = yield* pollFiles(caller.services.files.core, watches, until);
  if (mask) caller.endMask(result === 'signal');
  return result;
}

/** Reads an array of struct pollfd; -EINVAL when it is longer than descriptors may be many, -EFAULT. */
function watchesAt(caller: Caller, address: number, count: number): Watch[] | number {
  if (count > caller.limit(RLIMIT_NOFILE)) return -EINVAL;
  const bad = caller.user.writable(address, count * POLLFD.size);
  if (bad < 0) return bad;
  const table = tableOf(caller);
  const watches: Watch[] = [];
  for (let i = 0; i < count; i++) {
    const at = address + i * POLLFD.size;
    const fd = caller.user.load32(at);
    // A negative descriptor is skipped: nothing is ever found there.
    if (fd >= 0) watches.push({ file: table.get(fd), events: caller.user.load16(at + POLLFD.at.events), found: 0 });
    else watches.push({ file: undefined, events: -1, found: 0 });
  }
  return watches;
}

function deliver(caller: Caller, address: number, watches: readonly Watch[]): number {
  const bad = caller.user.writable(address, watches.length * POLLFD.size);
  if (bad < 0) return bad;
  let count = 0;
  for (const [i, { events, found }] of watches.entries()) {
    const shown = events === -1 ? 0 : found;
    if (shown !== 0) count++;
    caller.user.store16(address + i * POLLFD.size + POLLFD.at.revents, shown);
  }
  return count;
}

/** The watches that count: those of negative descriptors do not. */
function real(watches: readonly Watch[]): Watch[] {
  return watches.filter(({ events }) => events !== -1);
}

function* poll(caller: Caller): Kernel<number> {
  const [address, count, timeout] = caller.args;
  const until = timeout < 0 ? FOREVER : now(caller) + timeout * MILLISECOND;
  return yield* pollUntil(caller, address, count >>> 0, until);
}

function* pollUntil(caller: Caller, address: number, count: number, until: number): Kernel<number> {
  const watches = watchesAt(caller, address, count);
  if (typeof watches === 'number') return watches;
  const result = yield* pollFiles(caller.services.files.core, real(watches), until);
  if (result === 'signal') return caller.restart((again) => pollUntil(again, address, count, until));
  return deliver(caller, address, watches);
}

function ppoll(limit: Limit) {
  return function* run(caller: Caller): Kernel<number> {
    const [address, count, timeAt, maskAddress, maskSize] = caller.args;
    const time = timeAt === 0 ? FOREVER : limit.read(caller, timeAt);
    if (time < 0) return time;
    const mask = maskAt(caller, maskAddress, maskSize);
    if (typeof mask === 'number') return mask;
    const watches = watchesAt(caller, address, count >>> 0);
    if (typeof watches === 'number') return watches;
    const until = now(caller) + time;
    const result = yield* pollMasked(caller, real(watches), until, mask);
    report(caller, limit, timeAt, until);
    return result === 'signal' ? -ERESTARTNOHAND : deliver(caller, address, watches);
  };
}

/** What makes a descriptor count in each of the three sets (fs/select.c). */
const SETS = [
  POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
  POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
  POLLPRI,
] as const;

/** A descriptor of a select, and which of the three sets it is in. */
interface Selected extends Watch {
  readonly fd: number;
  readonly sets: number;
}

/** How many descriptors the caller's table has room for: sets beyond that are not looked at. */
function roomOf(caller: Caller): number {
  let room = 64;
  for (const [fd] of tableOf(caller).descriptors()) while (fd >= room) room *= 2;
  return room;
}

function selectedAt(caller: Caller, count: number, addresses: readonly number[]): Selected[] | number {
  const words = (count + 31) >>> 5;
  for (const address of addresses) {
    const bad = address === 0 ? 0 : caller.user.writable(address, words * 4);
    if (bad < 0) return bad;
  }
  const table = tableOf(caller);
  const selected: Selected[] = [];
  for (let fd = 0; fd < count; fd++) {
    let sets = 0;
    let events = 0;
    for (const [i, address] of addresses.entries()) {
      if (address === 0 || !((caller.user.load32(address + (fd >>> 5) * 4) >>> (fd & 31)) & 1)) continue;
      sets |= 1 << i;
      events |= SETS[i];
    }
    if (sets === 0) continue;
    const file = table.get(fd);
    if (!file || file.isPath) return -EBADF;
    selected.push({ fd, sets, file, events, found: 0 });
  }
  return selected;
}

function storeSets(caller: Caller, count: number, addresses: readonly number[], selected: readonly Selected[]): number {
  const words = (count + 31) >>> 5;
  const sets = addresses.map(() => new Int32Array(words));
  let bits = 0;
  for (const { fd, found, sets: wanted } of selected) {
    for (const [i, set] of sets.entries()) {
      if (!(wanted & (1 << i)) || !(found & SETS[i])) continue;
      set[fd >>> 5] |= 1 << (fd & 31);
      bits++;
    }
  }
  for (const [i, address] of addresses.entries()) {
    if (address === 0) continue;
    const bad = caller.user.write(address, new Uint8Array(sets[i].buffer));
    if (bad < 0) return bad;
  }
  return bits;
}

function* selectSets(
  caller: Caller,
  asked: number,
  addresses: readonly number[],
  limit: Limit,
  timeAt: number,
  mask: readonly [number, number] | undefined,
): Kernel<number> {
  const time = timeAt === 0 ? FOREVER : limit.read(caller, timeAt);
  if (time < 0) return time;
  if (asked < 0) return -EINVAL;
  const count = Math.min(asked, roomOf(caller));
  const selected = selectedAt(caller, count, addresses);
  if (typeof selected === 'number') return selected;
  const until = now(caller) + time;
  const result = yield* pollMasked(caller, selected, until, mask);
  report(caller, limit, timeAt, until);
  return result === 'signal' ? -ERESTARTNOHAND : storeSets(caller, count, addresses, selected);
}

function newselect(caller: Caller): Kernel<number> {
  const [count, input, output, except, timeAt] = caller.args;
  return selectSets(caller, count, [input, output, except], TIMEVAL_LIMIT, timeAt, undefined);
}

/** select(82): its five arguments lie in memory. */
function oldSelect(caller: Caller): number | Kernel<number> {
  const [block] = caller.args;
  const bad = caller.user.readable(block, SEL_ARGS.size);
  if (bad < 0) return bad;
  const [count, input, output, except, timeAt] = [0, 4, 8, 12, 16].map((at) => caller.user.load32(block + at));
  return selectSets(caller, count, [input, output, except], TIMEVAL_LIMIT, timeAt, undefined);
}

/** pselect6(2): the signal set and its size lie behind the sixth argument. */
function pselect6(limit: Limit) {
  return (caller: Caller): number | Kernel<number> => {
    const [count, input, output, except, timeAt, pack] = caller.args;
    const bad = pack === 0 ? 0 : caller.user.readable(pack, 8);
    if (bad < 0) return bad;
    const mask = pack === 0 ? undefined : maskAt(caller, caller.user.load32(pack), caller.user.load32(pack + 4));
    if (typeof mask === 'number') return mask;
    return selectSets(caller, count, [input, output, except], limit, timeAt, mask);
  };
}

/** Waiting for several files. */
export const filePollCalls: readonly Row[] = [
  { number: 82, name: 'select', run: oldSelect },
  { number: 142, name: '_newselect', run: newselect },
  { number: 168, name: 'poll', run: poll },
  { number: 308, name: 'pselect6', run: pselect6(NARROW) },
  { number: 309, name: 'ppoll', run: ppoll(NARROW) },
  { number: 413, name: 'pselect6_time64', run: pselect6(WIDE) },
  { number: 414, name: 'ppoll_time64', run: ppoll(WIDE) },
];
