/**
 * The shape of a system call: a row with a handler, the caller it is given, and how it waits.
 *
 * A handler returns a result (or -errno) at once, or a `Kernel` generator when it must wait. A program's mistake is a
 * negative number, never an exception.
 *
 * User memory: pages are brought in by the plain functions of `User`. Where that would have to wait (a file page that
 * is not in the page cache), they fail with -EFAULT after noting the page; the dispatcher then waits for the page and
 * runs the handler again from its start. So a handler
 *   - checks and reads all its arguments before its first side effect,
 *   - checks that its results can be written (`writable`) before its first side effect, and
 *   - hands -EFAULT through as it got it.
 */

import type { FileService } from './files/service.ts';
import type { Frames } from './memory/frames.ts';
import type { Kernel, Platform, Wake } from './platform.ts';
import type { Queue } from './queue.ts';
import type { Credentials, Ranges, Tasks } from './services.ts';

/** One system call. */
export interface Row {
  readonly number: number;
  readonly name: string;
  readonly run: (caller: Caller) => number | Kernel<number>;
  /** What is missing or different from Linux, for users. */
  readonly note?: string;
}

/** The services as handlers reach them. */
export interface Services {
  readonly platform: Platform;
  readonly frames: Frames;
  readonly files: FileService;
  readonly tasks: Tasks;
}

/** The task that makes the call. The same object for all calls of a task: nothing is allocated per call. */
export interface Caller {
  /** EBX, ECX, EDX, ESI, EDI, EBP; signed words. */
  readonly args: Int32Array;
  /** Process (thread group) and thread. */
  readonly pid: number;
  readonly tid: number;
  /** Handle of the descriptor table. */
  readonly table: number;
  /** Handle of the record of working directory, root and umask. */
  readonly places: number;
  readonly credentials: Credentials;
  readonly user: User;
  readonly services: Services;
  /** Soft resource limit (RLIMIT_*), Infinity when there is none. */
  limit(resource: number): number;
  /** Whether a signal that is not blocked waits for this task. */
  signalled(): boolean;
  /** For calls that go on with changed arguments after a signal (nanosleep, poll): `return caller.restart(rest)`. */
  restart(rest: (caller: Caller) => number | Kernel<number>): number;
  /** Another signal mask (two words) until `endMask` (ppoll, pselect6). */
  useMask(lo: number, hi: number): void;
  /** The old mask is back; with `interrupted` only once the waiting signal's handler has been set up. */
  endMask(interrupted: boolean): void;
}

/** The caller's memory. Addresses are bytes, signed or unsigned alike. */
export interface User {
  /** 0 when all `length` bytes can be read now, else -EFAULT. */
  readable(address: number, length: number): number;
  /** 0 when all `length` bytes can be written now, else -EFAULT. */
  writable(address: number, length: number): number;
  /** Only after `readable` said 0 for these bytes, with no wait in between; 32-bit values are signed. */
  load8(address: number): number;
  load16(address: number): number;
  load32(address: number): number;
  /** Only after `writable` said 0 for these bytes, with no wait in between. */
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  /** A copy of `length` bytes, or -EFAULT. */
  bytes(address: number, length: number): Uint8Array | number;
  /** Fills `into`; 0 or -EFAULT. For what is read so often that making arrays would show. */
  read(address: number, into: Uint8Array): number;
  /** Writes all of `bytes`; 0 or -EFAULT. */
  write(address: number, bytes: Uint8Array): number;
  /** A zero-terminated byte string (one character per byte) without its zero: -EFAULT, or -ENAMETOOLONG when `limit` bytes hold no zero. */
  string(address: number, limit?: number): string | number;
  /**
   * Physical byte ranges of a buffer, to be used before the next wait. As on Linux a buffer that is good only in its
   * first part yields ranges of that part, and -EFAULT only when its very first byte is bad. At most RANGES_MAX bytes are translated:
   * handlers go on in a loop.
   */
  ranges(address: number, length: number, write: boolean): Ranges | number;
  /**
   * Brings the pages of a buffer in, waiting where it must: how many bytes from the start are good. For calls that go
   * on after they moved some bytes and must not be run again; at most RANGES_MAX at a time.
   */
  bring(address: number, length: number, write: boolean): Kernel<number>;
}

/** Longest path that a call accepts, with its zero (limits.h). */
export const PATH_MAX = 4096;
/** Most bytes that one `ranges` call translates. */
export const RANGES_MAX = 0x10000;

/**
 * What a call returns when a signal ended its wait; user space never sees these. ERESTARTSYS: again if the handler has
 * SA_RESTART or there is none, else EINTR. ERESTARTNOINTR: always again. ERESTARTNOHAND: again only if there is no
 * handler. ERESTART_RESTARTBLOCK: by restart_syscall if there is no handler; use `Caller.restart`.
 */
export { ERESTART_RESTARTBLOCK, ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS } from '../abi/errno.ts';

/**
 * Waits until `queue` is woken, until virtual time `until` (ns), or for a signal. Says which: 'woken', 'timeout',
 * 'signal'. A wake is a hint: check the condition again.
 */
export function* wait(queue: Queue, until = Number.POSITIVE_INFINITY, interruptible = true): Kernel<Wake> {
  return yield { kind: 'sleep', queues: [queue], until, interruptible };
}

/** As `wait`, on any of several queues (poll, select); an empty list waits for time or a signal alone. */
export function* waitAny(queues: readonly Queue[], until = Number.POSITIVE_INFINITY): Kernel<Wake> {
  return yield { kind: 'sleep', queues, until, interruptible: true };
}
